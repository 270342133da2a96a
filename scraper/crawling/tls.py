"""Certificates are verified everywhere; old handshakes only where a spider says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from scraper.crawling.connections import BoundedFactory

if TYPE_CHECKING:
    from collections.abc import Collection

    from OpenSSL import SSL
    from scrapy.crawler import Crawler

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
