"""Only whole articles go on; what is dropped is counted by reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import DropItem

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from scraper.items import Article


class ValidatePipeline:
    """Drops pages that are no article, and articles without title or text.

    Stats: ``validate/dropped/<reason>``.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Article) -> Article:
        reason = item.fault
        if reason:
            self.stats.inc_value(f"validate/dropped/{reason}")
            raise DropItem(reason)
        return item
