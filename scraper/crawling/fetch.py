"""A few pages, asked for by a person, through the downloader of the crawl."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scraper import clock
from scraper.crawling import ALLOW_PRIVATE
from scraper.discovery.parts import may_have_parts, parse_parts
from scraper.errors import DiscoveryError, FetchRefused
from scraper.import_path import module_command
from scraper.items import Page
from scraper.joining import MOST_PARTS
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.workers import Reader

_CHILD = "scraper.crawling.fetch_once"
_START_UP = 20.0
"""Seconds that a child may take beyond the time-out: start, redirects, the end."""
_REDIRECTS = 5
"""REDIRECT_MAX_TIMES of the settings."""


def fetch_page(url: str, *, timeout: float = 30.0, allow_private: bool = False) -> Page:
    """Return the page at *url*, as the crawl's downloader gets it.

    The same handshakes, proxies, limits of size and refusals as in a crawl; *timeout*
    are the seconds of one answer. An address of this network is refused, unless
    *allow_private* or the environment's TINSACH_ALLOW_PRIVATE says otherwise. robots.txt,
    which speaks to robots, is not asked: a person asks for this one page. Works in a
    process of its own, so that it can be called from any thread, as often as wanted.

    Raises FetchRefused, with the reason in one line, where there is no page: not http,
    private, DNS, connection, TLS, time-out, too large, or a status that is no success.
    """
    return _page_of(url, *ask([url], timeout=timeout, allow_private=allow_private)[0])


def fetch_pages(
    urls: Sequence[str], *, timeout: float = 30.0, allow_private: bool = False
) -> list[Page | None]:
    """Return the page at each of *urls* as fetch_page() does, None where there is none.

    All through one downloader, of one host two at a time.
    """
    answers = ask(urls, timeout=timeout, allow_private=allow_private)
    told = zip(urls, answers, strict=True)
    return [
        None if "refused" in head else _page_of(url, head, body)
        for url, (head, body) in told
    ]


def fetch_parts(
    url: str,
    *,
    timeout: float = 30.0,
    allow_private: bool = False,
    reader: Reader | None = None,
) -> list[Page]:
    """Return the page at *url*, and those on which its article goes on, in order.

    Their links are looked for by *reader*, else in this process, without its limits. A
    further page that cannot be had ends it. Raises FetchRefused as fetch_page() does, and
    ExtractionError as the reader does.
    """
    pages = [fetch_page(url, timeout=timeout, allow_private=allow_private)]
    seen = {pages[0].url}
    while len(pages) < MOST_PARTS and (following := _next_part(pages[-1], reader)):
        (page,) = fetch_pages([following], timeout=timeout, allow_private=allow_private)
        if page is None or page.url in seen:
            break
        pages.append(page)
        seen.add(page.url)
    return pages


def _next_part(page: Page, reader: Reader | None) -> str:
    if not may_have_parts(page.body, page.url):
        return ""
    with suppress(DiscoveryError):
        if reader is None:
            links = parse_parts(page.body, url=page.url, encoding=page.encoding)
        else:
            found = reader.find_links(page, parse_parts, encoding=page.encoding)
            links = found.result()
        return links[0].url if links else ""
    return ""


def _page_of(url: str, answer: dict[str, Any], body: bytes) -> Page:
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


def ask(
    urls: Sequence[str], *, timeout: float = 30.0, allow_private: bool = False
) -> list[tuple[dict[str, Any], bytes]]:
    """Return what :mod:`scraper.crawling.fetch_once` answers to each: head and body.

    The head holds ``refused``, a reason in one line, where there is no page.
    """
    answers = {n: _refused("not an http or https address") for n in range(len(urls))}
    asked = [number for number, url in enumerate(urls) if is_http(url)]
    if asked:
        settings = {ALLOW_PRIVATE: True} if allow_private else {}
        reason, found = _run([urls[number] for number in asked], timeout, settings)
        missing = _refused(reason)
        answers |= {number: found.get(n, missing) for n, number in enumerate(asked)}
    return list(answers.values())


def _refused(reason: str) -> tuple[dict[str, Any], bytes]:
    return {"refused": reason}, b""


def _run(
    urls: list[str], timeout: float, settings: dict[str, bool]
) -> tuple[str, dict[int, tuple[dict[str, Any], bytes]]]:
    """Return what came, by place in *urls*, and why the rest did not."""
    longest = timeout * (_REDIRECTS + len(urls)) + _START_UP
    try:
        done = subprocess.run(  # noqa: S603  this interpreter, a module of this package
            module_command(_CHILD),
            input=json.dumps(
                {"urls": urls, "timeout": timeout, "settings": settings}
            ).encode(),
            capture_output=True,
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return f"no answer within {longest:.0f} s", _answers(error.stdout or b"")
    said = done.stderr.decode(errors="replace").strip().splitlines()
    reason = said[-1] if said else f"exit code {done.returncode}"
    return f"the downloader failed ({reason})", _answers(done.stdout)


def _answers(output: bytes) -> dict[int, tuple[dict[str, Any], bytes]]:
    return {head["number"]: (head, body) for head, body in _split(io.BytesIO(output))}


def _split(stream: io.BytesIO) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield each head with its body; what a child that was ended wrote last is cut off."""
    while line := stream.readline():
        try:
            head = json.loads(line)
        except ValueError:
            return
        body = stream.read(head["size"])
        if len(body) == head["size"]:
            yield head, body
