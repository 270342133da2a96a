"""Addresses, leases and visits, and when a URL is visited again.

Articles are edited and taken down in their first two days, so they are revisited after
half a day, a day and two days, the last two an hour early: a change is noticed within a
day even if the portal is down for an hour. Later only those that changed before are
revisited, and one in ten of the others. A source is visited as often as it lists
something new.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.items import Article


class Outcome(StrEnum):
    """What saving an article did.

    REVISED: its words changed, and a new revision was made; CHANGED: other fields did.
    UNCHANGED: everything but the circumstances of the fetch was stored already; these are
    updated if another version of the site model was used. FORGOTTEN: it was forgotten
    before, so nothing was saved.
    """

    NEW = "new"
    REVISED = "revised"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One version of a site's model.

    *created_at* is when it was first saved. *current* is the version in use: the
    pinned one, else the one saved last.
    """

    site: str
    version: str
    pages: int
    created_at: datetime
    pinned: bool
    current: bool


class AddressKind(StrEnum):
    ARTICLE = "article"
    FEED = "feed"
    SECTION = "section"
    DAY = "day"
    SITEMAP = "sitemap"


class Result(StrEnum):
    """The result of a visit.

    READ: the page was read; UNCHANGED: the server says so, or its bytes are the same;
    GONE: 404 or 410; DROPPED: it is not an article to keep; FAILED: it could not be fetched
    or read, and is retried.
    """

    READ = "read"
    UNCHANGED = "unchanged"
    GONE = "gone"
    DROPPED = "dropped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Address:
    """A URL as a source lists it.

    *time* is that of publication: what the URL states (*dated*), else what the source says,
    None without either. *changed* is a sitemap's time of the last change. *page* counts the
    pages of a source, each visited if the previous one links to it: those of a section, and
    2 for the parts of a sitemap. *alias* is another URL under which the store may have the
    article: a mirror's original.
    """

    url: str
    kind: AddressKind = AddressKind.ARTICLE
    section: str = ""
    page: int = 1
    time: datetime | None = None
    dated: bool = False
    changed: datetime | None = None
    alias: str = ""

    @property
    def lists_all(self) -> bool:
        """True for the first page of a source that lists the articles of all sections."""
        is_list = self.kind not in (AddressKind.ARTICLE, AddressKind.DAY)
        return is_list and self.page == 1 and not self.section

    def complete(self, article: Article) -> Article:
        """Return *article* with the listing's time and section if it has none."""
        if article.published_at is None and self.time is not None:
            source = "url" if self.dated else "listing"
            article = replace(article, published_at=self.time, published_source=source)
        if not article.section and self.section:
            article = replace(article, section=self.section)
        return article


@dataclass(frozen=True, slots=True)
class Lease:
    """An address to visit, and what is known from the last visit.

    *visited_at* is None before the first one. *etag* and *last_modified* are the server's,
    *content_hash* is of the bytes; each is "" if it is unknown.
    """

    position: int
    address: Address
    visited_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The outcome of the lease at *position*.

    *reason* says why it was dropped or failed. *article* is stored and *links* are added
    in the same transaction, as is *further*, the next page, if any of them is new.
    *moved_to* is the new URL of the page if that changed: it is visited instead from then
    on.
    """

    position: int
    at: datetime
    result: Result
    reason: str = ""
    etag: str = ""
    last_modified: str = ""
    content_hash: str = ""
    article: Article | None = None
    links: tuple[Address, ...] = ()
    further: Address | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a visit did to its article, if it had one, and which of its links were new."""

    outcome: Outcome | None = None
    new_links: tuple[str, ...] = ()


_MINUTE = 60
_HOUR = 3600
_DAY = 24 * _HOUR
AGES = tuple(timedelta(hours=hours) for hours in (12, 23, 47))
"""Ages at which every article is revisited; older pages rarely change."""
LATE_AGES = tuple(timedelta(days=days) for days in (7, 30))
LONGEST = max(b - a for a, b in pairwise((timedelta(), *AGES, *LATE_AGES)))
"""The longest time between two visits of a URL."""
STATED_AHEAD = timedelta(days=1)
"""How far ahead the time that a page or a sitemap states may lie: zones are confused."""
_SAMPLED = 10
"""One article in so many is revisited at LATE_AGES as well."""
_RETRY = 600
"""Seconds after which an article that failed once is retried."""
_PATIENT = 12
"""Failures in a row up to which every run retries a source."""
_MOST_TRIES = 8
"""Failures in a row after which an article is given up: about two days."""
_GONE_AGAIN = timedelta(days=1)
"""A page that is gone is visited once more: a 404 may be temporary."""


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
"""Sources that list the articles of all sections: the morning's first news is there."""
_OF_ONE: Mapping[AddressKind, Rhythm] = {
    AddressKind.FEED: Rhythm(0, 0, 6 * _HOUR),
    AddressKind.SECTION: Rhythm(_HOUR // 2, _HOUR // 12, _DAY),
}
"""Days, and later pages of a source, are visited once: they do not change unless a source
says so."""
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

    With new links that is half of *interval*, or 0 if every run may visit the source; else
    it is half as much again plus a minute. None for a source that is visited once;
    *interval* is None before the first visit.
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
    """Return when an article is visited again after the visit *at*, None for never.

    *changed*: one of its visits found changed words. *key* selects the sample.
    """
    ages = AGES + LATE_AGES if changed or key % _SAMPLED == 0 else AGES
    return next((published + age for age in ages if published + age > at), None)


def next_try(kind: AddressKind, at: datetime, tries: int) -> datetime | None:
    """Return when a URL that failed *tries* times in a row is retried.

    An article is retried after ten minutes, then twice as long each time, up to a day; a
    source by every run of the first hour or two, then each hour, without end.
    """
    if kind is not AddressKind.ARTICLE:
        seconds = _HOUR // 12 if tries <= _PATIENT else _HOUR
    elif tries > _MOST_TRIES:
        return None
    else:
        seconds = min(_RETRY * 2 ** (tries - 1), _DAY)
    return at + timedelta(seconds=seconds)


def next_after_loss(at: datetime, result: Result, before: str) -> datetime | None:
    """Return when an article that is gone or dropped is visited again, None for never."""
    again = result is Result.GONE and before != Result.GONE
    return at + _GONE_AGAIN if again else None
