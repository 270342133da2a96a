"""Guards: what is never requested, and which redirects are followed.

No request goes into this network, by the host's name or its addresses. Redirects are
followed over http(s) and within the domains of the spider.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.exceptions import CannotResolveHostError, NotConfigured
from scrapy.utils.defer import maybe_deferred_to_future

from scraper.crawling import Component, header_of
from scraper.crawling.addresses import is_private, proxy_hosts
from scraper.crawling.connections import (
    IS_PRIVATE,
    addresses_of,
    is_private_allowed,
    why_any_private,
)
from scraper.crawling.failures import Refused
from scraper.crawling.leases import CONDITIONS, encoding_of
from scraper.discovery.links import find_refresh
from scraper.urls import has_user, is_http, masked, without_user

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class UserInfoMiddleware:
    """Downloader middleware: requests a URL without the user that it names.

    Links, redirects and robots.txt may name one (RFC 3986, section 3.2.1); in arguments
    such URLs are refused.
    """

    def process_request(self, request: Request) -> Request | None:
        if not has_user(request.url):
            return None
        return request.replace(url=without_user(request.url), dont_filter=True)


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_COOKIES = "chain_cookies"
"""Key of a request's meta: holds the cookies of the redirects that led to it."""
MAX_REFRESH_SECONDS = 10
"""Longest delay of a refresh that is followed: portals reload themselves later."""


class RedirectGuard(Component):
    """Downloader middleware: refuses a redirect before Scrapy follows it.

    It refuses targets that are not http(s) or are outside the spider's domains, unless
    ``allow_offsite`` permits them, as for robots.txt. Targets in this network are refused
    like every request (:class:`PrivateAddressGuard`).

    Cookies that a redirect sets are sent with the next redirects, by Scrapy's rules, and
    then discarded: some sites redirect until they get the cookie that they set.
    """

    def process_request(self, request: Request) -> None:
        if _COOKIES in request.meta:
            request.meta[_COOKIES].process_request(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for a redirect that is not followed."""
        if response.status in _REDIRECTS and b"Location" in response.headers:
            location = header_of(response, "Location")
            self.prepare(request, response, urljoin(request.url, location.strip()))
        return response

    def prepare(self, request: Request, response: Response, target: str) -> None:
        """Prepare *request*, which *response* redirects, for *target*.

        Raises Refused if the redirect is not followed.
        """
        self._check_target(request, target)
        for name in CONDITIONS:  # they are for the old URL
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
    """Downloader middleware: follows a refresh of at most MAX_REFRESH_SECONDS.

    It stands in a ``meta`` or in a header. REDIRECT_MAX_TIMES and the rules of
    :class:`RedirectGuard` apply. Scrapy's own middleware, which this one replaces, reads
    only 4 KiB of a page and follows pages that reload themselves.
    """

    def process_response(
        self, request: Request, response: Response
    ) -> Request | Response:
        if request.meta.get("dont_redirect") or response.status != HTTPStatus.OK:
            return response
        found = find_refresh(
            response.body,
            url=response.url,
            encoding=encoding_of(response),
            header=header_of(response, "Refresh"),
        )
        if found is None or found.seconds > MAX_REFRESH_SECONDS:
            return response
        guard = self.crawler.get_downloader_middleware(RedirectGuard)
        if guard:
            guard.prepare(request, response, found.url)
        redirected = self._build_redirect_request(request, response, url=found.url)
        return self._redirect(redirected, request, "refresh")


_logger = logging.getLogger(__name__)


class PrivateAddressGuard(Component):
    """Downloader middleware: refuses requests into this network before they are sent.

    PublicResolver refuses names; this middleware refuses addresses in URLs, names that are
    private by their form, and requests through a proxy. A name that only the proxy can
    resolve is for the proxy to judge.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if is_private_allowed(crawler.settings):
            raise NotConfigured
        self._proxies = proxy_hosts()

    async def process_request(self, request: Request) -> None:
        if is_private(request.url):
            raise _refusal(request, IS_PRIVATE)
        host = urlsplit(request.url).hostname or ""
        if request.meta.get("proxy") or host in self._proxies:
            await _refuse_private(request, host)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Report why PublicResolver refused a name: Twisted does not."""
        if isinstance(exception, CannotResolveHostError):
            host = urlsplit(request.url).hostname or ""
            await _refuse_private(request, host)


class ProxyNotes:
    """Downloader middleware: adds to a failure which proxy was used."""

    def process_exception(self, request: Request, exception: Exception) -> None:
        if proxy := request.meta.get("proxy"):
            exception.add_note(f"requested through the proxy {masked(proxy)}")


async def _refuse_private(request: Request, host: str) -> None:
    """Raise Refused if *host* has a private address, which a proxy might connect to."""
    from twisted.internet.threads import deferToThread

    addresses = await maybe_deferred_to_future(deferToThread(addresses_of, host))
    if why := why_any_private(addresses):
        raise _refusal(request, why)


def _refusal(request: Request, why: str) -> Refused:
    host = (urlsplit(request.url).hostname or "")[:80]
    refused = Refused("private", f"{host} {why}")
    if "lease" not in request.cb_kwargs and not request.meta.get("dont_obey_robotstxt"):
        # No errback reports it, and `scrapy shell` and `parse` ignore it.
        _logger.warning("%s: %s", request.url, refused)
    return refused
