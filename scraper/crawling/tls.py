"""Certificates are verified everywhere; old handshakes only where a spider says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from scraper.crawling.failures import HeadTooLargeError

if TYPE_CHECKING:
    from collections.abc import Collection

    from OpenSSL import SSL
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request
    from twisted.web.iweb import IResponse


MOST = 256 * 1024
"""Bytes of status line and header; browsers take as much."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's protocol, which ends a connection whose head grows beyond MOST.

    Twisted bounds a line (16 KiB), not their number: neither header lines, nor those
    that one goes on over, nor answers of status 1xx.
    """

    _head = 0

    def request(self, request: Request) -> Deferred[IResponse]:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if getattr(self._parser, "state", None) in (STATUS, HEADER):
            self._head += len(data)
        if self._head > MOST and self._parser is not None:
            failure = Failure(HeadTooLargeError(MOST))  # type: ignore[no-untyped-call]
            self._giveUp(failure)  # type: ignore[no-untyped-call]
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes protocols of that class, for the connection pool of a download handler."""

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:  # noqa: N802
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


OP_LEGACY_SERVER_CONNECT = 0x4
"""Of OpenSSL: connect to a server without secure renegotiation (RFC 5746)."""


class VerifyingDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, with bounded heads and legacy renegotiation for some hosts.

    The hosts stand in ``legacy_tls_hosts`` of the spider. A handler, since Scrapy 2.19
    deprecates a context factory of one's own.
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
    """An https policy that allows old handshakes with *hosts* and leaves the rest.

    *hosts* may grow.
    """

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

    Twisted 26.4 moved it behind a method; older ones keep it as an attribute.
    """
    if hasattr(creator, "_ctx"):
        context: SSL.Context = creator._ctx
    else:
        context = creator._createConnection.__self__.getContext()
    return context
