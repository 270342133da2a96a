"""The child process of fetch_page(): one request in, one answer out.

Standard input: ``{"url": …, "timeout": …}``. Standard output: one line of JSON, then
the body; or ``{"refused": reason}``, with the status where the host answered. ``date`` is
the host's, with what a cache added. Run as ``python -m scraper.crawling.fetch_once``.
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
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from scrapy.settings import Settings
    from twisted.python.failure import Failure

_OVERRIDES = {
    "EXTENSIONS": {},
    "ITEM_PIPELINES": {},
    "DOWNLOADER_MIDDLEWARES": {
        "scraper.crawling.redirects.RedirectGuard": 610,
    },
    "ROBOTSTXT_OBEY": False,
    "RETRY_ENABLED": False,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "MEMUSAGE_ENABLED": False,
    "LOG_LEVEL": "CRITICAL",
}


class OnePage(Spider):
    """Asks for one address and keeps what came of it."""

    name = "one-page"
    legacy_tls_hosts: frozenset[str] = frozenset()
    answer: dict[str, Any]
    body: bytes

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__()
        self.url = url
        self.timeout = timeout

    async def start(self) -> AsyncIterator[Request]:
        meta = {"download_timeout": self.timeout}
        yield Request(self.url, meta=meta, errback=self.refuse)

    def parse(self, response: Response, **kwargs: object) -> None:
        declared = response.headers.get("Content-Type")
        type(self).answer = {
            "url": response.url,
            "status": response.status,
            "content_type": declared.decode("latin-1") if declared else None,
            "encoding": encoding_of(response),
            "date": _date_of(response),
        }
        type(self).body = response.body

    def refuse(self, failure: Failure) -> None:
        type(self).answer = {"refused": explain_failure(failure)}
        if isinstance(failure.value, HttpError):
            response = failure.value.response
            type(self).answer |= {"status": response.status, "date": _date_of(response)}
        type(self).body = b""


def _date_of(response: Response) -> str:
    """Return the moment at which the host answered, "" where it does not say."""
    said = (response.headers.get("Date") or b"").decode("latin-1")
    age = (response.headers.get("Age") or b"0").decode("latin-1")
    try:
        moment = parsedate_to_datetime(said) + timedelta(seconds=int(age))
    except (ValueError, OverflowError):
        return ""
    return moment.isoformat()


def fetch_once(url: str, timeout: float) -> tuple[dict[str, Any], bytes]:
    """Return the answer's head and its body; once in a process."""
    settings = load_settings(RunOptions(settings=_OVERRIDES))
    OnePage.legacy_tls_hosts = _legacy_tls_hosts(settings)
    OnePage.answer, OnePage.body = {"refused": "the downloader gave no answer"}, b""
    process = AsyncCrawlerProcess(settings)
    process.crawl(OnePage, url=url, timeout=timeout)
    process.start()
    return OnePage.answer, OnePage.body


def _legacy_tls_hosts(settings: Settings) -> frozenset[str]:
    loader = get_spider_loader(settings)
    hosts: set[str] = set()
    for name in loader.list():
        hosts.update(getattr(loader.load(name), "legacy_tls_hosts", ()))
    return frozenset(hosts)


def main() -> None:
    asked = json.load(sys.stdin)
    answer, body = fetch_once(asked["url"], asked["timeout"])
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
