"""What a crawl keeps beside the store is not kept for ever, where a limit is set."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from scraper import clock
from scraper.options import read
from scraper.saved import archive_folder, prune_archive
from scraper.workers.quarantine import Quarantine

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_logger = logging.getLogger(__name__)


class Pruning:
    """Extension: at the end of a run, removes what is older than ``TINSACH_KEEP`` days.

    Whole files of the archive (one holds a day at most) and pages of the quarantine; of
    articles it removes nothing. Stats: ``archive/pruned`` files, ``quarantine/pruned``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._days = read("TINSACH_KEEP", crawler.settings.get("TINSACH_KEEP"))
        if not self._days:
            raise NotConfigured
        self._crawler = crawler
        crawler.signals.connect(self._end, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def _end(self) -> None:
        try:
            await asyncio.to_thread(self._prune)
        except OSError as error:
            _logger.warning("what is old could not be removed: %s", error)

    def _prune(self) -> None:
        settings, stats = self._crawler.settings, self._crawler.stats
        if folder := archive_folder(str(settings.get("TINSACH_ARCHIVE") or "")):
            stats.inc_value("archive/pruned", prune_archive(folder, self._days))
        if quarantine := settings.get("TINSACH_QUARANTINE"):
            before = clock.now() - timedelta(days=self._days)
            removed = Quarantine(Path(quarantine)).prune(before)
            stats.inc_value("quarantine/pruned", removed)
