"""Links that may be articles: which are wanted, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper import clock
from scraper.storage import Address, AddressKind
from scraper.urls import normalise_url, time_in_url

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from scraper.crawling.scope import Scope
    from scraper.discovery import Link


MAX_PAGES = 100
"""Pages of one section that are followed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """The sources that a portal has, see :class:`spiders.base.PortalSpider`."""

    portal: Portal
    sections: Mapping[str, str]
    feeds: tuple[str, ...] = ()
    front: str = ""
    section_feed: str = ""
    section_page: str = ""
    next_page: str = ""
    day_page: str = ""
    sitemap: str = ""
    section_path: re.Pattern[str] | None = None

    def iter_waves(self, scope: Scope) -> Iterator[list[Address]]:
        """Yield the sources of a run within *scope*: what brings the newest comes first."""
        chosen = scope.sections
        names = chosen or tuple(self.sections)
        named = {self.section_feed.format(section=name): name for name in names}
        feeds = tuple(named) if chosen else self.feeds
        yield [self._feed(path, named.get(path, "")) for path in feeds if path]
        front = [] if chosen or not self.front else [self.front]
        pages = [self._at(path, AddressKind.SECTION) for path in front]
        if self.section_page:
            pages += [self.section(name) for name in names]
        yield pages
        if self.day_page:
            yield list(self._iter_days(names, scope))
        if self.sitemap and not chosen:
            yield [self._at(self.sitemap, AddressKind.SITEMAP)]

    def section(
        self, name: str, page: int = 1, oldest: datetime | None = None
    ) -> Address:
        """Return a page of section *name*; a later one is as old as the one before ends."""
        form = self.next_page if page > 1 else self.section_page
        path = form.format(section=name, stem=self.sections[name], page=page)
        return self._at(
            path, AddressKind.SECTION, section=name, page=page, changed=oldest
        )

    def saved_source(self, url: str) -> Address | None:
        """Return the source that a saved page at *url* is, None for another page."""
        path = urlsplit(url).path
        if self.section_path and self.section_path.search(path):
            return self._at(url, AddressKind.DAY)
        if path.endswith(".rss"):
            return self._at(url, AddressKind.FEED)
        if path.endswith(".xml") and "sitemap" in path:
            return self._at(url, AddressKind.SITEMAP)
        return None

    def _feed(self, path: str, section: str) -> Address:
        return self._at(path, AddressKind.FEED, section=section)

    def _iter_days(self, names: Iterable[str], scope: Scope) -> Iterator[Address]:
        for day in scope.iter_days():
            for name in names:
                stem = self.sections[name]
                path = self.day_page.format(section=name, stem=stem, day=day)
                yield self._at(path, AddressKind.DAY, section=name)

    def _at(self, path: str, kind: AddressKind, **fields: Any) -> Address:  # noqa: ANN401
        url = path if "://" in path else self.portal.base + path
        return Address(url, kind, **fields)


def narrower(scope: Scope) -> dict[str, Any]:
    """Return what of *scope* narrows down the articles that are due, see ``Wanted``."""
    first, last = scope.first_moment, scope.last_moment
    return {"sections": scope.sections, "first": first, "last": last}


_BY_HOUR = 48


@dataclass(frozen=True, slots=True)
class Portal:
    """Which addresses are this portal's, and which of them are articles.

    *base* is where the crawl fetches from; links to one of *hosts* lead there too, so
    that a mirror with absolute links is crawled itself, not the original, whose base is
    *home*. *article* matches paths of articles, *passed_over* those that are none all the
    same.
    """

    base: str
    hosts: frozenset[str]
    article: re.Pattern[str] | None
    passed_over: re.Pattern[str] | None
    home: str = ""

    def own_url(self, url: str) -> str | None:
        """Return *url* as fetched from this portal, None where it is another host's."""
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
        """Tell an article by its address; where no form is known, any page may be one."""
        path = urlsplit(url).path
        has_form = self.article is None or bool(self.article.search(path))
        return has_form and not self.is_passed_over(url)

    def is_passed_over(self, url: str) -> bool:
        pattern = self.passed_over
        return bool(pattern and pattern.search(urlsplit(url).path))

    def iter_candidates(
        self, links: Iterable[Link], section: str = "", *, changed: bool = False
    ) -> Iterator[Address]:
        """Yield the articles among *links*, each address once.

        *changed* says that the links' times are those of the last change.
        """
        seen: set[str] = set()
        for link in links:
            url = self.own_url(link.url)
            if url is None or url in seen or not self.is_article(url):
                continue
            seen.add(url)
            stated = time_in_url(url)
            yield Address(
                url=url,
                section=link.section or section,
                time=stated or (None if changed else link.time),
                dated=stated is not None,
                changed=link.time if changed else None,
                alias=self._original_of(url),
            )

    def _original_of(self, url: str) -> str:
        """Return *url* at the original of a mirror, "" where this is the original."""
        if not self.home or self.base == self.home:
            return ""
        return url.replace(self.base, self.home, 1)


def priority_of(moment: datetime | None) -> int:
    """Return a request's priority: hours since 1970, 0 for no time.

    Hours, and whole days before yesterday, since Scrapy's queue looks at every distinct
    priority each time that one of them runs empty: in a crawl of 50,000 articles those
    of the hours of eight months.
    """
    if moment is None:
        return 0
    hour = max(0, int(moment.timestamp() // 3600))
    is_recent = hour >= clock.now().timestamp() // 3600 - _BY_HOUR
    return hour if is_recent else hour - hour % 24


def is_within(address: Address, scope: Scope) -> bool:
    """Tell whether the days asked for may hold this article.

    It was published no later than it was changed.
    """
    return scope.has(address.time) and not scope.is_before(address.changed)


def typical_time(candidates: Iterable[Address]) -> datetime | None:
    """Return the median time: one pinned old article does not make a page old."""
    times = sorted(c.time for c in candidates if c.time)
    return times[len(times) // 2] if times else None


def oldest_time(candidates: Iterable[Address]) -> datetime | None:
    return min((c.time for c in candidates if c.time), default=None)
