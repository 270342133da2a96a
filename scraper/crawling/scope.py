"""The scope of a crawl: the arguments of its spider, and the URLs of its portal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.extraction.dates.locales import time_in_url
from scraper.options import nearest
from scraper.storage import Address
from scraper.urls import NAMES_A_USER, has_user, is_http, normalise_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import tzinfo

    from scraper.discovery import Link


ARGUMENTS = ("limit", "portal", "section", "since", "until")
_DAYS = re.compile(r"(\d{1,5})d")
_ONE_DAY = timedelta(days=1)
_SECTION_REACH = timedelta(days=30)
"""How far back the pages of a section reach at least: about 100 pages of 20 articles."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles that a crawl is asked for.

    *sections* is empty for all; *since* and *until* are days in *zone*, both
    inclusive, None for no bound; *limit* is None or above 0; *portal* is the base URL
    without a trailing slash, "" for the spider's own.
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
        """Yield the days whose archives are fetched, newest first.

        There are none without a first day, and none up to today if the pages of the
        sections reach back to the first day.
        """
        today = clock.now().astimezone(self.zone).date()
        if self.since is None or (
            not self.until and today - self.since <= _SECTION_REACH
        ):
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
            raise ConfigurationError(f"{name} is empty: give a value, or omit it")


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
        f'{name}={text} is not a day; write 2025-07-11, or "7d" for seven days ago'
    )


def _parse_limit(text: str) -> int | None:
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}", text) and int(text):
        return int(text)
    raise ConfigurationError(f"limit={text} is not a number above 0; write limit=20")


def _parse_portal(text: str) -> str:
    base = text.rstrip("/")
    if not base:
        return ""
    if is_http(base) and base.lower() == _origin(base) and not has_user(base):
        return base
    if has_user(text):
        raise ConfigurationError(f"portal={text} {NAMES_A_USER}")
    raise ConfigurationError(
        f"portal={text} is not an http or https URL without a path; write"
        " portal=https://example.org"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


MAX_PAGES = 100
"""The most pages of one listing that are followed."""
_HOURLY = 48
"""Hours back from now within which priorities differ by the hour."""


@dataclass(frozen=True, slots=True)
class Portal:
    """Which URLs belong to a portal, and which of them may be articles.

    *base* is where the crawl fetches from; links to one of *hosts* lead there too, so
    that a mirror with absolute links is crawled itself rather than the original, whose
    base is *home*. *article* matches paths of articles; *passed_over* excludes paths.
    *zone* is that of the times in URLs, by default their country's.
    """

    base: str
    hosts: frozenset[str]
    article: re.Pattern[str] | None
    passed_over: re.Pattern[str] | None
    home: str = ""
    zone: tzinfo | None = None

    def own_url(self, url: str) -> str | None:
        """Return *url* as fetched from this portal, None if it belongs to another host."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}".lower() == self.base.lower():
            return normalise_url(url)
        if parts.hostname not in self.hosts:
            return None
        base = urlsplit(self.base)
        if (base.hostname or "") in self.hosts:
            return normalise_url(parts._replace(scheme=base.scheme).geturl())
        moved = parts._replace(scheme=base.scheme, netloc=base.netloc)
        return normalise_url(moved.geturl())

    def is_article(self, url: str) -> bool:
        """Return True if *url* may be an article; without a known form any page may."""
        path = urlsplit(url).path
        has_form = self.article is None or bool(self.article.search(path))
        return has_form and not self.is_passed_over(url)

    def is_passed_over(self, url: str) -> bool:
        pattern = self.passed_over
        return bool(pattern and pattern.search(urlsplit(url).path))

    def iter_candidates(
        self, links: Iterable[Link], section: str = "", *, changed: bool = False
    ) -> Iterator[Address]:
        """Yield the articles among *links*, each URL once.

        With *changed* the links' times are those of the last change.
        """
        seen: set[str] = set()
        for link in links:
            url = self.own_url(link.url)
            if url is None or url in seen or not self.is_article(url):
                continue
            seen.add(url)
            stated = time_in_url(url, self.zone)
            yield Address(
                url=url,
                section=link.section or section,
                time=stated or (None if changed else link.time),
                dated=stated is not None,
                changed=link.time if changed else None,
                alias=self._original_of(url),
            )

    def _original_of(self, url: str) -> str:
        """Return *url* at the original of a mirror, "" if this is the original."""
        if not self.home or self.base == self.home:
            return ""
        return url.replace(self.base, self.home, 1)


def priority_of(moment: datetime | None) -> int:
    """Return a request's priority: hours since 1970, 0 for no time.

    It is rounded to hours, and to days before yesterday, since Scrapy's queue scans every
    distinct priority each time that one of them runs empty: a crawl of 50,000 articles
    has those of eight months.
    """
    if moment is None:
        return 0
    hour = max(0, int(moment.timestamp() // 3600))
    is_recent = hour >= clock.now().timestamp() // 3600 - _HOURLY
    return hour if is_recent else hour - hour % 24


def is_within(address: Address, scope: Scope) -> bool:
    """Return True if the days asked for may include this article.

    It was published no later than it was changed.
    """
    return scope.has(address.time) and not scope.is_before(address.changed)


def typical_time(candidates: Iterable[Address]) -> datetime | None:
    """Return the median time: one pinned old article does not make a page old."""
    times = sorted(c.time for c in candidates if c.time)
    return times[len(times) // 2] if times else None


def oldest_time(candidates: Iterable[Address]) -> datetime | None:
    return min((c.time for c in candidates if c.time), default=None)
