"""How records leave the archive of crawls: one article's, or those of old days."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scraper import clock
from scraper.saved.kept import archive_files, iter_records
from scraper.saved.members import end_of, filler
from scraper.saved.writing import locked
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from io import FileIO
    from pathlib import Path
    from typing import BinaryIO


def remove_records(folder: Path, urls: Collection[str]) -> int:
    """Take the records of *urls* out of every file of *folder*; return how many.

    In their place stands a record that says nothing, of the same length: no other one
    moves. A file is replaced at once, by one in which all are out. Raises OSError, and
    ValueError where a file is damaged, which then stays as it is.
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
        found = [start for start, url in _targets(path) if url in addresses]
        if not found:
            return 0
        scratch = path.with_suffix(".part")
        try:
            with scratch.open("w+b") as copy:
                _copy_without(file, copy, found)
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    return len(found)


def _targets(path: Path) -> Iterator[tuple[int, str]]:
    """Yield where each record of *path* starts, and its address."""
    for record in iter_records(path):
        url = record.headers.get("WARC-Target-URI") or ""
        yield record.stream_pos, normalise_url(url)


def _copy_without(file: FileIO, copy: BinaryIO, found: list[int]) -> None:
    """Write *file* into *copy*, and a filler over each member of *found*."""
    file.seek(0)
    shutil.copyfileobj(file, copy)
    for start in found:
        length = end_of(file, start) - start
        copy.seek(start)
        copy.write(filler(length, _nothing()))
    copy.flush()
    os.fsync(copy.fileno())


def _nothing() -> bytes:
    """Return the shortest record: it tells that one was removed, not which."""
    lines = (
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: <{uuid.uuid4().urn}>",
        f"WARC-Date: {clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n\r\n\r\n").encode()
