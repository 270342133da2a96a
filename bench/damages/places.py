"""Where the rows of articles are in a SQLite file: read from its pages, without SQLite.

https://sqlite.org/fileformat2.html#b_tree_pages
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES = ("stored_articles", "stored_texts", "stored_details")
_LEAF, _INTERIOR = 13, 5


@dataclass(slots=True)
class Places:
    """The pages that hold each article, by canonical URL, and those that lead to them.

    *ways* are the pages of the schema, of the table of the version, and the inner pages of
    the tables: no reader can do without them, however sound the rows are.
    """

    page_size: int
    rows: dict[str, set[int]] = field(default_factory=dict)
    ways: set[int] = field(default_factory=set)


def places_of(database: Path) -> Places:
    """Return where the articles of *database* are; it is sound and has no log."""
    tree = _Trees(database.read_bytes())
    places = Places(tree.page_size)
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as file:
        urls = dict(file.execute("SELECT position, canonical_url FROM stored_articles"))
        roots = dict(file.execute("SELECT name, rootpage FROM sqlite_schema"))
    for _, pages, ways in tree.rows(1):
        places.ways |= pages | ways
    for _, pages, ways in tree.rows(roots["tinsach_version"]):
        places.ways |= pages | ways
    for name in _TABLES:
        for number, pages, ways in tree.rows(roots[name]):
            places.rows.setdefault(urls[number], set()).update(pages)
            places.ways |= ways
    return places


class _Trees:
    def __init__(self, content: bytes) -> None:
        self._content = content
        size = int.from_bytes(content[16:18], "big")
        self.page_size = 65536 if size == 1 else size

    def rows(
        self, page: int, above: frozenset[int] = frozenset()
    ) -> Iterator[tuple[int, set[int], frozenset[int]]]:
        """Yield each row below *page*: its number, its pages, and those above them."""
        start = (page - 1) * self.page_size
        head = start + 100 * (page == 1)
        kind, count = self._content[head], self._number(head + 3, 2)
        cells = head + (12 if kind == _INTERIOR else 8)
        for at in range(cells, cells + 2 * count, 2):
            cell = start + self._number(at, 2)
            if kind == _INTERIOR:
                yield from self.rows(self._number(cell, 4), above | {page})
            elif kind == _LEAF:
                number, pages = self._row(cell)
                yield number, pages | {page}, above
        if kind == _INTERIOR:
            yield from self.rows(self._number(head + 8, 4), above | {page})

    def _row(self, cell: int) -> tuple[int, set[int]]:
        """Return the number of the row in *cell*, and the pages that it flows over to."""
        payload, at = self._varint(cell)
        number, at = self._varint(at)
        usable = self.page_size
        least = (usable - 12) * 32 // 255 - 23
        local = least + (payload - least) % (usable - 4)
        if payload <= usable - 35:
            return number, set()
        after = self._number(at + (local if local <= usable - 35 else least), 4)
        pages: set[int] = set()
        while after:
            pages.add(after)
            after = self._number((after - 1) * usable, 4)
        return number, pages

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self._content[at : at + size], "big")

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for byte in self._content[at : at + 8]:
            at += 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80:  # noqa: PLR2004  the last byte of it
                return value, at
        return value << 8 | struct.unpack_from("B", self._content, at)[0], at + 1
