"""Connections: what a host name resolves to, why a host is refused, and certificates."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.resolver import HostResolution
from scrapy.utils.datatypes import LocalCache
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from scraper.crawling import ALLOW_PRIVATE
from scraper.crawling.addresses import is_private, is_private_address, proxy_hosts
from scraper.crawling.failures import HeadTooLargeError
from scraper.options import read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from OpenSSL import SSL
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request
    from twisted.web.iweb import IResponse


_LEAVE = "--allow-private or TINSACH_ALLOW_PRIVATE=1 permits requests to it"
IS_PRIVATE = f"is a private address; {_LEAVE}"
Twisteds = Any
"""Objects of Twisted's interfaces, which mypy does not understand."""


def is_private_allowed(settings: BaseSettings) -> bool:
    """Return the setting's value; raises ConfigurationError if it is not a switch."""
    return bool(read(ALLOW_PRIVATE, settings.get(ALLOW_PRIVATE)))


def addresses_of(name: str) -> list[str]:
    """Return the addresses that the system resolves *name* to, IPv4 first."""
    with contextlib.suppress(OSError, UnicodeError):
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys(str(place[0]) for *_, place in found)
        return sorted(addresses, key=lambda address: ":" in address)
    return []


def why_private(url: str) -> str:
    """Return why the host of *url* is in this network, "" if it is not.

    Its spelling decides, or an address that it resolves to.
    """
    host = urlsplit(url).hostname or ""
    if is_private(url):
        return IS_PRIVATE
    if host in proxy_hosts():
        return ""
    return why_any_private(addresses_of(host))


def why_any_private(addresses: list[str]) -> str:
    """Return why *addresses*, of a name, are in this network, "" if none is."""
    found = next(filter(is_private_address, addresses), "")
    return found and f"resolves to the private address {found}; {_LEAVE}"


@implementer(IHostnameResolver)
class PublicResolver:
    """Scrapy's resolver for IPv4 and IPv6, without names that lead into this network.

    A name with any private address does not resolve. Twisted connects to exactly the
    addresses that are judged here, so DNS rebinding gains nothing: it tries them in turn,
    the next after 0.3 seconds, and keeps the first that answers. Proxies of the
    environment are reached wherever they are.
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


MAX_HEAD_BYTES = 256 * 1024
"""Bytes of status line and headers; browsers accept as many."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's protocol, which closes a connection whose head grows beyond MAX_HEAD_BYTES.

    Twisted limits the length of a line (16 KiB), but neither the number of header lines
    and continuation lines nor that of 1xx responses.
    """

    _head = 0

    def request(self, request: Request) -> Deferred[IResponse]:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if getattr(self._parser, "state", None) in (STATUS, HEADER):
            self._head += len(data)
        if self._head > MAX_HEAD_BYTES and self._parser is not None:
            failure = Failure(HeadTooLargeError(MAX_HEAD_BYTES))  # type: ignore[no-untyped-call]
            self._giveUp(failure)  # type: ignore[no-untyped-call]
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes a BoundedProtocol for each connection in a download handler's pool."""

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:  # noqa: N802
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


OP_LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's option to connect to servers without secure renegotiation (RFC 5746)."""


class VerifyingDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, with bounded heads and legacy renegotiation for some hosts.

    The spider lists them in ``legacy_tls_hosts``. This is a handler since Scrapy 2.19
    deprecates custom context factories.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
        hosts = getattr(crawler.spidercls, "legacy_tls_hosts", None)
        if hosts is not None:
            policy: Any = LegacyTlsPolicy(self._contextFactory, hosts)
            self._contextFactory = policy


@implementer(IPolicyForHTTPS)
class LegacyTlsPolicy:
    """An https policy that allows legacy renegotiation with *hosts*, which may grow."""

    def __init__(self, policy: Any, hosts: Collection[str]) -> None:  # noqa: ANN401
        self._policy = policy
        self._hosts = hosts

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: ANN401, N802
        creator = self._policy.creatorForNetloc(hostname, port)
        if hostname.decode("ascii").lower() in self._hosts:
            context_of(creator).set_options(OP_LEGACY_SERVER_CONNECT)
        return creator


def context_of(creator: Any) -> SSL.Context:  # noqa: ANN401  private class of Twisted
    """Return the context that *creator* makes its connections from.

    Twisted 26.4 moved it behind a method; older versions keep it as an attribute.
    """
    if hasattr(creator, "_ctx"):
        context: SSL.Context = creator._ctx
    else:
        context = creator._createConnection.__self__.getContext()
    return context
