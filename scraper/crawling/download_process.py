"""The child process of a Downloader: ``python -m scraper.crawling.download_process``.

Its standard input is one JSON object a line: first ``{"timeout": …, "settings": {…}}``,
with the Scrapy settings that differ, then ``{"number": …, "url": …, "at_once": …}`` for
each URL, until the input ends. Its standard output has, for each URL in the order of
completion, a JSON line with its ``number`` and the ``size`` of the body, then the body. A
URL without a page has ``refused`` with the reason, and the status if the host responded.
``date`` is the host's clock, corrected by the ``Age`` of a cache.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.spiderloader import get_spider_loader
from scrapy.spidermiddlewares.httperror import HttpError

from scraper.crawling import header_of
from scraper.crawling.failures import explain_failure, failure_key
from scraper.crawling.leases import date_of, encoding_of
from scraper.crawling.run import RunOptions, load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from scrapy.http import Response
    from twisted.python.failure import Failure

_AT_ONCE = "at once"
"""The download slot of requests that do not wait for others to the same host."""
_MIDDLEWARES = "scrapy.downloadermiddlewares"
_OVERRIDES = {
    # Only what a request and its response need: each part of Scrapy that is left out
    # saves its import.
    "SPIDER_MODULES": [],
    "EXTENSIONS_BASE": {},
    "EXTENSIONS": {},
    "ITEM_PIPELINES": {},
    "SPIDER_MIDDLEWARES_BASE": {
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50
    },
    "SPIDER_MIDDLEWARES": {},
    "DOWNLOADER_MIDDLEWARES_BASE": {
        f"{_MIDDLEWARES}.defaultheaders.DefaultHeadersMiddleware": 400,
        f"{_MIDDLEWARES}.useragent.UserAgentMiddleware": 500,
        f"{_MIDDLEWARES}.redirect.RedirectMiddleware": 600,
        f"{_MIDDLEWARES}.httpproxy.HttpProxyMiddleware": 750,
    },
    "DOWNLOADER_MIDDLEWARES": {
        "scraper.crawling.middlewares.guards.UserInfoMiddleware": 50,
        "scraper.crawling.middlewares.rendering.RenderingMiddleware": 540,
        "scraper.crawling.middlewares.guards.RefreshMiddleware": 580,
        "scraper.crawling.middlewares.decoding.DecodingMiddleware": 590,
        "scraper.crawling.middlewares.guards.RedirectGuard": 610,
        "scraper.crawling.middlewares.guards.PrivateAddressGuard": 760,
        "scraper.crawling.middlewares.guards.ProxyNotes": 770,
    },
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS": 128,
    "DOWNLOAD_SLOTS": {_AT_ONCE: {"concurrency": 2, "delay": 0}},
    "LOG_LEVEL": "CRITICAL",
}
_LONGEST_LINE = 1 << 24
_INVALID = "not a valid URL: its host or port cannot be parsed"


class RequestedPages(Spider):
    """Fetches the URLs of standard input and writes the result of each."""

    name = "requested-pages"
    legacy_tls_hosts: ClassVar[set[str]] = set()
    """Filled when a handshake fails, since loading every spider takes a second."""

    def __init__(self, lines: AsyncIterator[bytes], timeout: float) -> None:
        super().__init__()
        self.lines = lines
        self.timeout = timeout

    async def start(self) -> AsyncIterator[Request]:
        async for line in self.lines:
            given = json.loads(line)
            try:
                yield self._request(**given)
            except ValueError:  # its message may contain a password
                _write({"refused": _INVALID}, given["number"])

    def _request(self, number: int, url: str, *, at_once: bool) -> Request:
        slot = _AT_ONCE if at_once else urlsplit(url).netloc.lower()
        return Request(
            url,
            meta={"download_timeout": self.timeout, "download_slot": slot},
            cb_kwargs={"number": number},
            errback=self.refuse,
            dont_filter=True,
        )

    def parse(self, response: Response, number: int) -> None:
        result = {
            "url": response.url,
            "status": response.status,
            "content_type": header_of(response, "Content-Type") or None,
            "encoding": encoding_of(response),
            "date": _date_of(response),
        }
        _write(result, number, response.body)

    def refuse(self, failure: Failure) -> Request | None:
        request: Request = failure.request  # type: ignore[attr-defined]
        if failure_key(failure) == "tls" and self._allows_old_handshake(request):
            return request.replace(dont_filter=True)
        result: dict[str, Any] = {"refused": explain_failure(failure)}
        if isinstance(failure.value, HttpError):
            response = failure.value.response
            result |= {"status": response.status, "date": _date_of(response)}
        _write(result, request.cb_kwargs["number"])
        return None

    def _allows_old_handshake(self, request: Request) -> bool:
        """Return True if the host turns out to be one that needs legacy TLS."""
        host = urlsplit(request.url).hostname
        if host in self.legacy_tls_hosts:
            return False
        loader = get_spider_loader(load_settings(RunOptions()))
        for name in loader.list():
            hosts = getattr(loader.load(name), "legacy_tls_hosts", ())
            self.legacy_tls_hosts.update(hosts)
        return host in self.legacy_tls_hosts


def _write(result: dict[str, Any], number: int, body: bytes = b"") -> None:
    head = json.dumps(result | {"number": number, "size": len(body)})
    sys.stdout.buffer.write(head.encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def _date_of(response: Response) -> str:
    """Return the time of the host's clock in ISO 8601, or "" if it states none."""
    stated = date_of(response)
    with suppress(OverflowError, ValueError):
        if stated is not None:
            age = timedelta(seconds=int(header_of(response, "Age") or 0))
            return (stated + age).isoformat()
    return ""


async def _lines() -> AsyncIterator[bytes]:
    reader = asyncio.StreamReader(_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async for line in reader:
        yield line


def fetch_all(timeout: float, given: Mapping[str, Any]) -> None:
    """Fetch the URLs of standard input and write the results, once per process."""
    settings = load_settings(RunOptions(settings={**_OVERRIDES, **given}))
    process = AsyncCrawlerProcess(settings)
    process.crawl(RequestedPages, lines=_lines(), timeout=timeout)
    process.start()


if __name__ == "__main__":
    # Unbuffered, since the reactor reads the lines that follow.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as first:
        options = json.loads(first.readline())
    fetch_all(options["timeout"], options["settings"])
