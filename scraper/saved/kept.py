"""The archive of crawls: where it is, its newest records, and how records leave it."""

from __future__ import annotations

import io
import os
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.saved.archive import load_record
from scraper.saved.members import end_of, end_of_sound, filler, stated_end
from scraper.saved.records import LISTED, listed_in
from scraper.saved.writing import locked
from scraper.seen import Seen
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator
    from io import FileIO

    from scraper.items import Page
    from scraper.storage import Address

_BUFFER = 64 * 1024
_NAME = re.compile(r"(\d{8})-\d{3,}\.warc\.gz")
_ON = frozenset({"1", "true", "yes", "on"})
_OFF = frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A page in the archive, what its listing said, and the reference of its record."""

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

    "1" is ``archive`` in TINSACH_HOME (``./tinsach-home``), "" and "0" are none.
    """
    if setting.lower() in _OFF:
        return None
    if setting.lower() in _ON:
        return Path(os.environ.get("TINSACH_HOME") or "tinsach-home", "archive")
    return Path(setting)


def own_archive() -> Path:
    """Return the folder of TINSACH_ARCHIVE, the default one where it is not set."""
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
    """Yield of each address that is *wanted* the newest record, the newest first.

    Those from *since* on and before *until* alone. One page is in memory at a time, and
    some twenty bytes an address. *passed* is told of files that are cut or damaged: what
    is sound in them counts. Raises ConfigurationError where there is no archive.
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


def remove_records(folder: Path, urls: Collection[str]) -> int:
    """Take the records of *urls* out of every file of *folder*; return how many.

    In their place stands a record that says nothing, of the same length: no other one
    moves. A file is replaced at once, by one in which all are out. Raises OSError.
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


def _places(path: Path, passed: Callable[[str], None]) -> list[_Place]:
    """Return where the responses in *path* are."""
    found = []
    try:
        for record in _iter_records(path):
            if record.headers.get("WARC-Type") == "response":
                url = record.headers.get("WARC-Target-URI") or ""
                found.append(_Place(record.stream_pos, url, record.record_date))
    except (OSError, ValueError) as error:
        passed(f"{path}: damaged after {len(found)} pages ({error})")
    return found


def _iter_records(
    path: Path, start: int = 0, find_end: Callable[[BinaryIO, int], int] = end_of_sound
) -> Generator[Any, None, None]:
    """Yield the FastWARC records of *path* from *start* on; raises OSError, ValueError.

    What a crash left in half at the end, or a crawl has not written to its end yet, is
    as good as not there.
    """
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as file:
        source = _Sound(file, find_end(file, start))
        file.seek(start)
        yield from ArchiveIterator(io.BufferedReader(source, _BUFFER), parse_http=False)


class _Sound(io.RawIOBase):
    """A file that ends where its last whole record does."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self._file = file
        self._end = end

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = max(0, self._end - self._file.tell())
        content = self._file.read(min(len(buffer), left))
        buffer[: len(content)] = content
        return len(content)


def _load(path: Path, place: _Place, passed: Callable[[str], None]) -> Kept | None:
    records = _iter_records(path, place.start, stated_end)
    try:
        record = next(records)
        saved = load_record(path, record)
        listed = listed_in(record.headers.get(LISTED), place.url)
    except (OSError, StopIteration, ValueError):
        passed(f"{path}: the record of {place.url} is damaged")
        return None
    finally:
        records.close()
    if saved.page is None:
        passed(saved.error)
        return None
    return Kept(f"{path.name}#{place.start}", saved.page, listed)


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
    """Yield where each sound record of *path* starts, and its address."""
    try:
        for record in _iter_records(path):
            url = record.headers.get("WARC-Target-URI") or ""
            yield record.stream_pos, normalise_url(url)
    except (OSError, ValueError):  # the rest is cut off by the next append
        return


def _copy_without(file: FileIO, copy: BinaryIO, found: list[int]) -> None:
    """Write *file* into *copy*, and a filler over each member of *found*."""
    import shutil

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
