"""The log: one line per event, without whole articles or pages."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin

from scrapy import signals
from scrapy.logformatter import LogFormatter, LogFormatterResult

from scraper import clock
from scraper.crawling.failures import explain_failure
from scraper.crawling.middlewares.politeness import NOTHING_REQUESTED
from scraper.text import harmless
from scraper.urls import masked

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure


_ROBOTS = "scrapy.downloadermiddlewares.robotstxt"


class OneLine(LogFormatter):
    """Scrapy's messages about items, with the URL in place of the item.

    Every handler of the run formats as :class:`Indented` does, including the one that
    Scrapy 2.19 installs after it has made this formatter. A robots.txt that cannot be
    fetched is one line too, without a traceback.
    """

    def __init__(self) -> None:
        super().__init__()
        logging.getLogger(_ROBOTS).addFilter(_without_traceback)
        self._indent_all()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        made = cls()
        crawler.signals.connect(made._indent_all, signals.spider_opened)
        return made

    def _indent_all(self) -> None:
        for handler in logging.root.handlers:
            if not isinstance(handler.formatter, Indented):
                handler.setFormatter(Indented(handler.formatter))

    def scraped(
        self,
        item: Any,  # noqa: ANN401
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return _line(logging.DEBUG, "kept %(url)s", item, response)

    def dropped(
        self,
        item: Any,  # noqa: ANN401
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        level = super().dropped(item, exception, response, spider)["level"]
        return _line(level, "dropped %(url)s: %(reason)s", item, response, exception)

    def item_error(
        self,
        item: Any,  # noqa: ANN401
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return _line(
            logging.ERROR,
            "could not keep %(url)s: %(reason)s",
            item,
            response,
            exception,
        )


class Indented(logging.Formatter):
    """Formats as *inner* does; only the first line of a record begins at the margin.

    Text of a page or URL can neither imitate a record nor control a terminal.
    Times are those of :func:`scraper.clock.shown`, unless the user has another form.
    """

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()
        if self._inner.datefmt == clock.OF_THE_LOG:
            self._inner.formatTime = _shown_time  # type: ignore[assignment, method-assign]

    def format(self, record: logging.LogRecord) -> str:
        lines = "\n    ".join(self._inner.format(record).splitlines())
        return masked(harmless(lines))


def _shown_time(record: logging.LogRecord, _: str | None = None) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return clock.shown(moment, precision="seconds")


def _without_traceback(record: logging.LogRecord) -> bool:
    if record.exc_info and record.exc_info[1]:
        reason = explain_failure(record.exc_info[1])
        asked = record.args["request"] if isinstance(record.args, dict) else None
        url = urljoin(getattr(asked, "url", ""), "/robots.txt")
        record.msg, record.args = "%s: %s; %s", (url, reason, NOTHING_REQUESTED)
        record.exc_info = None
    return True


def _line(
    level: int,
    message: str,
    item: Any,  # noqa: ANN401
    response: Response | Failure | None,
    reason: object = "",
) -> LogFormatterResult:
    url = getattr(item, "url", "") or getattr(response, "url", "?")
    args = {"url": url, "reason": reason}
    return {"level": level, "msg": message, "args": args}
