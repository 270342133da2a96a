"""Counts of a run that belong to no request: blocks, fields, latency, what was lost."""

from __future__ import annotations

from collections import Counter, deque
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from scraper import clock
from scraper.crawling.leases import ARTICLE_STORED
from scraper.items import EXPECTED, Article
from scraper.storage import Outcome

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


FIELDS = (*EXPECTED, "images", "sure_text")
"""What a run counts of articles: fields where they are filled, and texts that are sure."""
_SURE = 0.5
"""Confidence from which on a text is rather right than wrong."""
_NEWS = 2 * 24 * 60
"""Minutes up to which an article is news: what is older was not published for this run."""


class ArticleCounts:
    """Extension: stats of articles that were stored.

    ``blocks/kept``, ``blocks/dropped/<rule>``; ``fields/<name>``; ``latency/minutes``, the
    median from publication to store of what is new and two days old at most, and
    ``latency/articles`` of how many.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._latencies: list[float] = []
        crawler.signals.connect(self._count, ARTICLE_STORED)
        crawler.signals.connect(self._count_latency, ARTICLE_STORED)
        crawler.signals.connect(self._sum_up, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

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
