"""The sections of the portal: the real names and ids, facts of its navigation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from scraper.demo.voice import NAVIGATION


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
    for line in NAVIGATION.splitlines():
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
