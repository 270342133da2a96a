"""The archive of crawls: its folder, and the newest record of each URL."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.archive.members import iter_members, read_member
from scraper.archive.warc import (
    LISTED,
    damaged_record,
    listed_in,
    load_record,
    parse_records,
)
from scraper.errors import ConfigurationError
from scraper.options import expanded, home_folder, read
from scraper.seen import Seen
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scraper.archive.members import Member
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
