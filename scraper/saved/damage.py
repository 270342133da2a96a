"""Damage in the files of the archive: found by reading all of it, and moved aside."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper.saved.archive import parse_records
from scraper.saved.members import filler, iter_members, pack
from scraper.saved.writing import locked, nothing, rewriting

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path
    from typing import BinaryIO

    from scraper.saved.members import Member


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A part of *path* that holds no sound record; *url* is "" if it cannot be read.

    *is_last* if nothing follows it, so that it can be cut off.
    """

    path: Path
    start: int
    end: int
    url: str
    damage: str
    is_last: bool

    def __str__(self) -> str:
        of = f" of {self.url}" if self.url else ""
        place = f"bytes {self.start:,} to {self.end:,}"
        return f"{self.path}: the record{of} at {place} is damaged ({self.damage})"


@dataclass(slots=True)
class Contents:
    """Where the records of a file start, and which parts of it are damaged."""

    starts: array[int] = field(default_factory=lambda: array("Q"))
    bad: list[BadRecord] = field(default_factory=list)

    def has(self, start: int) -> bool:
        """Return True if a record starts there, also a damaged one."""
        return start in self.starts or any(b.start == start for b in self.bad)


def read_file(path: Path, report: Callable[[int], None] = lambda _: None) -> Contents:
    """Read every record of *path*; *report* is called with the bytes that are done.

    Raises OSError, and ValueError for a file that is not one of a crawl's archive.
    """
    found = Contents()
    size = path.stat().st_size
    with path.open("rb") as file:
        for member in iter_members(file):
            damage = member.damage or _wrong_digest(member)
            if damage:
                found.bad.append(_bad(path, member, damage, size))
            else:
                found.starts.append(member.start)
            report(member.end)
    return found


def _bad(path: Path, member: Member, damage: str, size: int) -> BadRecord:
    is_last = member.end >= size
    return BadRecord(path, member.start, member.end, member.url, damage, is_last)


def _wrong_digest(member: Member) -> str:
    """Return what is wrong with the records of *member*, whose checksum is right."""
    for record in parse_records(member.content):
        if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest():
            return "its digest is that of another content"
    return ""


def move_aside(path: Path) -> list[tuple[BadRecord, Path]]:
    """Move each bad record of *path* to a file beside it; return them with their files.

    In its place stands a record that says nothing, of the same length: no other one
    moves. What nothing follows is cut off. Raises OSError.
    """
    with locked(path) as file:
        bad = read_file(path).bad
        moved = [(each, _copied(file, each)) for each in bad]
        with rewriting(path, file) as copy:
            for each in bad:
                _take_out(copy, each)
    return moved


def _copied(file: FileIO, bad: BadRecord) -> Path:
    aside = bad.path.with_name(f"{bad.path.name}.damaged-{bad.start}")
    file.seek(bad.start)
    with aside.open("wb") as copy:
        copy.write(file.read(bad.end - bad.start))
        copy.flush()
        os.fsync(copy.fileno())
    return aside


def _take_out(copy: BinaryIO, bad: BadRecord) -> None:
    if bad.is_last:
        copy.truncate(bad.start)
    else:
        copy.seek(bad.start)
        copy.write(_blank(bad.end - bad.start))


def _blank(length: int) -> bytes:
    """Return a member of *length* bytes without a page; of a short one without a record."""
    record = nothing()
    return filler(length, record if len(pack(record, padding=0)) <= length else b"")
