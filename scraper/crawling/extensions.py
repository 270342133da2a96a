"""Extensions: which pages are archived and what is pruned; the clock, and progress."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scrapy import signals
from scrapy.exceptions import NotConfigured

from scraper import clock
from scraper.archive import ArchiveWriter, Capture, archive_folder, prune_archive
from scraper.crawling import Component
from scraper.crawling.leases import date_of
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.options import BOUNDS, DAYS_OF_PAGES, PAGES, RUNS, URLS
from scraper.storage import Jobs, Store, forgotten_id
from scraper.workers.task import Quarantine

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

    from scraper.items import Article, Page
    from scraper.options import Bound
    from scraper.storage import Lease


_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Receipt:
    """Where a page was archived, "" until it is; kept for when the page is read again."""

    reference: str = ""

    def on(self, article: Article) -> Article:
        """Return *article* with the reference of its page."""
        return replace(article, archive=self.reference) if self.reference else article


class Archiver(Component):
    """Extension: writes pages into the folder of the setting ``TINSACH_ARCHIVE``.

    "1" is the folder ``archive`` in TINSACH_HOME; "", like a replay, archives nothing.
    Unchanged pages do not come here. One thread compresses and writes pages; a page waits
    until it is written, so that a reference never names a missing record. Stats:
    ``archive/pages``, ``archive/failed``: a full disk or a missing folder ends the
    archive, not the crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        is_replay = bool(crawler.settings.get("TINSACH_REPLAY"))
        setting = "" if is_replay else crawler.settings.get("TINSACH_ARCHIVE")
        folder = archive_folder(str(setting or ""))
        self._writer = ArchiveWriter(folder) if folder else None
        self._out: frozenset[str] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        crawler.signals.connect(self._close, signals.spider_closed)

    async def keep(
        self,
        response: Response,
        page: Page,
        lease: Lease,
        receipt: Receipt,
        article: Article | None = None,
    ) -> None:
        """Write *page*, of *response*, and set the reference of *receipt*.

        Pages of a forgotten *article* are not written.
        """
        if self._writer is None or await self._is_forgotten(page, article):
            return
        asked = response.request.headers if response.request else None
        capture = Capture(page, lease.address, _pairs(asked), _pairs(response.headers))
        written = self._thread.submit(self._writer.write, capture)
        try:
            receipt.reference = await asyncio.wrap_future(written)
        except OSError as error:
            self._fail(error)
        else:
            self._crawler.stats.inc_value("archive/pages")

    async def _is_forgotten(self, page: Page, article: Article | None) -> bool:
        """Return True if the URL of the page, or that which it declares, is forgotten."""
        if self._out is None:
            self._out = await StoreClient.of(self._crawler).call(Store.forgotten_ids)
        if not self._out:
            return False
        urls = [page.url, *([article.canonical_url] if article else [])]
        return any(forgotten_id(url) in self._out for url in urls)

    def _fail(self, error: OSError) -> None:
        self._crawler.stats.inc_value("archive/failed")
        if self._writer is not None:
            _logger.error("No more pages are archived: %s", error)
        self._writer = None

    def _close(self) -> None:
        self._thread.shutdown()
        try:
            if self._writer is not None:
                self._writer.check()
        except OSError as error:
            self._fail(error)


def _pairs(headers: Headers | None) -> tuple[tuple[str, str], ...]:
    """Return *headers* as pairs of text, each in one line."""
    return tuple(
        (name.decode("latin-1"), " ".join(value.decode("latin-1").split()))
        for name, values in (headers or {}).items()
        for value in values
    )


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
            _logger.warning("old pages and records could not be removed: %s", error)

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


_INTERVAL = 0.1
"""Seconds between two reports, at least."""


class Progress(Protocol):
    """The callable in ``TINSACH_PROGRESS``: pages done, requests waiting, articles kept."""

    def __call__(self, done: int, queued: int, stored: int) -> None: ...


class ProgressReporter(Component):
    """Extension: calls ``TINSACH_PROGRESS`` at most ten times a second, and at the end."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        report = crawler.settings.get("TINSACH_PROGRESS")
        if report is None:
            raise NotConfigured
        self._report: Progress = report
        self._done = self._scheduled = self._stored = 0
        self._last = 0.0
        connect = crawler.signals.connect
        connect(self._request_scheduled, signals.request_scheduled)
        connect(self._request_left, signals.request_left_downloader)
        connect(self._item_scraped, signals.item_scraped)
        connect(self._report_now, signals.spider_closed)

    def _request_scheduled(self) -> None:
        self._scheduled += 1
        self._report_sometimes()

    def _request_left(self) -> None:
        self._done += 1
        self._report_sometimes()

    def _item_scraped(self) -> None:
        self._stored += 1
        self._report_sometimes()

    def _report_sometimes(self) -> None:
        now = clock.monotonic()
        if now - self._last >= _INTERVAL:
            self._last = now
            self._report_now()

    def _report_now(self) -> None:
        queued = max(0, self._scheduled - self._done)
        self._report(self._done, queued, self._stored)
