"""robots.txt: what it forbids, the pause and the sitemaps that it names, or its absence."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from scraper.crawling.failures import (
    ROBOTS_UNREACHABLE,
    Refused,
    explain_failure,
    explain_status,
    failure_key,
)
from scraper.discovery.front import robots_text
from scraper.discovery.links import absolute

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_logger = logging.getLogger(__name__)
MOST = 512 * 1024
"""Bytes that are read of one: RFC 9309 asks for 500 KiB at least."""
_FIRST_ERROR, _SERVER_ERROR = 400, 500
_BUSY = frozenset({429})
_OF_THE_HOST = frozenset({"dns", "refused", "tls", "proxy"})
"""Failures that every page of the host meets as well: counted as what they are."""
NOTHING_ASKED = "the host is asked for nothing else in this run"
LONGEST = 60.0
"""Seconds between two requests that are waited at most, whatever robots.txt asks for."""


class BoundedParser(ProtegoRobotParser):
    """Scrapy's parser of robots.txt, which reads no more than MOST, in any encoding."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        text = robots_text(robotstxt_body[:MOST])
        if len(robotstxt_body) > MOST:
            text = text.rpartition("\n")[0]
        return super().from_crawler(crawler, text.encode())


def is_unreachable(status: int) -> bool:
    """Return True if an answer of *status* to robots.txt forbids everything.

    RFC 9309, section 2.3.1.4; of 429 as Google does. Any other 4xx: there is none, and
    everything is allowed.
    """
    return status in _BUSY or status >= _SERVER_ERROR


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware; asks nothing of a host whose robots.txt cannot be had.

    That holds for the run, after the retries of RETRY_TIMES, and however long the
    trouble lasts: no older copy is used, and it never counts as permission. What the
    body of an error says is not a rule. Redirects of it are followed to other sites as
    well; one that never ends counts as none. Stats: ``robots/unreachable`` counts such
    hosts.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreachable: dict[str, Exception] = {}

    async def process_request(self, request: Request, spider: object = None) -> None:
        """Raise Refused for a host whose robots.txt cannot be had."""
        if request.meta.get("dont_obey_robotstxt"):
            request.meta["download_maxsize"] = 0  # its start is read, however long
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
            _logger.error("%s: %s; %s", response.url, error, NOTHING_ASKED)
            self._note(netloc, error)
        if response.status >= _FIRST_ERROR:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if isinstance(exc, Refused):
            why = explain_failure(exc)
            _logger.error("%s: robots.txt: %s; %s", netloc, why, NOTHING_ASKED)
            self._note(netloc, exc)
        elif isinstance(exc, IgnoreRequest):
            _logger.warning("%s: robots.txt: %s; it counts as missing", netloc, exc)
        else:
            self._note(netloc, exc)
        super()._robots_error(exc, netloc)

    def _note(self, netloc: str, error: Exception) -> None:
        self._unreachable[netloc] = error
        self._stats.inc_value("robots/unreachable")


def _refusal(error: Exception) -> Refused:
    """Return the refusal of a page for *error*, which its robots.txt met."""
    key = failure_key(error)
    if key not in _OF_THE_HOST:
        key = ROBOTS_UNREACHABLE
    refused = Refused(key, f"robots.txt: {explain_failure(error)}; {NOTHING_ASKED}")
    refused.__cause__ = error
    return refused


class Robots:
    """Extension: keeps a host's ``Crawl-delay``, and the sitemaps that it names.

    Of a robots.txt beyond MOST the rules up to there hold.
    It listens to Scrapy's own reading of robots.txt, which comes before the first
    request to a host. *sitemaps* are absolute addresses, in order.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.sitemaps: list[str] = []
        self._received: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        crawler.signals.connect(self._parsed, signals.robots_parsed)
        crawler.signals.connect(self._bound, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _bound(self, data: bytes, request: Request) -> None:
        """Raise StopDownload where a robots.txt goes on and on."""
        if not request.meta.get("dont_obey_robotstxt"):
            return
        self._received[request] = self._received.get(request, 0) + len(data)
        if self._received[request] > MOST:
            raise StopDownload(fail=False)

    def _parsed(self, robotparser: Any, request: Request) -> None:  # noqa: ANN401
        rules = robotparser.rp
        found = (absolute(request.url, each) for each in rules.sitemaps)
        self.sitemaps += filter(None, found)
        agent = self._crawler.settings.get("ROBOTSTXT_USER_AGENT")
        asked = rules.crawl_delay(agent) or 0.0
        if asked > LONGEST:
            _logger.warning(
                "%s: robots.txt asks for %s seconds between requests, %s are kept",
                *(request.url, asked, LONGEST),
            )
        if asked:
            self._slow_down(request, min(float(asked), LONGEST))

    def _slow_down(self, request: Request, pause: float) -> None:
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        downloader._delay = max(downloader._delay, pause)
        slot = downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(slot.delay, pause)
        throttle = self._crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, pause)
