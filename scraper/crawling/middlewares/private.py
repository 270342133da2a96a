"""Requests into this network are refused, by the host's name and its addresses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError, NotConfigured
from scrapy.utils.defer import maybe_deferred_to_future

from scraper.crawling import Component
from scraper.crawling.addresses import is_private, is_private_address, proxy_hosts
from scraper.crawling.connections import addresses_of, is_private_allowed
from scraper.crawling.failures import Refused
from scraper.urls import masked

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_logger = logging.getLogger(__name__)
LEAVE = "--allow-private or TINSACH_ALLOW_PRIVATE=1 lets it be asked"
_IS_PRIVATE = f"is a private address; {LEAVE}"


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
            raise _refusal(request, _IS_PRIVATE)
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
            exception.add_note(f"asked through the proxy {masked(proxy)}")


def why_private(url: str) -> str:
    """Return why the host of *url* is in this network, "" if it is not.

    Its spelling decides, or an address that it resolves to.
    """
    host = urlsplit(url).hostname or ""
    if is_private(url):
        return _IS_PRIVATE
    if host in proxy_hosts():
        return ""
    return _why_private(addresses_of(host))


def _why_private(addresses: list[str]) -> str:
    found = next(filter(is_private_address, addresses), "")
    return found and f"resolves to the private address {found}; {LEAVE}"


async def _refuse_private(request: Request, host: str) -> None:
    """Raise Refused if *host* has a private address, which a proxy might connect to."""
    from twisted.internet.threads import deferToThread

    addresses = await maybe_deferred_to_future(deferToThread(addresses_of, host))
    if why := _why_private(addresses):
        raise _refusal(request, why)


def _refusal(request: Request, why: str) -> Refused:
    host = (urlsplit(request.url).hostname or "")[:80]
    refused = Refused("private", f"{host} {why}")
    if "lease" not in request.cb_kwargs and not request.meta.get("dont_obey_robotstxt"):
        # No errback reports it, and `scrapy shell` and `parse` ignore it.
        _logger.warning("%s: %s", request.url, refused)
    return refused
