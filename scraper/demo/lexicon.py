"""The portal's sections and words (``lexicon.toml``), and the voice that speaks them.

One voice tells one article, the same for the same seed. The names and ids of the sections
are the real ones, facts of the portal's navigation.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from math import gcd
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("lexicon.toml")
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


@dataclass(frozen=True)
class Section:
    """A section; *parent* is the id of its top-level section, 0 for those."""

    slug: str
    id: int
    parent: int
    name: str

    @cached_property
    def stem(self) -> str:
        """The address without its ending: ``/phap-luat-475ct0``."""
        return f"/{self.slug}-{self.id}ct{self.parent}"

    @property
    def path(self) -> str:
        return f"{self.stem}.htm"

    @property
    def top(self) -> int:
        return self.parent or self.id

    def is_in(self, section: Section) -> bool:
        """Return True if this is *section* or one of its children."""
        return section.id in (self.id, self.parent)


def _read() -> tuple[dict[int, Section], dict[int, int]]:
    sections, weights = {}, {}
    for line in _WORDS["navigation"].splitlines():
        slug, number, parent, weight, name = line.split(" ", 4)
        sections[int(number)] = Section(slug, int(number), int(parent), name)
        if weight != "-":
            weights[int(number)] = int(weight)
    return sections, weights


SECTIONS, _WEIGHTS = _read()
"""Every section by its id, in the order of the navigation."""


class Directory:
    """The sections of a portal: by their ids in the order of the menu, by their slugs."""

    def __init__(self, sections: dict[int, Section]) -> None:
        self.by_id = sections
        self.by_slug = {section.slug: section for section in sections.values()}
        self.top = tuple(s for s in sections.values() if not s.parent)

    def renamed(self, section: Section) -> Directory:
        """Return these sections with *section* in the place of the one of its id."""
        return Directory(self.by_id | {section.id: section})


DIRECTORY = Directory(SECTIONS)
TOP = DIRECTORY.top
PHOTOS = Section("anh", 0, 0, "Ảnh")
"""Where photo stories live; their articles are listed by the other sections."""

ADVERTORIALS = Section(
    "doanh-nghiep-san-pham-dich-vu", 545, 0, "doanh nghiệp - Sản phẩm - Dịch vụ"
)


def children(top: Section) -> list[Section]:
    return [s for s in SECTIONS.values() if s.parent == top.id]


def _cycle() -> tuple[Section, ...]:
    slots: list[Section] = []
    for top in TOP:
        family = [top, *children(top)]
        slots += (family[i % len(family)] for i in range(_WEIGHTS[top.id]))
    return tuple(slots)


CYCLE = _cycle()
"""One section a position: 67 (a prime) articles in a row fill each position once."""

_STRIDE = 29


def section_at(n: int) -> Section:
    """Return the section of article *n*."""
    return CYCLE[n * _STRIDE % len(CYCLE)]


@cache
def positions(section: Section) -> tuple[int, ...]:
    """Return which n modulo ``len(CYCLE)`` *section* lists, children's included."""
    return tuple(n for n in range(len(CYCLE)) if section_at(n).is_in(section))
