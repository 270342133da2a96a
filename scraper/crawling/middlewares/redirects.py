"""A redirect is followed within the web and the domains of the spider."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware

from scraper.crawling.failures import Refused
from scraper.crawling.visits import CONDITIONS, encoding_of
from scraper.discovery.refresh import find_refresh
from scraper.urls import has_user, is_http, without_user

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class UserInfoMiddleware:
    """Downloader middleware: asks for an address without the user that it names.

    Links, redirects and robots.txt may name one (RFC 3986, section 3.2.1); what a person
    gives is refused where it is read.
    """

    def process_request(self, request: Request) -> Request | None:
        if not has_user(request.url):
            return None
        return request.replace(url=without_user(request.url), dont_filter=True)


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_COOKIES = "chain_cookies"
"""Of a request's meta: what keeps the cookies of the redirects that led to it."""
SOON = 10
"""Seconds after which a page that sends on is one to read: portals reload themselves."""


class RedirectGuard:
    """Downloader middleware: refuses a redirect before Scrapy follows it.

    Refused are targets that are not http(s) or lie off the spider's domains, unless the
    request may go there (``allow_offsite``), as one of robots.txt may. Whether one lies
    in this network is asked for every request (:mod:`scraper.crawling.middlewares.private`).

    Cookies that are set on the way are sent on the way, by Scrapy's rules, and forgotten
    where it ends: some sites redirect until they get the one that they set.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if _COOKIES in request.meta:
            request.meta[_COOKIES].process_request(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for a redirect that is not taken."""
        if response.status in _REDIRECTS and b"Location" in response.headers:
            location = (response.headers.get("Location") or b"").decode("latin-1")
            self.prepare(request, response, urljoin(request.url, location.strip()))
        return response

    def prepare(self, request: Request, response: Response, target: str) -> None:
        """Ready *request*, which *response* redirects, for being sent on to *target*.

        Raises Refused where it is not taken.
        """
        self._check_target(request, target)
        for name in CONDITIONS:  # they speak of the old address
            request.headers.pop(name, None)
        if b"Set-Cookie" in response.headers:
            from scrapy.downloadermiddlewares.cookies import CookiesMiddleware

            cookies = request.meta.setdefault(_COOKIES, CookiesMiddleware())
            cookies.process_response(request, response)

    def _check_target(self, request: Request, target: str) -> None:
        if not is_http(target):
            raise Refused("redirect", f"redirects to {target[:200]}: not http or https")
        offsite = self._crawler.get_downloader_middleware(OffsiteMiddleware)
        spider = self._crawler.spider
        if request.meta.get("allow_offsite") or not (offsite and spider):
            return
        if not offsite.should_follow(request.replace(url=target), spider):
            raise Refused("redirect", f"redirects to another site: {target[:200]}")


class RefreshMiddleware(BaseRedirectMiddleware):
    """Downloader middleware: follows a page that sends browsers on within SOON seconds.

    By ``meta`` or the header Refresh, within REDIRECT_MAX_TIMES and by the rules of
    :class:`RedirectGuard`. In place of Scrapy's own, which reads 4 KiB of a page and
    follows one that reloads itself.
    """

    def process_response(
        self, request: Request, response: Response
    ) -> Request | Response:
        if request.meta.get("dont_redirect") or response.status != HTTPStatus.OK:
            return response
        header = (response.headers.get("Refresh") or b"").decode("latin-1")
        found = find_refresh(
            response.body,
            url=response.url,
            encoding=encoding_of(response),
            header=header,
        )
        if found is None or found.seconds > SOON:
            return response
        guard = self.crawler.get_downloader_middleware(RedirectGuard)
        if guard:
            guard.prepare(request, response, found.url)
        redirected = self._build_redirect_request(request, response, url=found.url)
        return self._redirect(redirected, request, "refresh")
