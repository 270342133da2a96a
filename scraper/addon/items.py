"""The article of a page, among what the spider's callback yields for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import NotConfigured

from scraper.addon.reading import ARTICLE, is_at_own_address
from scraper.options import read_switch
from scraper.seen import Seen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.statscollectors import StatsCollector

    from scraper.items import Article


class ArticleItem(dict[str, Any]):
    """The JSON object of an article: for pipelines and feeds to tell it by its class."""


class ArticlesMiddleware:
    """Spider middleware: an :class:`ArticleItem` first, so that no error takes it along.

    An article comes once; where a version of it was met first, to print or for phones,
    the page at its own address comes too. Stat: ``tinsach/duplicates``.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._own, self._versions = Seen(), Seen()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not read_switch(
            "TINSACH_ADDON_ITEMS", crawler.settings.get("TINSACH_ADDON_ITEMS")
        ):
            raise NotConfigured
        return cls(crawler.stats)

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        article: Article | None = response.meta.get(ARTICLE)
        if article is not None and self._is_new(article):
            yield ArticleItem(article.to_dict())
        async for each in result:
            yield each

    def _is_new(self, article: Article) -> bool:
        is_own = is_at_own_address(article)
        if article.id in self._own or (not is_own and article.id in self._versions):
            self._stats.inc_value("tinsach/duplicates")
            return False
        (self._own if is_own else self._versions).add(article.id)
        return True
