"""Politeness: what robots.txt asks for, its rules and delay, and Retry-After."""

from __future__ import annotations

import logging
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.asyncio import sleep
from scrapy.utils.httpobj import urlparse_cached

from scraper import clock
from scraper.crawling import Component
from scraper.crawling.failures import (
    NOTHING_REQUESTED,
    ROBOTS_UNREACHABLE,
    Refused,
    explain_failure,
    explain_status,
    failure_key,
)
from scraper.discovery.links import absolute
from scraper.discovery.markup import robots_text

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


_logger = logging.getLogger(__name__)
MAX_ROBOTS_BYTES = 512 * 1024
"""Bytes that are read of a robots.txt: RFC 9309 asks for at least 500 KiB."""
_FIRST_ERROR, _SERVER_ERROR = 400, 500
_BUSY = frozenset({429})
_OF_THE_HOST = frozenset({"dns", "refused", "tls", "proxy"})
"""Failures that every page of the host has as well, counted under their own names."""
MAX_CRAWL_DELAY = 60.0
"""Most seconds between two requests, whatever robots.txt asks for."""


class BoundedParser(ProtegoRobotParser):
    """Scrapy's parser of robots.txt, for any encoding, up to MAX_ROBOTS_BYTES."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        text = robots_text(robotstxt_body[:MAX_ROBOTS_BYTES])
        if len(robotstxt_body) > MAX_ROBOTS_BYTES:
            text = text.rpartition("\n")[0]
        return super().from_crawler(crawler, text.encode())


def is_unreachable(status: int) -> bool:
    """Return True if *status* of robots.txt forbids everything.

    By RFC 9309, section 2.3.1.4; for 429 as Google does. Any other 4xx means that there is
    no robots.txt, and allows everything.
    """
    return status in _BUSY or status >= _SERVER_ERROR


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware; fetches nothing from a host whose robots.txt is unreachable.

    That holds for the rest of the run, after the retries of RETRY_TIMES: no older copy is
    used, and an unreachable robots.txt is never permission. The body of an error response
    is not read as rules. Redirects of a robots.txt are followed to other sites too; an
    endless redirect counts as a missing file. Stats: ``robots/unreachable`` counts such
    hosts.

    Rules beyond MAX_ROBOTS_BYTES are ignored. ``Crawl-delay`` is honoured; *sitemaps* are
    the absolute URLs that the file names, in order.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.sitemaps: list[str] = []
        self._unreachable: dict[str, Exception] = {}
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        crawler.signals.connect(self._parsed, signals.robots_parsed)
        crawler.signals.connect(self._bound, signals.bytes_received)

    async def process_request(self, request: Request, spider: object = None) -> None:
        """Raise Refused for a host whose robots.txt is unreachable."""
        if request.meta.get("dont_obey_robotstxt"):
            request.meta["download_maxsize"] = 0  # _bound() limits it instead
            request.meta["allow_offsite"] = True  # RFC 9309, section 2.3.1.2
            return
        await super().process_request(request)
        netloc = urlparse_cached(request).netloc
        if netloc in self._unreachable:
            raise _refusal(self._unreachable[netloc])

    async def _parse_robots(
        self, response: Response, netloc: str, request: Request
    ) -> None:
        if is_unreachable(response.status):
            error = Refused(ROBOTS_UNREACHABLE, explain_status(response))
            _logger.error("%s: %s; %s", response.url, error, NOTHING_REQUESTED)
            self._note(netloc, error)
        if response.status >= _FIRST_ERROR:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if isinstance(exc, Refused):
            why = explain_failure(exc)
            _logger.error("%s: robots.txt: %s; %s", netloc, why, NOTHING_REQUESTED)
            self._note(netloc, exc)
        elif isinstance(exc, IgnoreRequest):
            _logger.warning("%s: robots.txt: %s; it counts as missing", netloc, exc)
        else:
            self._note(netloc, exc)
        super()._robots_error(exc, netloc)

    def _note(self, netloc: str, error: Exception) -> None:
        self._unreachable[netloc] = error
        self._stats.inc_value("robots/unreachable")

    def _bound(self, data: bytes, request: Request) -> None:
        """Raise StopDownload if a robots.txt is larger than MAX_ROBOTS_BYTES."""
        if not request.meta.get("dont_obey_robotstxt"):
            return
        self._received[request] = self._received.get(request, 0) + len(data)
        if self._received[request] > MAX_ROBOTS_BYTES:
            raise StopDownload(fail=False)

    def _parsed(self, robotparser: Any, request: Request) -> None:  # noqa: ANN401
        rules = robotparser.rp
        found = (absolute(request.url, each) for each in rules.sitemaps)
        self.sitemaps += filter(None, found)
        agent = self.crawler.settings.get("ROBOTSTXT_USER_AGENT")
        asked = rules.crawl_delay(agent) or 0.0
        if asked > MAX_CRAWL_DELAY:
            _logger.warning(
                "%s: robots.txt asks for %s seconds between requests, %s are kept",
                *(request.url, asked, MAX_CRAWL_DELAY),
            )
        if asked:
            self._slow_down(request, min(float(asked), MAX_CRAWL_DELAY))

    def _slow_down(self, request: Request, pause: float) -> None:
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        downloader._delay = max(downloader._delay, pause)
        slot = downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(slot.delay, pause)
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, pause)


def _refusal(error: Exception) -> Refused:
    """Return the refusal of a page for the *error* of its robots.txt."""
    key = failure_key(error)
    if key not in _OF_THE_HOST:
        key = ROBOTS_UNREACHABLE
    refused = Refused(key, f"robots.txt: {explain_failure(error)}; {NOTHING_REQUESTED}")
    refused.__cause__ = error
    return refused


_TOO_MANY = 429
_BUSY_STATUSES = frozenset({_TOO_MANY, 503})
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
        self._pause = self._setting("TINSACH_RETRY_PAUSE")
        self._longest = self._setting("TINSACH_RETRY_AFTER_MAX")
        self._until: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        while self._crawler.crawling:
            left = self._until.get(host, 0.0) - clock.monotonic()
            if left <= 0:
                return
            await sleep(min(left, _STEP))

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in _BUSY_STATUSES and not request.meta.get("dont_retry"):
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
