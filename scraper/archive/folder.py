"""The folder of an archive: pages are appended, found, removed, pruned; damage moved aside.

There is a WARC file for each day, and another one when it grows large.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from array import array
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import clock
from scraper.archive.members import (
    Member,
    end_of_sound,
    filler,
    iter_members,
    pack,
    read_member,
)
from scraper.archive.warc import (
    LISTED,
    damaged_record,
    listed_in,
    load_record,
    parse_records,
    records_of,
)
from scraper.errors import ConfigurationError
from scraper.options import expanded, home_folder, read
from scraper.seen import Seen
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import date
    from io import FileIO
    from typing import BinaryIO

    from scraper.archive.warc import Capture
    from scraper.items import Page
    from scraper.storage import Address


_NAME = re.compile(r"(\d{8})-\d{3,}\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page in the archive, its listing, and the reference of its record."""

    reference: str
    page: Page
    listed: Address


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    url: str
    moment: datetime | None


def archive_folder(setting: str) -> Path | None:
    """Return the folder that *setting*, as in TINSACH_ARCHIVE, names; None for none.

    A true value is ``archive`` in TINSACH_HOME (``./tinsach-home``), false and "" are None.
    Raises ConfigurationError for anything else that is not a folder.
    """
    named = read("TINSACH_ARCHIVE", setting)
    if named is True:
        return home_folder() / "archive"
    return expanded(named) if named else None


def own_archive() -> Path:
    """Return the folder of TINSACH_ARCHIVE, or the default one."""
    folder = archive_folder(os.environ.get("TINSACH_ARCHIVE", ""))
    return folder or archive_folder("1") or Path()


def archive_files(folder: Path) -> list[Path]:
    """Return the files of the archive in *folder*, the oldest first."""
    return sorted(p for p in folder.glob("*.warc.gz") if _NAME.fullmatch(p.name))


def iter_newest(
    folder: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    wanted: Callable[[str], bool] = lambda _: True,
    passed: Callable[[str], None] = lambda _: None,
) -> Iterator[Kept]:
    """Yield the newest record of each *wanted* URL, the newest first.

    Only records from *since* on and before *until* count. One page is in memory at a time,
    and about twenty bytes a URL. *passed* is called with a line for each damaged record,
    which is skipped. Raises ConfigurationError if there is no archive.
    """
    files = archive_files(folder)
    if not files:
        raise ConfigurationError(
            f"{folder}: no archive is there; `tinsach crawl SPIDER --archive` keeps one,"
            " TINSACH_ARCHIVE says where it is"
        )
    seen = Seen()
    for path in reversed(files):
        for place in reversed(_places(path, passed)):
            moment, address = place.moment, normalise_url(place.url)
            is_early = since and moment and moment < since
            is_late = until and moment and moment >= until
            if is_early or is_late or address in seen or not wanted(place.url):
                continue
            kept = _load(path, place, passed)
            if kept is not None:
                seen.add(address)
                yield kept


def _places(path: Path, passed: Callable[[str], None]) -> list[_Place]:
    """Return the places of the responses in *path*.

    An incomplete record at the end, which a crash left or a crawl is writing, is ignored.
    """
    found: list[_Place] = []
    try:
        with path.open("rb") as file:
            for member in iter_members(file):
                if member.damage and not member.is_half:
                    passed(damaged_record(path, member))
                elif not member.damage:
                    found += _responses(member)
    except (OSError, ValueError) as error:
        passed(f"{path}: damaged after {len(found)} pages ({error})")
    return found


def _responses(member: Member) -> Iterator[_Place]:
    for record in parse_records(member.content):
        if record.headers.get("WARC-Type") == "response":
            url = record.headers.get("WARC-Target-URI") or ""
            yield _Place(member.start, url, record.record_date)


def _load(path: Path, place: _Place, passed: Callable[[str], None]) -> Kept | None:
    try:
        with path.open("rb") as file:
            member = read_member(file, place.start)
        records = parse_records(member.content)
        record = next(records)  # which is gone as soon as the next one is asked for
        saved = load_record(path, record)
        listed = listed_in(record.headers.get(LISTED), place.url)
    except (OSError, StopIteration, ValueError):
        passed(f"{path}: the record of {place.url} is damaged")
        return None
    if saved.page is None:
        passed(saved.error)
        return None
    return Kept(f"{path.name}#{place.start}", saved.page, listed)


