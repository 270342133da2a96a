"""The worker pool of a crawl, with a bounded number of pages in it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals

from scraper.crawling import Component
from scraper.options import read
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler

    from scraper.discovery import Link
    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel

_logger = logging.getLogger(__name__)
PAGES_PER_WORKER = 8
"""Pages in the pool for each worker: one message being read, one ready."""


class Reader(Component):
    """Extension: owns the pool of a crawl and closes it with the spider.

    Settings: ``TINSACH_WORKERS`` (0: one per core), ``TINSACH_READ_TIMEOUT`` (seconds per
    page), ``TINSACH_QUARANTINE`` (where pages that hang or kill their worker are kept).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        workers = settings.get("TINSACH_WORKERS")
        timeout = settings.get("TINSACH_READ_TIMEOUT")
        self._workers = read("TINSACH_WORKERS", workers) or None
        self._timeout = read("TINSACH_READ_TIMEOUT", timeout)
        quarantine = settings.get("TINSACH_QUARANTINE")
        self._quarantine = Path(quarantine) if quarantine else None
        self._pool: ReaderPool | None = None
        self._room = asyncio.Semaphore(PAGES_PER_WORKER)
        self._last: list[Callable[[], Awaitable[None]]] = []
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    async def read(self, page: Page, model: SiteModel | None = None) -> Article:
        """Return the article of *page* by *model*, without blocking the reactor.

        At most PAGES_PER_WORKER pages per worker are in the pool; others wait here, and hold back
        downloads by Scrapy's ``SCRAPER_SLOT_MAX_ACTIVE_SIZE``. Raises ExtractionError.
        """
        async with self._room:
            return await asyncio.wrap_future(self._running.submit(page, model))

    async def study(self, page: Page, model: SiteModel | None = None) -> Reading:
        """Return what read() returns, and the page's digest."""
        async with self._room:
            return await asyncio.wrap_future(self._running.study(page, model))

    async def study_if_unknown(self, page: Page, model: SiteModel) -> Article | Reading:
        """Return what read() does, or study() if *model* has no such template."""
        async with self._room:
            future = self._running.study_if_unknown(page, model)
            return await asyncio.wrap_future(future)

    async def find_links(
        self,
        page: Page,
        parse: Callable[..., list[Link]],
        **options: Any,  # noqa: ANN401  those of parse
    ) -> list[Link]:
        """Return the links that *parse*, a function of scraper.discovery, finds in *page*.

        Raises DiscoveryError or ExtractionError.
        """
        async with self._room:
            future = self._running.find_links(page, parse, **options)
            return await asyncio.wrap_future(future)

    def at_end(self, last: Callable[[], Awaitable[None]]) -> None:
        """Register *last* to be awaited before the workers end."""
        self._last.append(last)

    @property
    def _running(self) -> ReaderPool:
        if self._pool is None:
            raise RuntimeError("pages are read between spider_opened and spider_closed")
        return self._pool

    def _open(self) -> None:
        self._pool = ReaderPool(
            workers=self._workers, timeout=self._timeout, quarantine=self._quarantine
        )
        self._room = asyncio.Semaphore(self._pool.workers * PAGES_PER_WORKER)
        _logger.debug("reading in %d processes", self._pool.workers)

    async def _close(self) -> None:
        try:
            for last in self._last:
                await last()
        finally:
            if self._pool is not None:
                pool, self._pool = self._pool, None
                await asyncio.to_thread(pool.close)
