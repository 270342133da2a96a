"""Why a request failed: one word for the counts, one line for a person."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from OpenSSL import SSL
from scrapy import exceptions
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.python.failure import Failure

from scraper.crawling import header_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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
