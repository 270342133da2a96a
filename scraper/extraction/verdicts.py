"""What somebody besides the page's own look says of a block: a witness, a site model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep a block or drop it, under *rule*; *evidence* says in words why."""

    rule: str
    keep: bool
    evidence: str = ""
