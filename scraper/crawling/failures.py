"""Why a request failed or was forbidden: a word for the counts, a line for a person."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin

from OpenSSL import SSL
from scrapy import exceptions, signals
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.python.failure import Failure

from scraper import clock
from scraper.crawling import header_of
from scraper.text import harmless
from scraper.urls import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response


_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...]
_REASONS = (
    (exceptions.CannotResolveHostError, "dns"),
    (exceptions.DownloadConnectionRefusedError, "refused"),
    ((exceptions.DownloadTimeoutError, TimeoutError), "timeout"),
    (exceptions.DownloadCancelledError, "too_large"),
    (exceptions.ResponseDataLossError, "cut_short"),
    (exceptions.UnsupportedURLSchemeError, "scheme"),
    (exceptions.NotSupported, "scheme"),
    (TunnelError, "proxy"),
)
_LINES = {
    "dns": "the host name cannot be resolved; check the URL and the network",
    "refused": "the host refuses connections; is the server running, the port right?",
    "timeout": "no response in time; the host is slow or unreachable",
    "tls": "the TLS handshake failed ({detail}); the certificate is always verified",
    "too_large": "larger than the limit, not read",
    "cut_short": "the connection ended before the response did",
    "scheme": "neither http nor https",
    "proxy": "the proxy refuses the connection ({detail}); check HTTPS_PROXY",
    "robots": "robots.txt of the host forbids this URL",
    "ignored": "{detail}",
    "connection": "the connection failed ({detail})",
    "other": "{detail}",
}
_IGNORED = {"max redirections reached": "redirect"}
"""Scrapy's message when it sends no further request, and the word it is counted under."""
_STATUS_HINTS = {
    403: "the host forbids it; it may block this network or User-Agent",
    404: "no such page",
    410: "the page is gone",
    429: "too many requests",
}
_SERVER_ERROR = 500
ROBOTS_UNREACHABLE = "robots_unreachable"
NOTHING_REQUESTED = "nothing else is requested from the host in this run"
UNREACHABLE = frozenset(
    {"dns", "refused", "timeout", "tls", "proxy", "connection", "private"}
    | {ROBOTS_UNREACHABLE}
)
"""Reasons that concern the host rather than one page."""


class HeadTooLargeError(Exception):
    """The head of a response is larger than what is read of one."""


class Refused(exceptions.IgnoreRequest):
    """A request that is not sent or a response that is not accepted, counted as *key*."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def failure_key(failure: Failure | BaseException) -> str:
    """Return the word that failures of this kind are counted under."""
    error = _error_of(failure)
    if isinstance(error, HttpError):
        return f"http_{error.response.status}"
    if isinstance(error, exceptions.IgnoreRequest):
        return _ignored_key(error)
    for kinds, key in _REASONS:
        if isinstance(error, kinds):
            return key
    if tls_detail(error):
        return "tls"
    if any(isinstance(each, HeadTooLargeError) for each in _iter_causes(error)):
        return "too_large"
    return "connection" if _is_connection(error) else "other"


def explain_failure(failure: Failure | BaseException) -> str:
    """Return one line, without the URL, that says what went wrong."""
    error = _error_of(failure)
    if isinstance(error, HttpError):
        return explain_status(error.response)
    if isinstance(error, Refused):
        return str(error)
    key = failure_key(error)
    detail = tls_detail(error) if key == "tls" else " ".join(str(error).split())
    line = _LINES.get(key, "{detail}").format(
        detail=detail[:200] or type(error).__name__
    )
    return "; ".join((line, *getattr(error, "__notes__", ())))


def explain_status(response: Response) -> str:
    """Return one line about a response that is not a success."""
    status = response.status
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    hint = _STATUS_HINTS.get(
        status, "the host failed" if status >= _SERVER_ERROR else ""
    )
    wait = header_of(response, "Retry-After")[:40]
    parts = [f"HTTP {status} {phrase}".strip(), hint, wait and f"Retry-After: {wait}"]
    return "; ".join(part for part in parts if part)


def tls_detail(error: BaseException | None) -> str:
    """Return what went wrong with TLS among the causes of *error*, "" if nothing did."""
    for cause in _iter_causes(error):
        if isinstance(cause, VerificationError):
            return "the certificate is for another host name"
        if isinstance(cause, SSL.Error):
            return _ssl_reason(cause)
    return ""


def _iter_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        yield from _reasons(error)
        error = error.__cause__


def _error_of(failure: Failure | BaseException) -> BaseException:
    error = failure.value if isinstance(failure, Failure) else failure
    return error or Exception("no reason given")


def _reasons(error: BaseException) -> list[BaseException]:
    failures = getattr(error, "reasons", ())
    return [f.value for f in failures if isinstance(f, Failure) and f.value]


def _ssl_reason(error: SSL.Error) -> str:
    reasons = error.args[0] if error.args and isinstance(error.args[0], list) else ()
    return "; ".join(reason[-1] for reason in reasons) or "protocol error"


def _ignored_key(error: exceptions.IgnoreRequest) -> str:
    if isinstance(error, Refused):
        return error.key
    return (
        "robots" if "robots.txt" in str(error) else _IGNORED.get(str(error), "ignored")
    )


def _is_connection(error: BaseException) -> bool:
    from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

    kinds = (exceptions.DownloadFailedError, ConnectError, ConnectionDone)
    return isinstance(error, (*kinds, ConnectionLost, OSError))


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
