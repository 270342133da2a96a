"""The one resolver: what it finds is what is judged, and what is connected to."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any, Self

from scrapy.resolver import HostResolution
from scrapy.utils.datatypes import LocalCache
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer  # type: ignore[import-untyped]

from scraper.crawling import ALLOW_PRIVATE
from scraper.crawling.addresses import is_private_address, proxy_hosts
from scraper.options import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

Twisteds = Any
"""What Twisted hands over by its interfaces, which mypy does not understand."""


def is_private_allowed(settings: BaseSettings) -> bool:
    """Return what the setting says; raises ConfigurationError if it is no switch."""
    return bool(read(ALLOW_PRIVATE, settings.get(ALLOW_PRIVATE)))


def addresses_of(name: str) -> list[str]:
    """Return the addresses of *name* as the system has them, IPv4 first; [] for none."""
    with contextlib.suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys(str(place[0]) for *_, place in found)
        return sorted(addresses, key=lambda address: ":" in address)
    return []


@implementer(IHostnameResolver)
class PublicResolver:
    """Scrapy's resolver: IPv4 and IPv6, but no name that leads into this network.

    A name of which any address is private does not resolve. A connection is made to the
    very addresses that are judged here, so a name that resolves differently a moment
    later gains nothing: Twisted tries them in turn, the next after 0.3 seconds, and
    keeps the first that answers. The proxies of the environment are reached wherever they
    are.
    """

    def __init__(
        self, reactor: Twisteds, cache_size: int, timeout: float, *, guards: bool
    ) -> None:
        self._reactor = reactor
        self._cache: LocalCache[str, list[str]] = LocalCache(cache_size)
        self._timeout = timeout
        self._guards = guards
        self._proxies = proxy_hosts()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Twisteds) -> Self:
        settings = crawler.settings
        cached = settings.getbool("DNSCACHE_ENABLED")
        return cls(
            reactor,
            settings.getint("DNSCACHE_SIZE") if cached else 0,
            settings.getfloat("DNS_TIMEOUT"),
            guards=not is_private_allowed(settings),
        )

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  the interface of Twisted
        self,
        resolutionReceiver: Twisteds,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Twisteds] | None = None,  # noqa: N803
        transportSemantics: Twisteds = "TCP",  # noqa: N803
    ) -> HostResolution:
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def hand_over(addresses: list[str]) -> None:
            for address in self._public(hostName, addresses):
                kind = IPv6Address if ":" in address else IPv4Address
                if addressTypes is None or kind in addressTypes:
                    found = kind(transportSemantics, address, portNumber)
                    resolutionReceiver.addressResolved(found)
            resolutionReceiver.resolutionComplete()

        if hostName in self._cache:
            hand_over(self._cache[hostName])
        else:
            self._look_up(hostName, hand_over)
        return resolution

    def _look_up(self, name: str, hand_over: Callable[[list[str]], None]) -> None:
        pool = self._reactor.getThreadPool()
        found = deferToThreadPool(self._reactor, pool, addresses_of, name)
        found.addTimeout(self._timeout, self._reactor)
        found.addErrback(lambda _: [])
        found.addCallback(self._keep, name)
        found.addCallback(hand_over)

    def _keep(self, addresses: list[str], name: str) -> list[str]:
        if addresses and self._cache.limit:
            self._cache[name] = addresses
        return addresses

    def _public(self, name: str, addresses: list[str]) -> list[str]:
        """Return *addresses*, or [] if *name* leads into this network."""
        if not self._guards or name in self._proxies:
            return addresses
        return [] if any(map(is_private_address, addresses)) else addresses
