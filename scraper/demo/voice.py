"""The grammar at work: one voice tells one article, the same for the same seed."""

from __future__ import annotations

import random
import re
import tomllib
from math import gcd
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("lexicon.toml")
_WORDS: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))

NAVIGATION: str = _WORDS["navigation"]
"""The sections in the order of the menu, one a line."""
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
BRANDS = _names("brands")
ADVERTS = _names("adverts")
FILMS = _names("films")
THREADS = _names("threads")


_SLOT = re.compile(r"\{(\w+)\}")
_NUMBERS = {
    "n2": tuple(map(str, range(2, 10))),
    "n20": tuple(map(str, range(10, 100))),
    "n300": tuple(map(str, range(100, 1000))),
    "hour": tuple(map(str, range(5, 23))),
    "degrees": tuple(map(str, range(33, 41))),
    "kick": tuple(map(str, range(3, 89))),
}

Slot = tuple[str, bool, tuple[str, ...]]
"""Name, whether it begins with a capital, and the numbers to choose from, if any."""

Pattern = str | tuple[str | Slot, ...]


def _compile(pattern: str) -> Pattern:
    """Return *pattern* as text, or as texts and slots in turn."""
    pieces = _SLOT.split(pattern)
    if len(pieces) == 1:
        return pattern
    parts: list[str | Slot] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            name = piece[0].lower() + piece[1:]
            parts.append((name, piece[0].isupper(), _NUMBERS.get(name, ())))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def _stock(topic: dict[str, list[str]]) -> dict[str, tuple[Pattern, ...]]:
    merged = COMMON | topic
    return {name: tuple(map(_compile, group)) for name, group in merged.items()}


_STOCKS = {name: _stock(topic) for name, topic in TOPICS.items()}
_STRIDES = [[s for s in range(1, n + 1) if gcd(s, n) == 1] for n in range(1, 60)]


class Voice:
    """Says things about *topic*; *facts* are the slots that stay the same.

    Each list of patterns is walked in its own order, so that an article repeats one
    only after it has used all.
    """

    def __init__(self, topic: str, seed: int, facts: dict[str, str]) -> None:
        self.random = random.Random(seed).random  # noqa: S311  no secret
        self.facts = facts
        self.wards: list[str] = []
        self._stock = _STOCKS[topic]
        self._cursors: dict[str, list[int]] = {}

    def below(self, limit: int) -> int:
        return int(self.random() * limit)

    def pick(self, options: list[str] | tuple[str, ...]) -> str:
        return options[int(self.random() * len(options))]

    def name(self) -> str:
        return f"{self.pick(SURNAMES)} {self.pick(MIDDLE)} {self.pick(GIVEN)}"

    def say(self, slot: str, capital: bool = False) -> str:
        numbers = _NUMBERS.get(slot)
        if numbers:
            return self.pick(numbers)
        text = self.facts.get(slot) or self._fresh(slot)
        return text[:1].upper() + text[1:] if capital else text

    def _fresh(self, slot: str) -> str:
        if slot == "name":
            return self.name()
        pattern = self._next(slot)
        return pattern if isinstance(pattern, str) else self._fill(pattern)

    def _fill(self, pattern: tuple[str | Slot, ...]) -> str:
        """Return *pattern* filled; the one place where a page's time goes."""
        out, facts, chance = [], self.facts, self.random
        for part in pattern:
            if isinstance(part, str):
                out.append(part)
                continue
            slot, capital, numbers = part
            if numbers:
                out.append(numbers[int(chance() * len(numbers))])
                continue
            text = facts.get(slot) or self._fresh(slot)
            out.append(text[:1].upper() + text[1:] if capital else text)
        return "".join(out)

    def _next(self, slot: str) -> Pattern:
        patterns = self._stock[slot]
        cursor = self._cursors.get(slot)
        if cursor is None:
            strides = _STRIDES[len(patterns) - 1]
            first = int(self.random() * len(patterns))
            stride = strides[int(self.random() * len(strides))]
            cursor = self._cursors[slot] = [first, stride]
        cursor[0] = (cursor[0] + cursor[1]) % len(patterns)
        return patterns[cursor[0]]
