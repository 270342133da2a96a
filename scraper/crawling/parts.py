"""The further pages of an article, fetched by the crawl as its first one was."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request

from scraper.crawling.pages import encoding_of, page_of
from scraper.crawling.reader import Reader
from scraper.discovery.parts import may_have_parts, parse_parts
from scraper.errors import ScraperError
from scraper.joining import MOST_PARTS, join

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.items import Article

_logger = logging.getLogger(__name__)
_FAILED = 300
"""Status from which on an answer is no page."""


class Parts:
    """Stats: ``articles/parts`` counts the pages that were fetched beside the first."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    async def whole(self, response: Response, article: Article) -> Article:
        """Return *article* with what the pages after *response* say, if there are any.

        A page that cannot be had or read ends it; what is there is kept.
        """
        found, seen = [article], {response.url}
        while len(found) < MOST_PARTS:
            url = await self._next(response)
            if not url or url in seen:
                break
            seen.add(url)
            try:
                response = await self._fetch(url, response.url)
                part = await Reader.of(self._crawler).read(page_of(response))
            except ScraperError as error:
                _logger.warning("%s: the article is cut here: %s", url, error)
                break
            if not part.text:
                break
            self._crawler.stats.inc_value("articles/parts")
            found.append(part)
        return join(found)

    async def _next(self, response: Response) -> str:
        if not may_have_parts(response.body, response.url):
            return ""
        reader, encoding = Reader.of(self._crawler), encoding_of(response)
        links = await reader.find_links(
            page_of(response), parse_parts, encoding=encoding
        )
        return links[0].url if links else ""

    async def _fetch(self, url: str, referer: str) -> Response:
        request = Request(url, headers={"Referer": referer}, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            raise ScraperError(str(error) or type(error).__name__) from error
        if response.status >= _FAILED:
            raise ScraperError(f"status {response.status}")
        return response
