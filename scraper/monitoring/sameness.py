"""What the pages of a run have in common: a login form in place of each has the same words."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from scraper.crawling.settling import ARTICLE_STORED
from scraper.items import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

COMPARED = 1000
"""Pages of a run that are compared, the latest: some 300 kB."""
_KEPT = 3
"""Texts of a run that are kept, for the runs that bring one or two pages each."""


class Sameness:
    """Extension: compares the words of all articles that a run read, also of duplicates.

    Stats: ``texts/read``, ``texts/commonest``: the fingerprints that most pages share, with
    the number of pages. Several addresses of one article count as half of them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._read: deque[tuple[str, str]] = deque(maxlen=COMPARED)
        crawler.signals.connect(self._stored, ARTICLE_STORED)
        crawler.signals.connect(self._dropped, signals.item_dropped)
        crawler.signals.connect(self._sum_up, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _stored(self, article: Article) -> None:
        if article.content_fingerprint:
            self._read.append((article.content_fingerprint, article.canonical_url))

    def _dropped(self, item: Any) -> None:  # noqa: ANN401  whatever pipelines made of it
        if isinstance(item, Article) and not item.fault:
            self._stored(item)

    def _sum_up(self) -> None:
        if not self._read:
            return
        told: Counter[str] = Counter()
        for (words, _), addresses in Counter(self._read).items():
            told[words] += (addresses + 1) // 2
        stats = self._crawler.stats
        stats.set_value("texts/read", told.total())
        few = told.total() <= _KEPT
        common = {w: n for w, n in told.most_common(_KEPT) if n > 1 or few}
        stats.set_value("texts/commonest", common)
