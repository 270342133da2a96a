"""Articles into the store, off the crawl's process."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import CloseSpider, DropItem

from scraper.errors import StorageError
from scraper.pipelines.store_process import StoreProcess
from scraper.pipelines.writer import Writer
from scraper.storage import open_store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from scraper.items import Article

logger = logging.getLogger(__name__)

FAILED = "store_failed"


class StorePipeline:
    """Saves to the store of the setting TINSACH_STORE (default as in open_store).

    An item passes once it is committed. Stats: ``store/new``, ``store/changed``,
    ``store/unchanged``. A store that fails is logged once and closes the spider with
    the reason ``store_failed``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer: Writer | None = None
        self.closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open_spider(self) -> None:
        url = self.crawler.settings.get("TINSACH_STORE")
        try:
            open_store(url).close()  # made, or refused, before anything is fetched
        except StorageError as error:
            logger.error("Nothing can be stored: %s", error)  # noqa: TRY400
            raise CloseSpider(FAILED) from error
        self.writer = Writer(StoreProcess(url))

    async def process_item(self, item: Article) -> Article:
        if self.writer is None:
            raise DropItem("not stored")
        try:
            outcome = await asyncio.wrap_future(self.writer.save(item))
        except StorageError as error:
            self._give_up(error)
            raise DropItem("not stored") from error
        self.crawler.stats.inc_value(f"store/{outcome}")
        return item

    async def close_spider(self) -> None:
        if self.writer:
            await asyncio.to_thread(self.writer.close)

    def _give_up(self, error: StorageError) -> None:
        if self.closing:
            return
        logger.error("Stopping, articles cannot be stored: %s", error)
        close = self.crawler.engine.close_spider_async(reason=FAILED)
        self.closing = asyncio.create_task(close)
