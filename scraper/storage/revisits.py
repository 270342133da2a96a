"""When an address is visited again.

Articles are edited and taken down in their first two days, so they are seen again after
half a day, a day and two days, the last two an hour early: what happened is noticed within a
day even where the portal is down for an hour. Later only those that have changed before, and one in ten
of the others. A source is asked as often as it brings something.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.storage.visits import AddressKind, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.storage.visits import Address

_MINUTE = 60
_HOUR = 3600
_DAY = 24 * _HOUR
AGES = tuple(timedelta(hours=hours) for hours in (12, 23, 47))
"""Ages at which every article is seen again; what a page of two days changes is rare."""
LATE_AGES = tuple(timedelta(days=days) for days in (7, 30))
LONGEST = max(b - a for a, b in pairwise((timedelta(), *AGES, *LATE_AGES)))
"""The longest time between two visits of an address."""
STATED_AHEAD = timedelta(days=1)
"""How far ahead a time may lie that a page or a sitemap states: zones are mixed up."""
_SAMPLED = 10
"""One article in so many is seen at its late ages as well."""
_RETRY = 600
_PATIENT = 12
_MOST_TRIES = 8
"""Failures in a row after which an article is given up: some two days."""
_GONE_AGAIN = timedelta(days=1)
"""A page that is gone is asked for once more: a 404 may be a fault of the hour."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two visits of a source: after the first one, at least, at most."""

    first: int
    least: int
    most: int


_OF_ALL: Mapping[AddressKind, Rhythm] = {
    AddressKind.FEED: Rhythm(0, 0, _HOUR // 4),
    AddressKind.SECTION: Rhythm(0, 0, _HOUR // 2),
    AddressKind.SITEMAP: Rhythm(_HOUR // 2, _HOUR // 12, 2 * _HOUR),
}
"""Those that list what every section brings: the first news of a morning come by them."""
_OF_ONE: Mapping[AddressKind, Rhythm] = {
    AddressKind.FEED: Rhythm(0, 0, 6 * _HOUR),
    AddressKind.SECTION: Rhythm(_HOUR // 2, _HOUR // 12, _DAY),
}
"""Days, and the later pages of a source, are visited once: what is there does not change
unless something says so."""
LONGEST_OF_SOURCES = timedelta(
    seconds=max(each.most for each in (*_OF_ALL.values(), *_OF_ONE.values()))
)
"""The longest time in which no source of a job is due."""


def is_repeated(source: Address) -> bool:
    """Return True if *source* is visited again and again."""
    interval = next_interval(source, None, brought=False)
    return interval is not None and source.page == 1


def next_interval(
    source: Address, interval: int | None, *, brought: bool
) -> int | None:
    """Return the seconds to the next visit of *source*; *brought*: it had new links.

    Half of *interval* where it did, nothing where every run may ask; else half as much
    again and a minute. None for a source that is visited once; *interval* is None before
    the first visit.
    """
    rhythm = (_OF_ALL if source.lists_all else _OF_ONE).get(source.kind)
    if rhythm is None:
        return None
    if interval is None:
        return rhythm.first
    less = interval // 2 if rhythm.least else 0
    wanted = less if brought else interval * 3 // 2 + _MINUTE
    return max(rhythm.least, min(wanted, rhythm.most))


def next_article_visit(
    published: datetime, at: datetime, *, changed: bool, key: int
) -> datetime | None:
    """Return when an article of the age it has *at* is seen again, None for never.

    *changed*: one of its visits found other words than before. *key* draws the sample.
    """
    ages = AGES + LATE_AGES if changed or key % _SAMPLED == 0 else AGES
    return next((published + age for age in ages if published + age > at), None)


def next_try(kind: AddressKind, at: datetime, tries: int) -> datetime | None:
    """Return when an address that failed *tries* times in a row is tried again.

    An article after ten minutes, then twice as long each time, up to a day. A source by
    every run of the first hour or two, then each hour, for ever.
    """
    if kind is not AddressKind.ARTICLE:
        seconds = _HOUR // 12 if tries <= _PATIENT else _HOUR
    elif tries > _MOST_TRIES:
        return None
    else:
        seconds = min(_RETRY * 2 ** (tries - 1), _DAY)
    return at + timedelta(seconds=seconds)


def next_after_loss(at: datetime, result: Result, before: str) -> datetime | None:
    """Return when an article is asked for again that is gone, or none to keep."""
    again = result is Result.GONE and before != Result.GONE
    return at + _GONE_AGAIN if again else None
