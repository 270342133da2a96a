"""The argument ``limit=``: no article is fetched beyond the number asked for."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from scraper.crawling.failures import Refused

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

ARTICLE = "tinsach_article"
"""Key of a request's meta: True where the page is expected to be an article."""
_TICKET = "tinsach_ticket"
_STEP = 1.0


class LimitMiddleware:
    """Downloader middleware: lets ``spider.limit`` articles through, one for one.

    A request for an article takes a ticket or waits for one. A ticket comes back when
    its page gave no article (:meth:`settle`) or the article was dropped; when as many
    were kept as asked for, whoever waits is refused and Scrapy closes the spider
    (``CLOSESPIDER_ITEMCOUNT``).
    """

    def __init__(self, crawler: Crawler) -> None:
        limit = getattr(crawler.spider, "limit", None)
        if limit is None:
            raise NotConfigured
        self._crawler = crawler
        self._limit: int = limit
        self._kept = 0
        self._room = asyncio.Semaphore(limit)
        connect = crawler.signals.connect
        connect(self._article_kept, signals.item_scraped)
        connect(self._article_lost, signals.item_dropped)
        connect(self._article_lost, signals.item_error)
        connect(self._request_dropped, signals.request_dropped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if not request.meta.get(ARTICLE) or request.meta.get(_TICKET):
            return
        await self._take_ticket()
        request.meta[_TICKET] = True

    async def _take_ticket(self) -> None:
        while self._kept < self._limit and self._crawler.crawling:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._room.acquire(), _STEP)
                if self._kept < self._limit:
                    return
                self._room.release()
        raise Refused("limit", "the limit is reached")

    def settle(self, request: Request | None) -> None:
        """Give the ticket of *request* back: its page will not yield an article."""
        if request is not None and request.meta.pop(_TICKET, False):
            self._room.release()

    def _article_kept(self) -> None:
        self._kept += 1
        if self._kept >= self._limit:
            self._room.release()

    def _article_lost(self, item: Any, response: Response | Failure | None) -> None:  # noqa: ANN401
        self.settle(getattr(response, "request", None))

    def _request_dropped(self, request: Request) -> None:
        self.settle(request)
