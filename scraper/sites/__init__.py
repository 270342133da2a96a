"""Sites as a whole: find their sources, check them, write their spiders."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check of `tinsach doctor`: what was found, or what to do."""

    name: str
    ok: bool
    detail: str
