"""Links that may be articles: which are wanted, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper import clock
from scraper.storage import Address
from scraper.urls import normalise_url, time_in_url

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scraper.crawling.scope import Scope
    from scraper.discovery import Link


MAX_PAGES = 100
"""Pages of one section that are followed at most."""


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
