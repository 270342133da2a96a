"""What robots.txt asks for beside what it forbids: a pause, and a look at sitemaps."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.exceptions import StopDownload
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import ProtegoRobotParser

from scraper.discovery.robots import robots_text
from scraper.urls import is_http

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_logger = logging.getLogger(__name__)
MOST = 512 * 1024
"""Bytes that are read of one: RFC 9309 asks for 500 KiB at least."""
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
        found = (urljoin(request.url, each) for each in rules.sitemaps)
        self.sitemaps += [url for url in found if is_http(url)]
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
