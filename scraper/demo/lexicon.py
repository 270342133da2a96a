"""The words of the replica portal, from ``lexicon.toml``, which says how to read them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_suffix(".toml")
_WORDS: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))

SECTION_TOPICS: dict[int, str] = {int(k): v for k, v in _WORDS["sections"].items()}
"""The topic of each section, by its number."""
TOPICS: dict[str, dict[str, list[str]]] = _WORDS["topics"]
"""The patterns of each topic."""
COMMON: dict[str, list[str]] = _WORDS["common"]
"""The patterns that every topic shares."""


def _names(kind: str) -> tuple[str, ...]:
    return tuple(_WORDS["names"][kind])


SURNAMES = _names("surnames")
MIDDLE = _names("middle")
GIVEN = _names("given")
PEN_NAMES = _names("pen_names")
PROVINCES = _names("provinces")
COMMUNES = _names("communes")
CITIES = _names("cities")
