"""Extensions that count what a run does, judge it at its end, and keep the report."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter, deque
from dataclasses import asdict, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from scrapy import signals

from scraper import clock
from scraper.crawling import Component
from scraper.crawling.frontier import JOB_HELD, STORE_FAILED
from scraper.crawling.leases import ARTICLE_STORED
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.items import Article
from scraper.monitoring.alerts import Alerts
from scraper.monitoring.health import ExitStatus, Verdict, judge
from scraper.monitoring.run_report import (
    FIELDS,
    IDLE,
    RUNS,
    SOURCES,
    Past,
    build_report,
    kept_of,
    past_of,
    spans_before,
)
from scraper.storage import Jobs, Outcome, Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scrapy import Spider
    from scrapy.crawler import Crawler

    from scraper.monitoring.run_report import RunReport


COMPARED = 1000
"""Pages of a run that are compared, the latest ones: some 300 kB."""
_KEPT = 3
"""Texts of a run that are kept, for jobs whose runs bring one or two pages each."""


class Sameness(Component):
    """Extension: compares the words of all articles that a run read, duplicates included.

    Stats: ``texts/read``; ``texts/commonest``, the fingerprints that most pages share, with
    the number of pages. Several URLs of one article count half.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._read: deque[tuple[str, str]] = deque(maxlen=COMPARED)
        crawler.signals.connect(self._stored, ARTICLE_STORED)
        crawler.signals.connect(self._dropped, signals.item_dropped)
        crawler.signals.connect(self._sum_up, signals.spider_closed)

    def _stored(self, article: Article) -> None:
        if article.content_fingerprint:
            self._read.append((article.content_fingerprint, article.canonical_url))

    def _dropped(self, item: Any) -> None:  # noqa: ANN401  whatever pipelines made of it
        if isinstance(item, Article) and not item.fault:
            self._stored(item)

    def _sum_up(self) -> None:
        if not self._read:
            return
        pages: Counter[str] = Counter()
        for (words, _), addresses in Counter(self._read).items():
            pages[words] += (addresses + 1) // 2
        stats = self._crawler.stats
        stats.set_value("texts/read", pages.total())
        few = pages.total() <= _KEPT
        common = {w: n for w, n in pages.most_common(_KEPT) if n > 1 or few}
        stats.set_value("texts/commonest", common)


_SURE = 0.5
"""Confidence from which on a text is more likely right than wrong."""
_NEWS = 2 * 24 * 60
"""Minutes up to which an article is news: older ones were not published for this run."""


class ArticleCounts(Component):
    """Extension: counts of stored articles.

    ``blocks/kept``, ``blocks/dropped/<rule>``; ``fields/<name>``; ``latency/minutes``, the
    median from publication to store of new articles that are at most two days old, and
    ``latency/articles``, their number.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._latencies: list[float] = []
        crawler.signals.connect(self._count, ARTICLE_STORED)
        crawler.signals.connect(self._count_latency, ARTICLE_STORED)
        crawler.signals.connect(self._sum_up, signals.spider_closed)

    def _count(self, article: Article, outcome: Outcome) -> None:
        if outcome is Outcome.FORGOTTEN:
            return
        stats = self._crawler.stats
        stats.inc_value("blocks/kept", article.extraction.kept)
        for rule, count in article.extraction.dropped.items():
            stats.inc_value(f"blocks/dropped/{rule}", count)
        for name in FIELDS:
            stats.inc_value(f"fields/{name}", int(_has(article, name)))

    def _count_latency(self, article: Article, outcome: Outcome) -> None:
        if outcome is Outcome.NEW and article.published_at:
            age = (clock.now() - article.published_at).total_seconds() / 60
            if 0 <= age <= _NEWS:
                self._latencies.append(age)

    def _sum_up(self) -> None:
        if self._latencies:
            stats = self._crawler.stats
            stats.set_value("latency/minutes", round(median(self._latencies), 1))
            stats.set_value("latency/articles", len(self._latencies))


def _has(article: Article, name: str) -> bool:
    if name == "sure_text":
        return article.extraction.confidence >= _SURE
    return bool(getattr(article, name))


_logger = logging.getLogger(__name__)
REPEATED = RUNS // 3
"""Runs after which the states of the sources are written again, before their record is no
longer loaded."""
VERDICT = "health/verdict"
"""The stat that holds the verdict on the run, once it has ended."""


class RunRecorder(Component):
    """Extension: judges the run at its end, sends alerts, and ends the run in the store.

    Stats: ``health/verdict``. Raises ConfigurationError at the start for invalid alerts.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._alerts = Alerts.from_environment()
        crawler.signals.connect(self._end, signals.spider_closed)

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
        """Return True if the store is writable, or its failure was reported."""
        if reason in {JOB_HELD, STORE_FAILED}:
            return True
        try:
            await client.call(Store.check_writable)
        except StorageError as error:
            _logger.error("What was stored may be lost: %s", error)  # noqa: TRY400
            return False
        return True

    async def _past(self, client: StoreClient) -> Past:
        """Return the past of the job; an empty one for a replay, or if the store fails."""
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
        """End the run with *record*; only the newest record keeps the states of sources."""
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
    """Return the record of *report*: with the verdict, and what the next run must know.

    Of the report only values other than the defaults are kept, see :func:`report_of`.
    ``findings`` are pairs of rule and words, ``alerted`` the rules that were sent out,
    ``idle_since`` is the moment since which nothing was due. ``source_states`` has the
    state of each source, if earlier runs wrote another, or none of the REPEATED latest did.
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
    """Return the verdict in *stats*, else that on *report* alone."""
    found = stats.get(VERDICT)
    return found if isinstance(found, Verdict) else judge(report)
