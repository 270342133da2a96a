"""Progress of a crawl, reported to a callable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from scrapy import signals
from scrapy.exceptions import NotConfigured

from scraper import clock
from scraper.crawling import Component

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

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
