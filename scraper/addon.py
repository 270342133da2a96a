"""An add-on of Scrapy: clean articles for spiders of other projects.

It needs only ``ADDONS = {"tinsach.TinsachAddon": 500}`` in the settings of a project or a
spider: each page that is an article gives an :class:`ArticleItem` beside what the
spider's callback yields, and the callback finds it as ``response.meta["tinsach_article"]``.
See :class:`TinsachAddon` for what can be set.
"""

from __future__ import annotations

import logging
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse

from scraper.crawling import FEED_EXPORTERS, Component
from scraper.crawling.leases import page_of
from scraper.crawling.reader import Reader, SiteModels
from scraper.errors import ExtractionError
from scraper.feeds import register_adapter
from scraper.import_path import find_namesake
from scraper.options import read_switch
from scraper.seen import Seen
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from scrapy.statscollectors import StatsCollector

    from scraper.crawling.reader import Finish
    from scraper.items import Article, Page
    from scraper.reading import Reading


class ArticleItem(dict[str, Any]):
    """The JSON object of an article; pipelines and feeds recognise it by its class."""


class ArticlesMiddleware:
    """Spider middleware: yields an :class:`ArticleItem` before the callback's results.

    It comes first so that an error of the callback does not lose it. An article is yielded
    once; after a version for print or phones, the page at its own URL is yielded too.
    Stat: ``tinsach/duplicates``.
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


_logger = logging.getLogger(__name__)

ARTICLE = "tinsach_article"
"""Key of ``response.meta``: the article of the page, or None."""
WANTED = "tinsach"
"""Key of a request's meta: whether its response is to be read."""
_OK = 200


def is_at_own_address(article: Article) -> bool:
    """Return True if *article* was found at its canonical URL; hosts do not count."""
    return _path(article.url) == _path(article.canonical_url)


def _path(url: str) -> tuple[str, str]:
    parts = urlsplit(normalise_url(url))
    return parts.path.rstrip("/"), parts.query


class AddonModels(SiteModels):
    """Extension: the site models of a crawl, in memory unless TINSACH_STORE is set."""

    creates_store = True

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not read_switch(
            "TINSACH_ADDON_LEARN", crawler.settings.get("TINSACH_ADDON_LEARN")
        ):
            raise NotConfigured
        return cls(crawler)

    def is_teaching(self, reading: Reading) -> bool:
        """Return True for an article at its own URL, not a listing or a version for print.

        A spider fetches pages of every kind; a model learned from all of them lost one
        article in nine of the replica portal.
        """
        return reading.digest.has_text and is_at_own_address(reading.article)

    def _open(self) -> None:
        if self._url:
            super()._open()

    def _park(self, page: Page, finish: Finish) -> None:
        """Keep nothing: an item that has left the spider is not read again."""


class ReadingMiddleware(Component):
    """Downloader middleware: reads the article of a page before its callback is called."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._all = read_switch(
            "TINSACH_ADDON_ALL", crawler.settings.get("TINSACH_ADDON_ALL")
        )

    async def process_response(self, request: Request, response: Response) -> Response:
        # A spider may have copied the meta of an earlier page, with its article.
        request.meta[ARTICLE] = None
        if self._is_wanted(request, response):
            request.meta[ARTICLE] = await self._article_of(response)
        return response

    def _is_wanted(self, request: Request, response: Response) -> bool:
        return (
            isinstance(response, HtmlResponse)
            and response.status == _OK
            and urlsplit(response.url).path != "/robots.txt"
            and bool(request.meta.get(WANTED, self._all))
        )

    async def _article_of(self, response: Response) -> Article | None:
        try:
            article = await self._read(page_of(response))
        except ExtractionError as error:
            self._count(f"failed/{type(error).__name__}")
            _logger.warning("%s", error)
            return None
        if fault := article.fault:
            self._count(f"passed_over/{fault}")
            return None
        self._count("articles")
        return article

    async def _read(self, page: Page) -> Article:
        models = self._crawler.get_extension(AddonModels)
        if models is None:
            return await Reader.of(self._crawler).read(page)
        return await models.read(page, lambda article: article)

    def _count(self, name: str) -> None:
        self._crawler.stats.inc_value(f"tinsach/{name}")


DEFAULTS = {
    "TINSACH_ADDON_ALL": True,
    "TINSACH_ADDON_ITEMS": True,
    "TINSACH_ADDON_LEARN": True,
}
_COMPONENTS = (
    # The last one to see a response: decoded, not a redirect, not retried.
    ("DOWNLOADER_MIDDLEWARES", ReadingMiddleware, 10),
    # After the middlewares that check what the spider yields.
    ("SPIDER_MIDDLEWARES", ArticlesMiddleware, 20),
    ("EXTENSIONS", Reader, 20),
    ("EXTENSIONS", AddonModels, 25),
)


class TinsachAddon:
    """Reads every HTML page of a crawl, and adds its article if it is one.

    Settings: ``TINSACH_ADDON_ALL`` False: only requests with ``meta["tinsach"]`` True are
    read; else all but those with False. ``TINSACH_ADDON_ITEMS`` False: articles are in
    ``response.meta`` alone. ``TINSACH_ADDON_LEARN`` False: each page is read by itself;
    else a model of its site is learned as the crawl goes, in memory, or kept for the next
    one in the store that ``TINSACH_STORE`` names. Those of
    :class:`~scraper.crawling.reader.Reader` hold too: workers, time-out, quarantine.

    Stats: ``tinsach/articles``, ``tinsach/passed_over/<fault>`` and
    ``tinsach/failed/<error class>``, and those of the model.
    """

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Warn of another package ``scraper`` before a spider imports it."""
        _warn_of_namesake()

    def update_settings(self, settings: BaseSettings) -> None:
        _warn_of_namesake()
        reactor = str(settings["TWISTED_REACTOR"])
        if "asyncio" not in reactor:
            raise NotConfigured(
                f"pages are read on asyncio, and TWISTED_REACTOR is {reactor}:"
                " keep Scrapy's default"
            )
        for name, value in DEFAULTS.items():
            settings.set(name, value, "addon")
        for name, component, order in _COMPONENTS:
            settings.setdefault_in_component_priority_dict(name, component, order)
        for name, exporter in FEED_EXPORTERS.items():
            settings["FEED_EXPORTERS"].setdefault(name, exporter, "addon")
        register_adapter()


@cache
def _warn_of_namesake() -> None:
    if other := find_namesake(sys.path):
        _logger.warning(
            "in this process `import scraper` is tinsach, not %s: rename that one if the"
            " project needs it",
            other,
        )


__all__ = ["ArticleItem", "TinsachAddon"]
