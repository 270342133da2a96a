"""Articles into the store, off the crawl's process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self, TypeVar

from scrapy.exceptions import CloseSpider

from scraper.crawling.frontier import STORE_FAILED, Frontier
from scraper.crawling.settling import Rejected
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.pipelines.given import article_of
from scraper.storage import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_Item = TypeVar("_Item")
logger = logging.getLogger(__name__)


class StorePipeline:
    """Saves to the store of the setting TINSACH_STORE (default as in open_store).

    An item passes, as it came, once it is committed, together with the visit that found
    it; what a pipeline before changed is stored as changed. Stats:
    ``store/new``, ``store/changed``, ``store/unchanged``; ``store/forgotten``, which
    is dropped; ``articles/not_stored``. A store that fails is logged once and closes
    the spider with the reason ``store_failed``; ``job_held`` if the run lost its job.
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

    async def process_item(self, item: _Item) -> _Item:
        frontier = Frontier.of(self.crawler)
        article = article_of(item, self, self.crawler)
        try:
            settled = await frontier.store(article)
        except StorageError as error:
            self.crawler.stats.inc_value("articles/not_stored")
            frontier.give_up(error)
            raise Rejected("not stored") from error
        self.crawler.stats.inc_value(f"store/{settled.outcome}")
        if settled.outcome is Outcome.FORGOTTEN:
            raise Rejected("forgotten")
        return item
