"""What a connection may send before the body begins: no more than a head has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from scraper.crawling.failures import HeadTooLargeError

if TYPE_CHECKING:
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
