"""Which articles the store has already."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Self

from scrapy import signals

from scraper.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy.crawler import Crawler

    from scraper.storage import Store

_logger = logging.getLogger(__name__)


class KnownArticles:
    """Extension: tells the spider which addresses need not be fetched again.

    Reads the store that the pipelines write. A replay knows nothing: its pages are
    there to be read again.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._url: str | None = crawler.settings.get("TINSACH_STORE")
        self._replay = bool(crawler.settings.get("TINSACH_REPLAY"))
        self._store: Store | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def among(self, urls: Iterable[str]) -> set[str]:
        """Return those of *urls* that are stored; none where no store is there yet."""
        if self._store is None:
            return set()
        try:
            return await asyncio.to_thread(self._store.known, urls)
        except StorageError as error:
            _logger.warning("cannot tell which articles are stored: %s", error)
            return set()

    def _open(self) -> None:
        if self._replay:
            return
        from scraper.storage import open_store

        try:
            self._store = open_store(self._url, create=False)
        except StorageError as error:
            _logger.debug("no article is known: %s", error)

    def _close(self) -> None:
        if self._store:
            self._store.close()
            self._store = None
