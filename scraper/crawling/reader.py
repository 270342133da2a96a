"""read() behind the crawl: one pool of processes, a bounded number of pages in it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals

from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from scraper.items import Article, Page

_logger = logging.getLogger(__name__)
_AHEAD = 2


class Reader:
    """Extension: owns the pool of a crawl and closes it with the spider.

    ``TINSACH_WORKERS`` (0: one a core), ``TINSACH_READ_TIMEOUT`` (seconds a page),
    ``TINSACH_QUARANTINE`` (where pages that hang or kill their worker are kept).
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._workers = settings.getint("TINSACH_WORKERS") or None
        self._timeout = settings.getfloat("TINSACH_READ_TIMEOUT", 30.0)
        quarantine = settings.get("TINSACH_QUARANTINE")
        self._quarantine = Path(quarantine) if quarantine else None
        self._pool: ReaderPool | None = None
        self._room = asyncio.Semaphore(_AHEAD)
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def read(self, page: Page) -> Article:
        """Return the article of *page*, without blocking the reactor.

        At most two pages a worker are on their way; others wait here, and through
        Scrapy's ``SCRAPER_SLOT_MAX_ACTIVE_SIZE`` hold back the downloads. Raises what
        the pool raises: ExtractionError.
        """
        if self._pool is None:
            raise RuntimeError("pages are read between spider_opened and spider_closed")
        async with self._room:
            return await asyncio.wrap_future(self._pool.submit(page))

    def _open(self) -> None:
        self._pool = ReaderPool(
            workers=self._workers, timeout=self._timeout, quarantine=self._quarantine
        )
        self._room = asyncio.Semaphore(self._pool.workers * _AHEAD)
        _logger.debug("reading in %d processes", self._pool.workers)

    async def _close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await asyncio.to_thread(pool.close)
