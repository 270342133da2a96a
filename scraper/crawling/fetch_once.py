"""The child process of fetch_pages(): addresses in, an answer for each out.

Standard input: ``{"urls": […], "timeout": …, "settings": {…}}``, the last those of
Scrapy that differ. Standard output, for each address as it
is answered: one line of JSON with its place in ``urls`` (``number``) and the ``size`` of
the body, then the body; or ``refused`` with the reason, and the status where the host
answered. ``date`` is the host's, with what a cache added. Run as
``python -m scraper.crawling.fetch_once``.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.spiderloader import get_spider_loader
from scrapy.spidermiddlewares.httperror import HttpError

from scraper.crawling.failures import explain_failure
from scraper.crawling.pages import encoding_of
from scraper.crawling.run import RunOptions, load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from scrapy.http import Response
    from scrapy.settings import Settings
    from twisted.python.failure import Failure

_OVERRIDES = {
    "EXTENSIONS": {},
    "ITEM_PIPELINES": {},
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        "scraper.crawling.redirects.RefreshMiddleware": 580,
        "scraper.crawling.decoding.DecodingMiddleware": 590,
        "scraper.crawling.redirects.RedirectGuard": 610,
        "scraper.crawling.private.PrivateAddressGuard": 760,
    },
    "ROBOTSTXT_OBEY": False,
    "RETRY_ENABLED": False,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "MEMUSAGE_ENABLED": False,
    "LOG_LEVEL": "CRITICAL",
}


class FewPages(Spider):
    """Asks for a few addresses and writes down what came of each."""

    name = "few-pages"
    legacy_tls_hosts: frozenset[str] = frozenset()

    def __init__(self, urls: list[str], timeout: float) -> None:
        super().__init__()
        self.urls = urls
        self.timeout = timeout

    async def start(self) -> AsyncIterator[Request]:
        for number, url in enumerate(self.urls):
            yield Request(
                url,
                meta={"download_timeout": self.timeout},
                cb_kwargs={"number": number},
                errback=self.refuse,
                dont_filter=True,
            )

    def parse(self, response: Response, number: int) -> None:
        declared = response.headers.get("Content-Type")
        answer = {
            "url": response.url,
            "status": response.status,
            "content_type": declared.decode("latin-1") if declared else None,
            "encoding": encoding_of(response),
            "date": _date_of(response),
        }
        _write(answer, number, response.body)

    def refuse(self, failure: Failure) -> None:
        number = failure.request.cb_kwargs["number"]  # type: ignore[attr-defined]
        answer: dict[str, Any] = {"refused": explain_failure(failure)}
        if isinstance(failure.value, HttpError):
            response = failure.value.response
            answer |= {"status": response.status, "date": _date_of(response)}
        _write(answer, number)


def _write(answer: dict[str, Any], number: int, body: bytes = b"") -> None:
    head = json.dumps(answer | {"number": number, "size": len(body)})
    sys.stdout.buffer.write(head.encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def _date_of(response: Response) -> str:
    """Return the moment at which the host answered, "" where it does not say."""
    said = (response.headers.get("Date") or b"").decode("latin-1")
    age = (response.headers.get("Age") or b"0").decode("latin-1")
    try:
        moment = parsedate_to_datetime(said) + timedelta(seconds=int(age))
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat()


def fetch_all(urls: list[str], timeout: float, given: Mapping[str, Any]) -> None:
    """Ask for *urls* and write the answers; once in a process."""
    settings = load_settings(RunOptions(settings={**_OVERRIDES, **given}))
    FewPages.legacy_tls_hosts = _legacy_tls_hosts(settings)
    process = AsyncCrawlerProcess(settings)
    process.crawl(FewPages, urls=urls, timeout=timeout)
    process.start()


def _legacy_tls_hosts(settings: Settings) -> frozenset[str]:
    loader = get_spider_loader(settings)
    hosts: set[str] = set()
    for name in loader.list():
        hosts.update(getattr(loader.load(name), "legacy_tls_hosts", ()))
    return frozenset(hosts)


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    fetch_all(asked["urls"], asked["timeout"], asked["settings"])
