"""The report of every run: judged, sent where it is alarming, kept in the store."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from scraper import clock
from scraper.crawling.frontier import JOB_HELD, STORE_FAILED
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.monitoring.alerts import Alerts
from scraper.monitoring.health import ExitStatus, Verdict, judge
from scraper.monitoring.past import IDLE, RUNS, SOURCES, Past, past_of, spans_before
from scraper.monitoring.report import build_report, kept_of
from scraper.storage import Jobs, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from scraper.monitoring.report import RunReport

_logger = logging.getLogger(__name__)
REPEATED = RUNS // 3
"""Runs after which what is known of the sources is written down again, before it is out
of sight of those that look back."""
VERDICT = "health/verdict"
"""The stat that holds the Verdict on the run, once it has ended."""


class RunRecorder:
    """Extension: judges the run at its end, alerts, and ends it in the store.

    Stats: ``health/verdict``. Raises ConfigurationError at the start for alerts that are
    set up by half.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._alerts = Alerts.from_environment()
        crawler.signals.connect(self._end, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def _end(self, spider: Spider, reason: str) -> None:
        stats = self._crawler.stats.get_stats() | {"finish_reason": reason}
        report = build_report(stats, spider=spider.name, reason=reason)
        client = StoreClient.of(self._crawler)
        if client.run and not await self._can_store(client, reason):
            report = replace(report, reason=STORE_FAILED)
        past = await self._past(client)
        verdict = judge(report, past)
        self._crawler.stats.set_value(VERDICT, verdict)
        _log(report, verdict)
        alerted: list[str] = []
        if client.run and not client.knows_nothing and reason != "shutdown":
            alerted = await asyncio.to_thread(self._alerts.send, report, verdict, past)
        if client.run:
            record = record_of(report, verdict, past, alerted)
            await self._keep(client, record, past, verdict)

    async def _can_store(self, client: StoreClient, reason: str) -> bool:
        """Return True if the store is there at the end, or its failure was reported."""
        if reason in {JOB_HELD, STORE_FAILED}:
            return True
        try:
            await client.call(Store.check_writable)
        except StorageError as error:
            _logger.error("What was stored may be lost: %s", error)  # noqa: TRY400
            return False
        return True

    async def _past(self, client: StoreClient) -> Past:
        """Return the past of the job; none of a replay, or where the store fails."""
        if not client.run or client.knows_nothing:
            return Past()
        try:
            runs = await client.call(Jobs.list_runs, client.job, limit=RUNS)
            began = runs[0].started_at
            spans = spans_before(began)
            hours = await client.call(Jobs.list_within, client.job, spans)
        except StorageError as error:
            _logger.warning("the runs before this one are not known: %s", error)
            return Past()
        return past_of(runs, hours, began=began, at=clock.now())

    async def _keep(
        self,
        client: StoreClient,
        record: Mapping[str, Any],
        past: Past,
        verdict: Verdict,
    ) -> None:
        """End the run with *record*; what it says of the sources is kept once."""
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        outdated = past.outdated if SOURCES in record else None
        try:
            await client.end(text, outdated)
        except StorageError as error:
            said = f"the report of the run is not kept: {error}"
            _logger.warning("%s", said)
            if verdict.status is not ExitStatus.FAILED:
                failed = Verdict(ExitStatus.FAILED, said, verdict.findings)
                self._crawler.stats.set_value(VERDICT, failed)


def _log(report: RunReport, verdict: Verdict) -> None:
    _logger.info(
        "%s: %s; %d new, %d revised, %d changed, %d unchanged articles; "
        "%d blocks kept, %d dropped",
        *(report.spider, verdict.said),
        *(report.new, report.revised, report.changed, report.unchanged),
        *(report.blocks_kept, report.blocks_dropped),
    )
    for each in verdict.warnings:
        _logger.warning("%s: %s", report.spider, each.said)


def record_of(
    report: RunReport,
    verdict: Verdict | None = None,
    past: Past | None = None,
    alerted: Iterable[str] = (),
) -> dict[str, Any]:
    """Return *report* as it is kept: with the verdict, and what the next run must know.

    Of the report only what is not a default, see :func:`report_of`.
    ``findings`` are rule and words, ``alerted`` the rules that were sent out,
    ``idle_since`` since when nothing was due, ``source_states`` what became of each source up to now, where that is other than what
    the runs before wrote down, or none of the REPEATED latest did.
    """
    past = past or Past()
    verdict = verdict or judge(report, past)
    idle = past.idle_after(report)
    sources = past.sources_after(report)
    is_news = sources != past.sources or past.sources_age >= REPEATED
    return {
        **kept_of(report),
        "status": int(verdict.status),
        "verdict": verdict.said,
        "findings": [asdict(each) for each in verdict.findings],
        "alerted": sorted(alerted),
        **({IDLE: idle.isoformat()} if idle else {}),
        **({SOURCES: sources} if is_news else {}),
    }


def verdict_of(stats: Mapping[str, Any], report: RunReport) -> Verdict:
    """Return the verdict that a crawl left in *stats*; on *report* alone where none is."""
    found = stats.get(VERDICT)
    return found if isinstance(found, Verdict) else judge(report)
