"""An article goes on once a run, also where two addresses carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.exceptions import DropItem

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from scraper.items import Article

REMEMBERED = 200_000
"""Keys held, two an article: some 20 MB; the oldest are forgotten first."""


class DeduplicatePipeline:
    """Drops what has the canonical_url, or the words and title, of an earlier article.

    Titles are compared without case: where the words of the text are the same, marks
    and points of a title are too.

    Stats: ``deduplicate/dropped/duplicate``.
    """

    def __init__(self, stats: StatsCollector, *, remembered: int = REMEMBERED) -> None:
        self.stats = stats
        self.remembered = remembered
        self.seen: dict[int, None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Article) -> Article:
        keys = _keys(item)
        if any(key in self.seen for key in keys):
            self.stats.inc_value("deduplicate/dropped/duplicate")
            raise DropItem("duplicate")
        self.seen.update(dict.fromkeys(keys))
        while len(self.seen) > self.remembered:
            del self.seen[next(iter(self.seen))]
        return item


def _keys(article: Article) -> list[int]:
    """Return 64-bit hashes: a quarter of the memory of what they stand for.

    Any two of REMEMBERED are equal by chance in one run of a billion.
    """
    keys = [hash(article.canonical_url)]
    if article.content_fingerprint:
        words = article.title.casefold().split()
        keys.append(hash((article.content_fingerprint, *words)))
    return keys
