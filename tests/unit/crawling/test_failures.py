"""What a failed request is called, and what is said of it."""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from scrapy import exceptions
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from scraper.crawling.failures import Refused, explain_failure, failure_key


def caused_by(reason: BaseException) -> Exception:
    """Return Scrapy's error over Twisted's over *reason*, as a download raises it."""
    error = exceptions.DownloadFailedError("[<twisted.python.failure…>]")
    error.__cause__ = ResponseFailed([Failure(reason)])
    return error


@pytest.mark.parametrize(
    ("error", "key", "said"),
    [
        (exceptions.CannotResolveHostError("x"), "dns", "cannot be resolved"),
        (
            exceptions.DownloadConnectionRefusedError("x"),
            "refused",
            "refuses connections",
        ),
        (exceptions.DownloadTimeoutError("x"), "timeout", "no response in time"),
        (exceptions.DownloadCancelledError("x"), "too_large", "larger than the limit"),
        (
            exceptions.ResponseDataLossError("x"),
            "cut_short",
            "ended before the response",
        ),
        (exceptions.UnsupportedURLSchemeError("x"), "scheme", "neither http nor https"),
        (TunnelError("407"), "proxy", "the proxy refuses the connection (407)"),
        (Refused("refused", "robots.txt: no"), "refused", "robots.txt: no"),
        (ConnectionLost("gone"), "connection", "the connection failed"),
        (
            exceptions.DownloadFailedError("x"),
            "connection",
            "the connection failed (x)",
        ),
        (Refused("redirect", "redirects to x"), "redirect", "redirects to x"),
        (
            exceptions.IgnoreRequest("Forbidden by robots.txt"),
            "robots",
            "robots.txt of the host forbids this URL",
        ),
        (exceptions.IgnoreRequest("because"), "ignored", "because"),
        (ValueError(), "other", "ValueError"),
        (
            caused_by(SSL.Error([("SSL routines", "", "certificate verify failed")])),
            "tls",
            "the TLS handshake failed (certificate verify failed)",
        ),
        (caused_by(SSL.Error()), "tls", "(protocol error)"),
        (caused_by(VerificationError([])), "tls", "is for another host name"),
    ],
)
def test_a_failure_has_a_word_and_a_line(error, key: str, said: str) -> None:
    assert failure_key(Failure(error)) == key
    assert said in explain_failure(Failure(error))
    assert "\n" not in explain_failure(error)


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (404, {}, "HTTP 404 Not Found; no such page"),
        (
            429,
            {"Retry-After": "120"},
            "HTTP 429 Too Many Requests; too many requests; Retry-After: 120",
        ),
        (503, {}, "HTTP 503 Service Unavailable; the host failed"),
        (520, {}, "HTTP 520; the host failed"),
        (401, {}, "HTTP 401 Unauthorized"),
    ],
)
def test_a_status_is_named_with_what_it_means(status, headers, said) -> None:
    response = Response("http://x/", status=status, headers=headers)
    error = HttpError(response)
    assert failure_key(error) == f"http_{status}"
    assert explain_failure(error) == said
