"""A redirect is followed within the web and the domains of the spider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware

from scraper.crawling.failures import Refused
from scraper.crawling.visits import CONDITIONS
from scraper.urls import is_http

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class RedirectGuard:
    """Downloader middleware: refuses a redirect before Scrapy follows it.

    Refused are targets that are not http(s) or lie off the spider's domains. Whether
    one lies in this network is asked for every request (:mod:`scraper.crawling.private`).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for a redirect that is not taken."""
        if response.status in _REDIRECTS and b"Location" in response.headers:
            location = (response.headers.get("Location") or b"").decode("latin-1")
            self._check_target(request, urljoin(request.url, location.strip()))
            for name in CONDITIONS:  # they speak of the old address
                request.headers.pop(name, None)
        return response

    def _check_target(self, request: Request, target: str) -> None:
        if not is_http(target):
            raise Refused("redirect", f"redirects to {target[:200]}: not http or https")
        offsite = self._crawler.get_downloader_middleware(OffsiteMiddleware)
        spider = self._crawler.spider
        if (
            offsite
            and spider
            and not offsite.should_follow(_at(request, target), spider)
        ):
            raise Refused("redirect", f"redirects to another site: {target[:200]}")


def _at(request: Request, url: str) -> Request:
    return request.replace(url=url)
