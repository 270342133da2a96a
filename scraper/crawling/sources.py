"""Sources: feeds, sitemaps and section pages, read or counted as failed."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scraper.crawling.failures import UNREACHABLE, explain_failure, failure_key
from scraper.crawling.frontier import Frontier
from scraper.crawling.reader import Reader
from scraper.crawling.visits import is_unchanged, page_of, validators_of
from scraper.errors import ScraperError
from scraper.storage import AddressKind, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.discovery import Link
    from scraper.storage import Address, Lease

_logger = logging.getLogger(__name__)
EMPTY = "empty"
_MAX_REFUSALS = 2
"""Sources that fail at the network before any has answered; then the crawl ends."""
_NO_MORE = frozenset({"http_404", "http_410"})


class Sources:
    """Counts ``sources/read/<kind>``, ``sources/unchanged`` and ``sources/failed/<reason>``.

    ``sources/at/<URL>`` is the number of new articles that the first page of a source
    listed, or the reason why it listed none: a failure, or ``empty``, also for a page that
    names only feeds. An empty source is read in full by every visit: if it were taken as
    unchanged, it would pass for one without news. ``links/articles`` counts the articles
    that sources list, ``links/known`` those of them that need no visit.

    *guessed* are URLs that may not be sources: a first visit that finds none is not a
    failure. If the first sources of a portal all fail at the network, the spider is closed
    as ``unreachable`` rather than after every retry of every source.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.guessed: set[str] = set()
        self._reached = False
        self._refusals = 0
        self._closing: asyncio.Future[None] | None = None

    async def read(
        self,
        response: Response,
        lease: Lease,
        parse: Callable[..., list[Link]],
        **options: Any,  # noqa: ANN401  those of parse
    ) -> list[Link] | None:
        """Return the links that *parse*, a function of scraper.discovery, finds in a worker.

        If nothing is new or this is not a source, settle *lease* and return None. *options*
        are other arguments of *parse*.
        """
        self._reached = True
        if is_unchanged(response, lease):
            self._count(f"sources/read/{lease.address.kind}")
            self._count("sources/unchanged")
            self._note(lease.address, 0)
            await self._frontier.settle(lease, Result.UNCHANGED)
            return None
        reader = Reader.of(self._crawler)
        try:
            links = await reader.find_links(page_of(response), parse, **options)
        except ScraperError as error:
            if not self._is_wrong_guess(lease):
                self._count("sources/failed/unreadable")
                self._note(lease.address, "unreadable")
                _logger.warning("source %s: %s", response.url, error)
            await self._frontier.settle(lease, Result.FAILED, reason="unreadable")
            return None
        self._count(f"sources/read/{lease.address.kind}")
        return links

    async def settle(
        self,
        response: Response,
        lease: Lease,
        listed: Sequence[Address],
        further: Address | None = None,
    ) -> list[Address]:
        """Settle *lease*, whose source *listed* these; return the articles that are new.

        *further* is the next page, which is visited if any article is new.
        """
        is_empty = all(map(self._is_no_listing, listed))
        # An empty source has none, or a 304 would hide it next time.
        validators = {} if is_empty else validators_of(response)
        settled = await self._frontier.settle(
            lease, Result.READ, links=tuple(listed), further=further, **validators
        )
        new = set(settled.new_links)
        articles = [each for each in listed if each.kind is AddressKind.ARTICLE]
        fresh = [each for each in articles if each.url in new]
        self._count("links/articles", len(articles))
        self._count("links/known", len(articles) - len(fresh))
        self._note(lease.address, EMPTY if is_empty else len(fresh))
        return fresh

    async def failed(self, failure: Failure) -> None:
        """Count, report and settle a source that could not be fetched."""
        request = failure.request  # type: ignore[attr-defined]
        lease: Lease = request.cb_kwargs["lease"]
        key = failure_key(failure)
        is_gone = key in _NO_MORE
        result = Result.GONE if is_gone else Result.FAILED
        await self._frontier.settle(lease, result, reason=key)
        if self._is_wrong_guess(lease) or (is_gone and _is_optional(lease.address)):
            _logger.debug("%s: no more", request.url)
            self._reached = self._reached or key not in UNREACHABLE
            return
        self._count(f"sources/failed/{key}")
        self._note(lease.address, key)
        _logger.warning("source %s: %s", request.url, explain_failure(failure))
        self._reached = self._reached or key not in UNREACHABLE
        self._refusals += not self._reached
        if self._refusals >= _MAX_REFUSALS and self._closing is None:
            self._give_up(explain_failure(failure))

    @property
    def _frontier(self) -> Frontier:
        return Frontier.of(self._crawler)

    def _is_no_listing(self, address: Address) -> bool:
        """Return True for a feed that a page names, or a source that is only guessed."""
        return address.kind is AddressKind.FEED or address.url in self.guessed

    def _is_wrong_guess(self, lease: Lease) -> bool:
        return lease.address.url in self.guessed and lease.visited_at is None

    def _give_up(self, reason: str) -> None:
        _logger.error("the portal cannot be reached: %s", reason)
        engine = self._crawler.engine
        self._closing = asyncio.ensure_future(
            engine.close_spider_async(reason="unreachable")
        )

    def _note(self, address: Address, found: int | str) -> None:
        if not _is_optional(address):
            self._crawler.stats.set_value(f"sources/at/{address.url}", found)

    def _count(self, name: str, count: int = 1) -> None:
        if count:
            self._crawler.stats.inc_value(name, count)


def _is_optional(address: Address) -> bool:
    """Return True for a page that may be missing: a day's archive, or one after the last."""
    return address.kind is AddressKind.DAY or address.page > 1
