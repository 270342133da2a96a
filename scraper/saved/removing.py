"""How records leave the archive of crawls: one article's, or those of old days."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scraper import clock
from scraper.saved.kept import archive_files
from scraper.saved.members import Member, filler, iter_members
from scraper.saved.records import parse_records
from scraper.saved.writing import locked, rewriting
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


def remove_records(folder: Path, urls: Collection[str]) -> int:
    """Take the records of *urls* out of every file of *folder*; return how many.

    In their place stands a record that says nothing, of the same length: no other one
    moves. A file is replaced at once, by one in which all are out. Raises OSError, and
    ValueError for a file with a damaged record, which may be one of them: it stays as it
    is.
    """
    return sum(
        _remove(path, set(map(normalise_url, urls))) for path in archive_files(folder)
    )


def prune_archive(folder: Path, days: int) -> int:
    """Remove the files whose day is more than *days* ago; return how many."""
    oldest = clock.now().astimezone(UTC).date().toordinal() - days
    removed = 0
    for path in archive_files(folder):
        day = datetime.strptime(path.name[:8], "%Y%m%d").replace(tzinfo=UTC)
        if day.toordinal() < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _remove(path: Path, addresses: set[str]) -> int:
    with locked(path) as file:
        found = [member for member, url in _targets(path) if url in addresses]
        if not found:
            return 0
        with rewriting(path, file) as copy:
            for member in found:
                copy.seek(member.start)
                copy.write(filler(member.end - member.start, nothing()))
    return len(found)


def _targets(path: Path) -> Iterator[tuple[Member, str]]:
    """Yield each member of *path* without its content, and the address of its record."""
    with path.open("rb") as file:
        for member in iter_members(file):
            if member.damage and not member.is_half:
                raise ValueError(
                    f"{path}: the record at byte {member.start:,} is damaged:"
                    " `tinsach doctor --repair` moves it aside"
                )
            for record in parse_records(member.content):
                url = record.headers.get("WARC-Target-URI") or ""
                yield Member(member.start, member.end), normalise_url(url)


def nothing() -> bytes:
    """Return the shortest record: it tells that one was removed, not which."""
    lines = (
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: <{uuid.uuid4().urn}>",
        f"WARC-Date: {clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n\r\n\r\n").encode()
