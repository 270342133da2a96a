"""Responses that give no item: their visits are settled all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request

from scraper.crawling import Component
from scraper.crawling.frontier import Frontier
from scraper.crawling.leases import lease_of
from scraper.storage import AddressKind, Result

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response


class EmptyResults(Component):
    """Spider middleware, the last one before the pipelines.

    A visit is dropped as ``no_item`` if neither an item nor a request with its lease comes
    out of the callback and the middlewares after it, unless the visit is settled already.
    Stats: ``articles/passed_over/no_item``.
    """

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        lease, is_open = lease_of(response), False
        async for each in result:
            is_item = each is not None and not isinstance(each, Request)
            is_open |= is_item or (lease is not None and lease_of(each) == lease)
            yield each
        if lease is None or is_open:
            return
        frontier = Frontier.of(self._crawler)
        if frontier.claim(lease):
            if lease.address.kind is AddressKind.ARTICLE:
                self._crawler.stats.inc_value("articles/passed_over/no_item")
            await frontier.settle(lease, Result.DROPPED, reason="no_item")
