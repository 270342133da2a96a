"""Retry-After: no request is sent to a busy host until the time it names."""

from __future__ import annotations

import logging
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.utils.asyncio import sleep

from scraper import clock
from scraper.crawling import Component
from scraper.options import read

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_logger = logging.getLogger(__name__)
_TOO_MANY = 429
_BUSY = frozenset({_TOO_MANY, 503})
_STEP = 0.5
"""Seconds after which a waiting request checks whether the crawl has ended."""


class RetryAfterMiddleware(Component):
    """Downloader middleware: honours Retry-After for every request to the host.

    A 429 or 503 pauses requests to its host for the seconds it names, at most
    ``TINSACH_RETRY_AFTER_MAX``; a 429 that names none, for ``TINSACH_RETRY_PAUSE``,
    doubled with each try. Scrapy's RetryMiddleware, which is nearer to the engine, decides
    whether the request itself is tried again.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        get = crawler.settings.get
        self._pause = read("TINSACH_RETRY_PAUSE", get("TINSACH_RETRY_PAUSE"))
        self._longest = read("TINSACH_RETRY_AFTER_MAX", get("TINSACH_RETRY_AFTER_MAX"))
        self._until: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        while self._crawler.crawling:
            left = self._until.get(host, 0.0) - clock.monotonic()
            if left <= 0:
                return
            await sleep(min(left, _STEP))

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in _BUSY and not request.meta.get("dont_retry"):
            pause = min(self._wanted_pause(request, response), self._longest)
            if pause > 0:
                self._hold(urlsplit(request.url).netloc, pause, response.status)
        return response

    def _wanted_pause(self, request: Request, response: Response) -> float:
        stated = parse_retry_after(response.headers.get("Retry-After"))
        if stated is not None:
            return stated
        tries = int(request.meta.get("retry_times", 0))
        return self._pause * 2.0**tries if response.status == _TOO_MANY else 0.0

    def _hold(self, host: str, pause: float, status: int) -> None:
        _logger.warning("%s answers %d: waiting %.0f s", host, status, pause)
        self._crawler.stats.inc_value("retry_after/count")
        self._crawler.stats.inc_value("retry_after/seconds", round(pause))
        until = clock.monotonic() + pause
        self._until[host] = max(until, self._until.get(host, 0.0))


def parse_retry_after(value: bytes | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, None without a valid one.

    Seconds or an HTTP date (RFC 9110, section 10.2.3); never below 0.
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (OverflowError, ValueError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - clock.now()).total_seconds())
