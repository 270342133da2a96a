"""Rendering: a browser runs the scripts of pages of the sites that the user names."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse

from scraper.crawling import Component
from scraper.crawling.failures import Refused
from scraper.errors import ConfigurationError
from scraper.options import RENDER
from scraper.urls import site_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from scraper.crawling.middlewares.browser import Browser

PART = "tinsach_part"
"""Key of a request's meta: it is for a script or what one requests; it is not rendered."""
MAX_CONCURRENT_PAGES = 2
"""Pages rendered side by side: with two, the browser takes 630 MB."""
RENDERED_BY = "X-Tinsach-Rendered"
"""Header of a response whose body a browser rendered; the archive keeps it."""
_OK = 200


class RenderingMiddleware(Component):
    """Downloader middleware: replaces the body of a page by its rendered document.

    That holds for HTML of the hosts and sites in the setting ``TINSACH_RENDER``. A page
    comes here after it has been downloaded, decoded and redirected; the same crawl
    downloads what its scripts request (see :class:`Browser`). The browser starts with the
    first such page. Stats: ``rendered/pages``, ``rendered/parts``,
    ``rendered/refused_parts``.

    Raises ConfigurationError if the extra ``browser`` is not installed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._names = self._setting(RENDER) or frozenset()
        if not self._names or crawler.settings.get("TINSACH_REPLAY"):
            raise NotConfigured
        if find_spec("scrapy_playwright") is None:
            raise ConfigurationError(
                f"{RENDER} needs a browser: pip install 'tinsach[browser]'"
            )
        self._browser: Browser | None = None
        self._turns = asyncio.Semaphore(MAX_CONCURRENT_PAGES)
        crawler.signals.connect(self._close, signals.spider_closed)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for a page that could not be rendered."""
        if PART in request.meta or not self._is_wanted(response):
            return response
        async with self._turns:
            body = await self._open().render(response)
        if len(body) > self._crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise Refused("too_large", "rendered it is larger than the limit")
        self._crawler.stats.inc_value("rendered/pages")
        headers = response.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers[RENDERED_BY] = "chromium"
        return response.replace(body=body, headers=headers, encoding="utf-8")

    def _is_wanted(self, response: Response) -> bool:
        if response.status != _OK or not isinstance(response, HtmlResponse):
            return False
        host = (urlsplit(response.url).hostname or "").lower()
        return host in self._names or site_of(response.url) in self._names

    def _open(self) -> Browser:
        if self._browser is None:
            from scraper.crawling.middlewares.browser import Browser

            meta = {PART: True, "allow_offsite": True, "dont_retry": True}
            self._browser = Browser(self._crawler, meta)
        return self._browser

    async def _close(self) -> None:
        if self._browser is not None:
            await self._browser.close()
