"""read() behind the crawl: one pool of processes, a bounded number of pages in it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

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
AHEAD = 8
"""Pages on their way for each worker: one message to read, one that lies ready."""


class Reader:
    """Extension: owns the pool of a crawl and closes it with the spider.

    ``TINSACH_WORKERS`` (0: one a core), ``TINSACH_READ_TIMEOUT`` (seconds a page),
    ``TINSACH_QUARANTINE`` (where pages that hang or kill their worker are kept).
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        workers = settings.get("TINSACH_WORKERS")
        timeout = settings.get("TINSACH_READ_TIMEOUT")
        self._workers = read("TINSACH_WORKERS", workers) or None
        self._timeout = read("TINSACH_READ_TIMEOUT", timeout)
        quarantine = settings.get("TINSACH_QUARANTINE")
        self._quarantine = Path(quarantine) if quarantine else None
        self._pool: ReaderPool | None = None
        self._room = asyncio.Semaphore(AHEAD)
        self._last: list[Callable[[], Awaitable[None]]] = []
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return the reader of *crawler*; raises RuntimeError where it has none."""
        reader = crawler.get_extension(cls)
        if reader is None:
            raise RuntimeError(
                "the extension scraper.crawling.reader.Reader is missing"
            )
        return reader

    async def read(self, page: Page, model: SiteModel | None = None) -> Article:
        """Return the article of *page* by *model*, without blocking the reactor.

        At most AHEAD pages a worker are on their way; others wait here, and through
        Scrapy's ``SCRAPER_SLOT_MAX_ACTIVE_SIZE`` hold back the downloads. Raises what
        the pool raises: ExtractionError.
        """
        async with self._room:
            return await asyncio.wrap_future(self._running.submit(page, model))

    async def study(self, page: Page, model: SiteModel | None = None) -> Reading:
        """Return what read() does, and the page's digest."""
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
        """Return the links that *parse*, of scraper.discovery, finds in *page*.

        Raises DiscoveryError, or what read() raises.
        """
        async with self._room:
            future = self._running.find_links(page, parse, **options)
            return await asyncio.wrap_future(future)

    def at_end(self, last: Callable[[], Awaitable[None]]) -> None:
        """Have *last* awaited before the workers end."""
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
        self._room = asyncio.Semaphore(self._pool.workers * AHEAD)
        _logger.debug("reading in %d processes", self._pool.workers)

    async def _close(self) -> None:
        try:
            for last in self._last:
                await last()
        finally:
            if self._pool is not None:
                pool, self._pool = self._pool, None
                await asyncio.to_thread(pool.close)
