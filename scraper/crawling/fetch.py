"""One page, asked for by a person, through the downloader of the crawl."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from scraper import clock
from scraper.errors import FetchRefused
from scraper.items import Page
from scraper.urls import is_http

_CHILD = "scraper.crawling.fetch_once"
_START_UP = 20.0
"""Seconds that a child may take beyond the time-out: start, redirects, the end."""
_REDIRECTS = 5
"""REDIRECT_MAX_TIMES of the settings."""


def fetch_page(url: str, *, timeout: float = 30.0) -> Page:
    """Return the page at *url*, as the crawl's downloader gets it.

    The same handshakes, proxies, limits of size and refusals as in a crawl; *timeout*
    are the seconds of one answer. robots.txt, which speaks to robots, is not asked: a
    person asks for this one page. Works in a process of its own, so that it can be
    called from any thread and as often as wanted.

    Raises FetchRefused, with the reason in one line, where there is no page: not http,
    DNS, connection, TLS, time-out, too large, or a status that is no success.
    """
    answer, body = ask_once(url, timeout=timeout)
    if "refused" in answer:
        raise FetchRefused(f"{url}: {answer['refused']}")
    return Page(
        url=answer["url"],
        body=body,
        content_type=answer["content_type"],
        encoding=answer["encoding"],
        status=answer["status"],
        fetched_at=clock.now(),
    )


def ask_once(url: str, *, timeout: float = 30.0) -> tuple[dict[str, Any], bytes]:
    """Return what :mod:`scraper.crawling.fetch_once` answers: the head and the body.

    Raises FetchRefused where it gives no answer at all.
    """
    if not is_http(url):
        raise FetchRefused(f"{url}: not an http or https address")
    request = json.dumps({"url": url, "timeout": timeout})
    longest = timeout * (_REDIRECTS + 1) + _START_UP
    try:
        done = subprocess.run(  # noqa: S603  this interpreter, a module of this package
            [sys.executable, "-m", _CHILD],
            input=request.encode(),
            capture_output=True,
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FetchRefused(f"{url}: no answer within {longest:.0f} s") from None
    head, _, body = done.stdout.partition(b"\n")
    try:
        answer: dict[str, Any] = json.loads(head)
    except ValueError:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}"
        raise FetchRefused(f"{url}: the downloader failed ({reason})") from None
    return answer, body
