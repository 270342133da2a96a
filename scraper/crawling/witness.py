"""What the servers say of this machine's clock."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from scrapy import signals

from scraper import clock

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response

APART = "clock/apart"
"""The stat; missing if no server said what time it is."""


class ClockWitness:
    """Extension: compares the clock with the Date of every answer.

    Stats: ``clock/apart``, the seconds that the clock is ahead of the server that agreed
    with it best; one server, or a cache on the way, may be wrong.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats
        crawler.signals.connect(self._compare, signals.response_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _compare(self, response: Response) -> None:
        there = date_of(response)
        if there is None:
            return
        apart = round((clock.now() - there).total_seconds())
        best = self._stats.get_value(APART)
        if best is None or abs(apart) < abs(best):
            self._stats.set_value(APART, apart)


def date_of(response: Response) -> datetime | None:
    """Return what the server said the time was, None if it said nothing that is one."""
    try:
        moment = parsedate_to_datetime((response.headers["Date"] or b"").decode())
    except (KeyError, OverflowError, UnicodeDecodeError, ValueError):
        return None
    return moment if moment.tzinfo else None
