"""Feeds, sitemaps and section pages: read, or counted as failed; the crawl goes on."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scraper.crawling.failures import UNREACHABLE, explain_failure, failure_key
from scraper.crawling.pages import page_of
from scraper.crawling.reader import Reader
from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.discovery import Link

_logger = logging.getLogger(__name__)
KIND = "tinsach_kind"
"""Key of a request's meta: what it is counted as; feed, section, day, sitemap."""
OPTIONAL = "tinsach_optional"
"""Key of a request's meta: True where a 404 only says that there is no more."""
_PATIENCE = 2
_NO_MORE = frozenset({"http_404", "http_410"})


class Sources:
    """Counts ``sources/read/<kind>`` and ``sources/failed/<reason>``.

    A portal whose first sources all fail at the network ends the crawl: closed as
    ``unreachable`` rather than after every retry of every source.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._reached = False
        self._refusals = 0
        self._closing: asyncio.Future[None] | None = None

    async def parse(
        self,
        response: Response,
        parse: Callable[..., list[Link]],
        **options: Any,  # noqa: ANN401  those of parse
    ) -> list[Link]:
        """Return the links that *parse* finds in a worker, none where it finds no source.

        *parse* is a function of scraper.discovery, *options* what else it takes.
        """
        self._reached = True
        reader = Reader.of(self._crawler)
        try:
            links = await reader.find_links(page_of(response), parse, **options)
        except ScraperError as error:
            self._crawler.stats.inc_value("sources/failed/unreadable")
            _logger.warning("source %s: %s", response.url, error)
            return []
        kind = response.meta[KIND]
        self._crawler.stats.inc_value(f"sources/read/{kind}")
        return links

    def failed(self, failure: Failure) -> None:
        """Count and report a source that could not be fetched."""
        request = failure.request  # type: ignore[attr-defined]
        key = failure_key(failure)
        if key in _NO_MORE and request.meta.get(OPTIONAL):
            _logger.debug("%s: no more", request.url)
            return
        self._crawler.stats.inc_value(f"sources/failed/{key}")
        _logger.warning("source %s: %s", request.url, explain_failure(failure))
        self._reached = self._reached or key not in UNREACHABLE
        self._refusals += not self._reached
        if self._refusals >= _PATIENCE and self._closing is None:
            self._give_up(explain_failure(failure))

    def _give_up(self, reason: str) -> None:
        _logger.error("the portal cannot be reached: %s", reason)
        engine = self._crawler.engine
        self._closing = asyncio.ensure_future(
            engine.close_spider_async(reason="unreachable")
        )
