"""Pruning: bounds on what a crawl keeps beside the articles, see scraper.options."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

from scraper import clock
from scraper.archive import archive_folder, prune_archive
from scraper.crawling import Component
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.options import BOUNDS, DAYS_OF_PAGES, PAGES, RUNS, URLS
from scraper.storage import Jobs
from scraper.workers.quarantine import Quarantine

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.options import Bound


APART = "clock/apart"
"""The stat; it is missing if no server stated the time."""


class ClockWitness(Component):
    """Extension: compares the clock with the Date of every answer.

    Stats: ``clock/apart``, the seconds by which the clock is ahead of the server that is
    closest to it; a single server, or a cache on the way, may be wrong.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._stats = crawler.stats
        crawler.signals.connect(self._compare, signals.response_received)

    def _compare(self, response: Response) -> None:
        there = date_of(response)
        if there is None:
            return
        apart = round((clock.now() - there).total_seconds())
        best = self._stats.get_value(APART)
        if best is None or abs(apart) < abs(best):
            self._stats.set_value(APART, apart)


def date_of(response: Response) -> datetime | None:
    """Return the time that the server states, if it states a valid one."""
    try:
        moment = parsedate_to_datetime((response.headers["Date"] or b"").decode())
    except (KeyError, OverflowError, UnicodeDecodeError, ValueError):
        return None
    return moment if moment.tzinfo else None


_logger = logging.getLogger(__name__)


class Pruning(Component):
    """Extension: at the end of a run, removes what is beyond its bound.

    That is whole files of the archive (one holds a day at most), pages of the quarantine,
    reports of runs, and URLs that are never visited again, but no articles. A wrong clock
    would make everything old, so nothing is removed unless a server agrees with it. Stats:
    ``archive/pruned`` files, ``quarantine/pruned``, ``runs/pruned``, ``frontier/pruned``.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._bounds = {bound: bound.read(crawler.settings) for bound in BOUNDS}
        crawler.signals.connect(self._end, signals.spider_closed)

    async def _end(self) -> None:
        apart = self._crawler.stats.get_value(APART)
        if apart is None or abs(timedelta(seconds=apart)) > clock.MOST_APART:
            return
        try:
            await asyncio.to_thread(self._prune_files)
            await self._prune_store()
        except (OSError, StorageError) as error:
            _logger.warning("what is old could not be removed: %s", error)

    async def _prune_store(self) -> None:
        client, stats = StoreClient.of(self._crawler), self._crawler.stats
        if not client.run or client.knows_nothing:
            return
        pruned = await client.call(
            Jobs.prune,
            client.run,
            runs_before=self._moment(RUNS),
            addresses_before=self._moment(URLS),
        )
        stats.inc_value("runs/pruned", pruned.runs)
        stats.inc_value("frontier/pruned", pruned.addresses)

    def _prune_files(self) -> None:
        settings, stats = self._crawler.settings, self._crawler.stats
        days = self._bounds[DAYS_OF_PAGES]
        folder = archive_folder(str(settings.get("TINSACH_ARCHIVE") or ""))
        if days and folder:
            stats.inc_value("archive/pruned", prune_archive(folder, days))
        if place := settings.get("TINSACH_QUARANTINE"):
            quarantine = Quarantine(Path(place))
            removed = quarantine.prune(
                self._moment(DAYS_OF_PAGES), most=self._bounds[PAGES]
            )
            stats.inc_value("quarantine/pruned", removed)

    def _moment(self, bound: Bound) -> datetime | None:
        """Return the moment before which something is beyond *bound*; None for no limit."""
        days = self._bounds[bound]
        return clock.now() - timedelta(days=days) if days else None
