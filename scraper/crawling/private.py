"""No request into this network: what a host's name says, and what it resolves to."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import CannotResolveHostError, NotConfigured
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError

from scraper.crawling import ALLOW_PRIVATE
from scraper.crawling.failures import Refused
from scraper.options import read_switch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

_logger = logging.getLogger(__name__)
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Of Azure: a public address that only a machine in its network reaches."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV4_BITS = 0xFFFFFFFF
LEAVE = "--allow-private or TINSACH_ALLOW_PRIVATE=1 lets it be asked"
_IS_PRIVATE = "is a private address"

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class PrivateAddressError(DNSLookupError):
    """A name that stands for an address of this network."""


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver, which keeps no address of this network.

    A connection is made to the very address that is judged here, so a name that
    resolves differently a moment later gains nothing. The proxies of the environment
    are reached wherever they are.
    """

    def __init__(
        self, reactor: ReactorBase, cache_size: int, timeout: float, *, guards: bool
    ) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._guards = guards
        self._proxies = proxy_hosts()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        cached = settings.getbool("DNSCACHE_ENABLED")
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE") if cached else 0,
            settings.getfloat("DNS_TIMEOUT"),
            guards=not is_private_allowed(settings),
        )

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        found = super().getHostByName(name, timeout)
        if self._guards and name not in self._proxies:
            found.addCallback(_public_only, name)
        return found


class PrivateAddressGuard:
    """Downloader middleware: refuses what leads into this network, before it is sent.

    The resolver above refuses names; here are the addresses that stand in the url, the
    names that say so themselves, and what a proxy is to be asked for. A name that only
    the proxy can resolve is the proxy's to judge.
    """

    def __init__(self, crawler: Crawler) -> None:
        if is_private_allowed(crawler.settings):
            raise NotConfigured
        self._proxies = proxy_hosts()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if is_private(request.url):
            raise _refusal(request, "")
        host = urlsplit(request.url).hostname or ""
        if request.meta.get("proxy") or host in self._proxies:
            await _refuse_private(request, host)

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Say what kept a name from resolving: Twisted does not."""
        if isinstance(exception, CannotResolveHostError):
            host = urlsplit(request.url).hostname or ""
            await _refuse_private(request, host)


def is_private_allowed(settings: BaseSettings) -> bool:
    """Return what the setting says; raises ConfigurationError if it is no switch."""
    return read_switch(ALLOW_PRIVATE, settings.get(ALLOW_PRIVATE))


def is_private(url: str) -> bool:
    """Tell whether the host of *url* is an address or a name of this network."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if _address(host) is not None:
        return is_private_address(host)
    return "." not in host or host.endswith(_PRIVATE_NAMES)


def is_private_address(text: str) -> bool:
    """Tell whether *text*, an address however spelled, is none of the public internet.

    Private, loopback, link-local, shared, multicast and reserved ones are not, nor what
    clouds keep their metadata at; an IPv4 address inside an IPv6 one counts.
    """
    address = _address(text)
    return address is not None and not all(map(_is_public, _faces(address)))


def proxy_hosts() -> frozenset[str]:
    """Return the host names of the environment's proxies."""
    hosts = (urlsplit(proxy).hostname for proxy in getproxies().values())
    return frozenset(host for host in hosts if host)


def _is_public(address: _IPAddress) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and address not in _METADATA
    )


def _faces(address: _IPAddress) -> list[_IPAddress]:
    """Return *address* and the IPv4 addresses that it carries, alone if it carries one."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & _IPV4_BITS)]
    carried = [address.sixtofour, *(address.teredo or ())]
    return [address, *(each for each in carried if each)]


def _address(host: str) -> _IPAddress | None:
    """Return the address that *host* spells, also as 0x7f.1, None for a name."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    with contextlib.suppress(OSError, UnicodeError):
        return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _public_only(address: str, name: str) -> str:
    if is_private_address(address):
        raise PrivateAddressError(f"{name} resolves to {address}")
    return address


async def _refuse_private(request: Request, host: str) -> None:
    """Raise Refused if *host* has an address of this network: a proxy may take any."""
    from twisted.internet.threads import deferToThread

    addresses = await maybe_deferred_to_future(deferToThread(_addresses_of, host))
    for address in filter(is_private_address, addresses):
        raise _refusal(request, address)


def _addresses_of(name: str) -> list[str]:
    """Return the addresses of *name*, IPv4 and IPv6, as the system has them."""
    with contextlib.suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        return [str(place[0]) for *_, place in found]
    return []


def _refusal(request: Request, address: str) -> Refused:
    host = (urlsplit(request.url).hostname or "")[:80]
    found = f"resolves to the private address {address}" if address else _IS_PRIVATE
    refused = Refused("private", f"{host} {found}; {LEAVE}")
    if "lease" not in request.cb_kwargs and not request.meta.get("dont_obey_robotstxt"):
        # No errback of ours reports it, and `scrapy shell` and `parse` pass it over.
        _logger.warning("%s: %s", request.url, refused)
    return refused