def remove_records(folder: Path, urls: Collection[str]) -> int:
    """Remove the records of *urls* from every file of *folder*; return how many.

    An empty record of the same length takes the place of each, so that no other one moves.
    A file is replaced atomically. Raises OSError, and ValueError for a file with a damaged
    record, which may be one of them: it is left unchanged.
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
                copy.write(filler(member.end - member.start, _empty_record()))
    return len(found)


def _targets(path: Path) -> Iterator[tuple[Member, str]]:
    """Yield each member of *path* without its content, and the URL of its record."""
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


def _empty_record() -> bytes:
    """Return the shortest record, which does not say what was removed."""
    lines = (
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: <{uuid.uuid4().urn}>",
        f"WARC-Date: {clock.now():%Y-%m-%dT%H:%M:%SZ}",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n\r\n\r\n").encode()


LARGEST = 256 << 20
"""Bytes after which the next file of the day begins: about six thousand pages."""


class ArchiveWriter:
    """Appends to the files ``YYYYMMDD-NNN.warc.gz`` in *folder*, which it creates.

    Several processes may append: each append holds the lock of its file. The incomplete
    record of a killed process is cut off before the next append; damaged records stay.
    Raises OSError, also if the folder is no longer the one of the first append, or if the
    file of the last append is gone or shorter.
    """

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest
        self._sound: dict[str, int] = {}
        self._opened: os.stat_result | None = None

    def write(self, capture: Capture) -> str:
        """Append *capture* and return its reference: the file's name, "#", the offset."""
        members = b"".join(map(pack, records_of(capture)))
        self._open()
        path = self._path(capture.moment.date())
        with locked(path) as file:
            start = self._repair(path.name, file)
            write_all(file, members)
        self.check()
        self._sound = {path.name: start + len(members)}
        return f"{path.name}#{start}"

    def check(self) -> None:
        """Raise OSError if the folder, or the file that was written, is not at its place.

        None of our programs shortens a file of today.
        """
        if self._opened and not _is_at(self._folder, self._opened):
            raise _gone(self._folder, "moved, deleted or replaced")
        for name, end in self._sound.items():
            if _size(self._folder / name) < end:
                raise _gone(self._folder / name, "moved, deleted or cut")

    def _open(self) -> None:
        if self._opened is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._opened = self._folder.stat()
        self.check()

    def _path(self, day: date) -> Path:
        """Return the file that pages of *day* go to."""
        named = (self._folder / f"{day:%Y%m%d}-{n:03}.warc.gz" for n in count(1))
        return next(p for p in named if _size(p) < self._largest)

    def _repair(self, name: str, file: FileIO) -> int:
        """Cut the incomplete record of a killed process off *file*; return the end.

        Another process may have appended since, or have been killed during its append.
        """
        size = os.fstat(file.fileno()).st_size
        known = self._sound.get(name, 0)
        if size == known:
            return size
        end = end_of_sound(file, known) if known < size else 0
        if end <= known:  # no record begins where this process ended its last one
            end = end_of_sound(file)
        if end < size:
            file.truncate(end)
        return end


@contextmanager
def locked(path: Path) -> Iterator[FileIO]:
    """Yield the file at *path*, created if it is missing, with its lock held.

    A file that was replaced or removed during the wait is opened again.
    """
    while True:
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(path, os.fstat(file.fileno())):
                yield file
                return


@contextmanager
def rewriting(path: Path, file: FileIO) -> Iterator[BinaryIO]:
    """Yield a copy of *file*, the locked one at *path*, which replaces it at the end.

    If an error is raised within, the file stays unchanged.
    """
    scratch = path.with_suffix(".part")
    try:
        with scratch.open("w+b") as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            yield copy
            copy.flush()
            os.fsync(copy.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def write_all(file: FileIO, content: bytes) -> None:
    """Write all of *content*: one call may write less, past 2 GiB or on a full disk."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def _is_at(path: Path, opened: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), opened)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _gone(path: Path, change: str) -> FileNotFoundError:
    return FileNotFoundError(
        f"{path} was {change} while pages were written into it; the pages that were"
        " written before are no longer there"
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A part of *path* without a sound record; *url* is "" if it cannot be read.

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
    """The starts of the records of a file, and its damaged parts."""

    starts: array[int] = field(default_factory=lambda: array("Q"))
    bad: list[BadRecord] = field(default_factory=list)

    def has(self, start: int) -> bool:
        """Return True if a record starts at *start*, sound or damaged."""
        return start in self.starts or any(b.start == start for b in self.bad)


def read_file(path: Path, report: Callable[[int], None] = lambda _: None) -> Contents:
    """Read every record of *path*; *report* is called with the bytes read so far.

    Raises OSError, and ValueError for a file that is not of a crawl's archive.
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
    """Return what is wrong with the records of *member*, "" for nothing."""
    for record in parse_records(member.content):
        if record.headers.get("WARC-Block-Digest") and not record.verify_block_digest():
            return "its digest is that of another content"
    return ""


def move_aside(path: Path) -> list[tuple[BadRecord, Path]]:
    """Move each bad record of *path* to a file beside it; return them with their files.

    An empty record of the same length takes its place, so that no other one moves. A bad
    record at the end is cut off. Raises OSError.
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
    """Return a member of *length* bytes without a page, a short one without a record."""
    record = _empty_record()
    return filler(length, record if len(pack(record, padding=0)) <= length else b"")
