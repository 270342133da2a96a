"""Only whole articles go on; what is dropped is counted by reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from scraper.crawling.settling import Rejected
from scraper.pipelines.given import article_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_Item = TypeVar("_Item")


class ValidatePipeline:
    """Drops pages that are no article, and articles without title or text.

    Stats: ``validate/dropped/<reason>``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: _Item) -> _Item:
        reason = article_of(item, self, self.crawler).fault
        if reason:
            self.crawler.stats.inc_value(f"validate/dropped/{reason}")
            raise Rejected(reason)
        return item
