"""Pages of any spider, read in the pool of the crawl."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse

from scraper.crawling.pages import page_of
from scraper.crawling.reader import Reader
from scraper.crawling.site_models import SiteModels
from scraper.errors import ExtractionError
from scraper.options import read_switch
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.crawling.site_models import Finish
    from scraper.items import Article, Page
    from scraper.reading import Reading

_logger = logging.getLogger(__name__)

ARTICLE = "tinsach_article"
"""The key of ``response.meta`` under which the article is, None where there is none."""
WANTED = "tinsach"
"""The key of a request's meta that says whether its answer is to be read."""
_OK = 200


def is_at_own_address(article: Article) -> bool:
    """Tell whether *article* was found where it says that it is; hosts do not count."""
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
        """Tell an article at its own address: no list, no version to print.

        A spider comes upon pages of every sort; a model is of one, and of them learned
        all together it lost an article in nine of the replica portal's.
        """
        return reading.digest.has_text and is_at_own_address(reading.article)

    def _open(self) -> None:
        if self._url:
            super()._open()

    def _park(self, page: Page, finish: Finish) -> None:
        """Keep nothing: an item that went its way is not read again."""


class ReadingMiddleware:
    """Downloader middleware: the article of a page is there before its callback is."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._all = read_switch(
            "TINSACH_ADDON_ALL", crawler.settings.get("TINSACH_ADDON_ALL")
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        # A spider may have copied the meta of the page before, with its article.
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
