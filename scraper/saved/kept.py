"""The archive of crawls: where it is, and the newest record of each address."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.errors import ConfigurationError
from scraper.options import read
from scraper.saved.archive import load_record
from scraper.saved.members import end_of_sound, stated_end
from scraper.saved.records import LISTED, listed_in
from scraper.seen import Seen
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime

    from scraper.items import Page
    from scraper.storage import Address

_BUFFER = 64 * 1024
_NAME = re.compile(r"(\d{8})-\d{3,}\.warc\.gz")


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

    Yes is ``archive`` in TINSACH_HOME (``./tinsach-home``), no and "" are none. Raises
    ConfigurationError for what is neither a switch nor a folder.
    """
    named = read("TINSACH_ARCHIVE", setting)
    if named is True:
        return Path(os.environ.get("TINSACH_HOME") or "tinsach-home", "archive")
    return Path(named) if named else None


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


def _places(path: Path, passed: Callable[[str], None]) -> list[_Place]:
    """Return where the responses in *path* are."""
    found = []
    try:
        for record in iter_records(path):
            if record.headers.get("WARC-Type") == "response":
                url = record.headers.get("WARC-Target-URI") or ""
                found.append(_Place(record.stream_pos, url, record.record_date))
    except (OSError, ValueError) as error:
        passed(f"{path}: damaged after {len(found)} pages ({error})")
    return found


def iter_records(
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
    records = iter_records(path, place.start, stated_end)
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
