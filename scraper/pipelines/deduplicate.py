"""An article goes on once a run, also where two addresses carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from scraper.crawling.settling import DUPLICATE, Rejected
from scraper.pipelines.given import article_of
from scraper.seen import Seen

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from scraper.items import Article

_Item = TypeVar("_Item")
REMEMBERED = 200_000
"""Keys held at most, three an article: some 4 MB; the oldest half is forgotten at once."""


class DeduplicatePipeline:
    """Drops what has two of canonical_url, words and title in common with an earlier one.

    One of them may be the same on every page, where a template is broken.

    Titles are compared without case: where the words of the text are the same, marks
    and points of a title are too.

    Stats: ``deduplicate/dropped/duplicate``.
    """

    def __init__(self, crawler: Crawler, *, remembered: int = REMEMBERED) -> None:
        self.crawler = crawler
        self.remembered = remembered
        self.seen, self.before = Seen(), Seen()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: _Item) -> _Item:
        keys = _keys(article_of(item, self, self.crawler))
        if any(key in self.seen or key in self.before for key in keys):
            self.crawler.stats.inc_value("deduplicate/dropped/duplicate")
            raise Rejected(DUPLICATE)
        for key in keys:
            self.seen.add(key)
        if len(self.seen) >= self.remembered // 2:
            self.seen, self.before = Seen(), self.seen
        return item


def _keys(article: Article) -> list[tuple[str, ...]]:
    address, words = article.canonical_url, article.content_fingerprint
    title = article.title.casefold().split()
    of_words = [(address, words, ""), (words, *title)] if words else []
    return [(address, *title), *of_words]
