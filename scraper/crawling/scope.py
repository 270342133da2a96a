"""What a crawl is asked for: the arguments of a spider, read once and strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.options import nearest
from scraper.urls import NAMES_A_USER, has_user, is_http

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import tzinfo

ARGUMENTS = ("limit", "portal", "section", "since", "until")
_DAYS = re.compile(r"(\d{1,5})d")
_ONE_DAY = timedelta(days=1)
_PAGED = timedelta(days=30)
"""How far back the pages of a section surely reach; there are about 100 of 20 articles."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles are wanted, and where from.

    *sections* is empty for all; *since* and *until* are days in *zone*, both
    inclusive, None for no bound; *limit* is None or above 0; *portal* is the base
    address without a slash at its end, "" for the spider's own.
    """

    sections: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    portal: str = ""
    zone: tzinfo = UTC

    @property
    def first_moment(self) -> datetime | None:
        """When the days asked for begin, None for no bound."""
        return self._midnight(self.since) if self.since else None

    @property
    def last_moment(self) -> datetime | None:
        """When the days asked for are over, None for no bound."""
        return self._midnight(self.until + _ONE_DAY) if self.until else None

    def is_before(self, moment: datetime | None) -> bool:
        """Return True if *moment* is known and earlier than the first day."""
        first = self.first_moment
        return bool(moment and first and moment < first)

    def is_after(self, moment: datetime | None) -> bool:
        """Return True if *moment* is known and later than the last day."""
        last = self.last_moment
        return bool(moment and last and moment >= last)

    def has(self, moment: datetime | None) -> bool:
        """Return True if *moment* is within the days asked for, or not known."""
        return not self.is_before(moment) and not self.is_after(moment)

    def iter_days(self) -> Iterator[date]:
        """Yield the days to ask one by one, newest first.

        There are none without a first day, and none up to today if the pages of the
        sections reach back to the first day.
        """
        today = clock.now().astimezone(self.zone).date()
        if self.since is None or (not self.until and today - self.since <= _PAGED):
            return
        day = min(self.until or today, today)
        while day >= self.since:
            yield day
            day -= _ONE_DAY

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)


def parse_scope(
    arguments: Mapping[str, str], *, sections: Collection[str], zone: tzinfo = UTC
) -> Scope:
    """Return the scope that *arguments* ask for, with days in *zone*.

    ``section``: names out of *sections*, with commas; ``since``, ``until``:
    YYYY-MM-DD, or "7d" for that many days ago; ``limit``: a number above 0;
    ``portal``: an http or https address. Raises ConfigurationError for anything else,
    with what is valid.
    """
    _check_names(arguments)
    scope = Scope(
        sections=_parse_sections(arguments.get("section", ""), sections),
        since=_parse_day("since", arguments.get("since", ""), zone),
        until=_parse_day("until", arguments.get("until", ""), zone),
        limit=_parse_limit(arguments.get("limit", "")),
        portal=_parse_portal(arguments.get("portal", "")),
        zone=zone,
    )
    if scope.since and scope.until and scope.since > scope.until:
        raise ConfigurationError(
            f"since={scope.since} is later than until={scope.until}; swap them"
        )
    return scope


def _check_names(arguments: Mapping[str, str]) -> None:
    for name, text in arguments.items():
        if name not in ARGUMENTS:
            near = nearest(name, ARGUMENTS)
            meant = f"is {near} meant? " if near else ""
            raise ConfigurationError(
                f"unknown argument {name}; {meant}valid are {', '.join(ARGUMENTS)}"
            )
        if not text.strip():
            raise ConfigurationError(f"{name} is empty: give a value, or leave it out")


def _parse_sections(text: str, valid: Collection[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(n.strip() for n in text.split(",") if n.strip()))
    for name in names:
        if name not in valid:
            listed = ", ".join(sorted(valid))
            raise ConfigurationError(f"unknown section {name}; valid are {listed}")
    return names


def _parse_day(name: str, text: str, zone: tzinfo) -> date | None:
    if not text:
        return None
    try:
        if days := _DAYS.fullmatch(text):
            today = clock.now().astimezone(zone).date()
            return today - timedelta(days=int(days[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except (OverflowError, ValueError):
        pass
    raise ConfigurationError(
        f'{name}={text} is no day; write 2025-07-11, or "7d" for seven days ago'
    )


def _parse_limit(text: str) -> int | None:
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}", text) and int(text):
        return int(text)
    raise ConfigurationError(f"limit={text} is no number above 0; write limit=20")


def _parse_portal(text: str) -> str:
    base = text.rstrip("/")
    if not base:
        return ""
    if is_http(base) and base.lower() == _origin(base) and not has_user(base):
        return base
    if has_user(text):
        raise ConfigurationError(f"portal={text} {NAMES_A_USER}")
    raise ConfigurationError(
        f"portal={text} is no http or https address without a path; write"
        " portal=https://example.org"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
