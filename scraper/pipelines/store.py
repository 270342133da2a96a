"""Articles into the store, off the crawl's process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import CloseSpider, DropItem

from scraper.crawling.frontier import STORE_FAILED, Frontier
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.storage import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from scraper.items import Article

logger = logging.getLogger(__name__)


class StorePipeline:
    """Saves to the store of the setting TINSACH_STORE (default as in open_store).

    An item passes once it is committed, together with the visit that found it. Stats:
    ``store/new``, ``store/changed``, ``store/unchanged``; ``store/forgotten``, which
    is dropped. A store that fails is logged
    once and closes the spider with the reason ``store_failed``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open_spider(self) -> None:
        try:
            StoreClient.of(self.crawler).open()
        except StorageError as error:
            logger.error("Nothing can be stored: %s", error)  # noqa: TRY400
            raise CloseSpider(STORE_FAILED) from error

    async def process_item(self, item: Article) -> Article:
        frontier = Frontier.of(self.crawler)
        try:
            settled = await frontier.store(item)
        except StorageError as error:
            frontier.give_up(error)
            raise DropItem("not stored") from error
        self.crawler.stats.inc_value(f"store/{settled.outcome}")
        if settled.outcome is Outcome.FORGOTTEN:
            raise DropItem("forgotten")
        return item
