"""A redirect is followed within the web, and never from outside into this network."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware

from scraper.crawling.failures import Refused
from scraper.crawling.visits import CONDITIONS
from scraper.urls import is_http

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


class RedirectGuard:
    """Downloader middleware: refuses a redirect before Scrapy follows it.

    Refused are targets that are not http(s), that lie off the spider's domains, and
    private addresses reached from a public one, whether the address says so itself or
    the name resolves to it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for a redirect, or a redirected answer, that is not taken."""
        if response.status in _REDIRECTS and b"Location" in response.headers:
            location = (response.headers.get("Location") or b"").decode("latin-1")
            self._check_target(request, urljoin(request.url, location.strip()))
            for name in CONDITIONS:  # they speak of the old address
                request.headers.pop(name, None)
        if came_from := request.meta.get("redirect_urls"):
            _check_peer(came_from[0], request, response)
        return response

    def _check_target(self, request: Request, target: str) -> None:
        if not is_http(target):
            raise Refused("redirect", f"redirects to {target[:200]}: not http or https")
        if is_private(target) and not is_private(request.url):
            raise Refused(
                "redirect", f"redirects to the private address {target[:200]}"
            )
        offsite = self._crawler.get_downloader_middleware(OffsiteMiddleware)
        spider = self._crawler.spider
        if (
            offsite
            and spider
            and not offsite.should_follow(_at(request, target), spider)
        ):
            raise Refused("redirect", f"redirects to another site: {target[:200]}")


def is_private(url: str) -> bool:
    """Tell whether the host of *url* is an address or a name of this network."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    address = _address(host)
    if address is not None:
        return not address.is_global
    return "." not in host or host.endswith(_PRIVATE_NAMES)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that *host* spells, also as 0x7f.1, None for a name."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    with contextlib.suppress(OSError, UnicodeError):
        return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _check_peer(origin: str, request: Request, response: Response) -> None:
    peer = response.ip_address
    if peer is None or request.meta.get("proxy") or is_private(origin):
        return
    if not peer.is_global:
        raise Refused("redirect", f"{request.url} resolves to the private {peer}")


def _at(request: Request, url: str) -> Request:
    return request.replace(url=url)
