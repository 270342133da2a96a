"""What is said of a block: by the rules of a page alone, or by a site model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep a block or drop it, under *rule*; *evidence* says in words why."""

    rule: str
    keep: bool
    evidence: str = ""


@cache
def kept(rule: str) -> Verdict:
    """Return the verdict of *rule*, one of those that the code names, to keep a block."""
    return Verdict(rule, keep=True)


@cache
def dropped(rule: str) -> Verdict:
    """Return the verdict of *rule*, one of those that the code names, to drop a block."""
    return Verdict(rule, keep=False)
