"""Visits are settled by what became of their items, whatever components made of these."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import DropItem

from scraper.crawling.leases import lease_of
from scraper.crawling.site_models import SiteModels
from scraper.storage import AddressKind, Result

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.crawling.frontier import Frontier
    from scraper.items import Article
    from scraper.storage import Lease

    Origin = Response | Failure | None

_logger = logging.getLogger(__name__)
ARTICLE_STORED = object()
"""Signal: an *article* is committed, with an *outcome*; *as_read*: nobody changed it."""
DUPLICATE = "duplicate"
"""Why a pipeline drops what came already: if it has moved, the two are one."""
_LONGEST_REASON = 200
"""Characters kept of what a pipeline says when it drops an item."""
_PASSED_OVER = "articles/passed_over"


class Rejected(DropItem):
    """An article that a pipeline of this project drops, and has counted."""


class ItemOutcomes:
    """Settles the visits of a crawl's *frontier* by what became of their items.

    The lease is found by the response, which Scrapy names with every item: a pipeline may
    pass on a copy, a dict or nothing at all. Stats: ``articles/passed_over/<reason>`` for
    ``dropped_by_pipeline`` and ``not_stored``; ``articles/not_stored`` counts the items on
    which a pipeline failed, ``pages/failed/spider_error`` the pages on which the spider did.
    """

    def __init__(self, crawler: Crawler, frontier: Frontier) -> None:
        self._crawler = crawler
        self._frontier = frontier
        self._has_stored = False
        self._tasks: set[asyncio.Future[Any]] = set()
        connect = crawler.signals.connect
        connect(self._item_dropped, signals.item_dropped)
        connect(self._item_failed, signals.item_error)
        connect(self._item_passed, signals.item_scraped)
        connect(self._article_stored, ARTICLE_STORED)
        connect(self._callback_failed, signals.spider_error)
        connect(self._finish, signals.spider_closed)

    async def _item_dropped(self, response: Origin, exception: DropItem) -> None:
        lease = self._claim(response)
        if lease is None:
            return
        reason = " ".join(str(exception).split())[:_LONGEST_REASON] or "dropped"
        if reason == DUPLICATE and await self._frontier.settle_moved(lease):
            return
        if not isinstance(exception, Rejected):
            self._count(lease, f"{_PASSED_OVER}/dropped_by_pipeline")
        again = reason.endswith("/blocked")
        result = Result.FAILED if again else Result.DROPPED
        await self._frontier.settle(lease, result, reason=reason)

    async def _item_failed(self, response: Origin) -> None:
        if lease := self._claim(response):
            self._crawler.stats.inc_value("articles/not_stored")
            await self._frontier.settle(lease, Result.FAILED, reason="pipeline_failed")

    async def _item_passed(self, response: Origin) -> None:
        """Settle a visit whose item no pipeline stored, or stored as another page's."""
        lease = self._claim(response)
        if lease is None:
            return
        if not self._has_stored:
            self._count(lease, f"{_PASSED_OVER}/not_stored")
            self._warn_once()
        else:
            self._leave_as_stored(lease.address.url)
        await self._frontier.settle_kept(lease)

    def _warn_once(self) -> None:
        if self._crawler.stats.get_value(f"{_PASSED_OVER}/not_stored") == 1:
            _logger.warning(
                "no pipeline stores what this crawl finds: ITEM_PIPELINES does not have"
                " scraper.pipelines.store.StorePipeline"
            )

    def _article_stored(self, article: Article, as_read: bool) -> None:
        self._has_stored = True
        if not as_read:
            self._leave_as_stored(article.url)

    def _leave_as_stored(self, url: str) -> None:
        """Do not read the page at *url* again: pipelines have changed its article."""
        models = self._crawler.get_extension(SiteModels)
        if models is not None:
            models.unpark(url)

    def _callback_failed(self, response: Origin) -> None:
        """Settle a visit on whose answer the spider, or a middleware of it, failed.

        Scrapy does not wait for handlers of this signal.
        """
        if lease := self._claim(response):
            self._count(lease, "pages/failed/spider_error")
            settle = self._frontier.settle
            task = asyncio.ensure_future(
                settle(lease, Result.FAILED, reason="spider_error")
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _finish(self) -> None:
        await asyncio.gather(*self._tasks)

    def _claim(self, response: Origin) -> Lease | None:
        lease = lease_of(response)
        return lease if lease and self._frontier.claim(lease) else None

    def _count(self, lease: Lease, name: str) -> None:
        if lease.address.kind is AddressKind.ARTICLE:
            self._crawler.stats.inc_value(name)
