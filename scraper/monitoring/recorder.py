"""The report of every run, kept in the store with its frontier."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from scraper import clock
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.monitoring.health import judge
from scraper.monitoring.report import build_report

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

    from scraper.monitoring.report import RunReport

_logger = logging.getLogger(__name__)


class RunRecorder:
    """Extension: says in one line what the run did, and ends it in the store."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._end, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def _end(self, spider: Spider, reason: str) -> None:
        stats = self._crawler.stats.get_stats() | {"finish_reason": reason}
        report = build_report(stats, spider=spider.name, reason=reason)
        record = record_of(report)
        _logger.info(
            "%s: %s; %d new, %d revised, %d changed, %d unchanged articles; "
            "%d blocks kept, %d dropped",
            *(spider.name, record["verdict"]),
            *(report.new, report.revised, report.changed, report.unchanged),
            *(report.blocks_kept, report.blocks_dropped),
        )
        client = StoreClient.of(self._crawler)
        if not client.run:
            return
        text = json.dumps(record, ensure_ascii=False)
        try:
            await client.call("jobs.end", client.run, clock.now(), text)
        except StorageError as error:
            _logger.warning("the report of the run is not kept: %s", error)


def record_of(report: RunReport) -> dict[str, Any]:
    """Return *report* as it is kept: its fields, the verdict and the exit status."""
    status, verdict = judge(report)
    return {**asdict(report), "status": int(status), "verdict": verdict}
