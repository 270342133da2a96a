"""The grammar at work: one voice tells one article, the same for the same seed."""

from __future__ import annotations

import random
import re
from math import gcd

from scraper.demo.lexicon.common import COMMON
from scraper.demo.lexicon.names import GIVEN, MIDDLE, SURNAMES
from scraper.demo.lexicon.topics import TOPICS

_SLOT = re.compile(r"\{(\w+)\}")
_NUMBERS = {
    "n2": (2, 8),
    "n20": (10, 90),
    "n300": (100, 900),
    "hour": (5, 18),
    "degrees": (33, 8),
    "kick": (3, 86),
}

Slot = tuple[str, bool]
Pattern = str | tuple[str | Slot, ...]


def _compile(pattern: str) -> Pattern:
    """Return *pattern* as text, or as texts and (slot, capital) in turn."""
    pieces = _SLOT.split(pattern)
    if len(pieces) == 1:
        return pattern
    parts: list[str | Slot] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            parts.append((piece[0].lower() + piece[1:], piece[0].isupper()))
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
        text = self.facts.get(slot)
        if text is None:
            text = self._fresh(slot)
        return text[:1].upper() + text[1:] if capital else text

    def _fresh(self, slot: str) -> str:
        span = _NUMBERS.get(slot)
        if span:
            return str(span[0] + int(self.random() * span[1]))
        if slot == "name":
            return self.name()
        pattern = self._next(slot)
        if isinstance(pattern, str):
            return pattern
        say = self.say
        return "".join([p if p.__class__ is str else say(*p) for p in pattern])

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
