"""Counts of a run that belong to no request: blocks, articles not stored."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from scrapy import signals

from scraper.items import Article
from scraper.monitoring.health import judge
from scraper.monitoring.report import build_report

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

_logger = logging.getLogger(__name__)


class ArticleCounts:
    """Extension: stats ``blocks/kept``, ``blocks/dropped/<rule>``, one line at the end.

    An article counts once it has passed the pipelines.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._count_blocks, signals.item_scraped)
        crawler.signals.connect(self._count_error, signals.item_error)
        crawler.signals.connect(self._sum_up, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _count_blocks(self, item: object) -> None:
        if not isinstance(item, Article):
            return
        stats = self._crawler.stats
        stats.inc_value("blocks/kept", item.extraction.kept)
        for rule, count in item.extraction.dropped.items():
            stats.inc_value(f"blocks/dropped/{rule}", count)

    def _count_error(self) -> None:
        self._crawler.stats.inc_value("articles/not_stored")

    def _sum_up(self, spider: Spider, reason: str) -> None:
        stats = self._crawler.stats.get_stats()
        report = build_report(stats, spider=spider.name, reason=reason)
        _, verdict = judge(report)
        _logger.info(
            "%s: %s; %d new, %d changed, %d unchanged articles; %d blocks kept, "
            "%d dropped",
            *(spider.name, verdict, report.new, report.changed, report.unchanged),
            *(report.blocks_kept, report.blocks_dropped),
        )
