"""A lease becomes a request, and an answer what is remembered of the visit."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scrapy import Request

from scraper import clock
from scraper.crawling.scope import priority_of
from scraper.extraction.charsets import header_encoding
from scraper.items import Page
from scraper.storage import AddressKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.http import Response

    from scraper.items import Hint
    from scraper.storage import Lease


_START = 1000
"""Bytes of an answer within which its first tag stands."""


def page_of(response: Response, hints: tuple[Hint, ...] = ()) -> Page:
    """Return the page of *response*; the encoding is the HTTP header's alone.

    *hints* are those of its spider.
    """
    return Page(
        url=response.url,
        body=response.body,
        content_type=_content_type(response) or None,
        encoding=encoding_of(response),
        status=response.status,
        fetched_at=clock.now(),
        hints=hints,
    )


def encoding_of(response: Response) -> str | None:
    """Return the name of the encoding that the HTTP header declares, if any."""
    declared = _content_type(response)
    return header_encoding(declared) if declared else None


def source_kind_of(response: Response) -> AddressKind | None:
    """Return whether *response* is a feed or a sitemap by what it begins with."""
    start = response.body[:_START].replace(b"\0", b"").lower()  # of UTF-16 too
    if any(tag in start for tag in (b"<urlset", b"<sitemapindex")):
        return AddressKind.SITEMAP
    is_feed = any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf"))
    return AddressKind.FEED if is_feed else None


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


CONDITIONS = ("If-None-Match", "If-Modified-Since")
"""Headers of a request that ask for what is newer than the last visit."""
FIRST = 10**9
"""Priority of the sources that every run asks: before all articles."""


def request_for(
    lease: Lease, callback: Callable[..., Any], errback: Callable[..., Any]
) -> Request:
    """Return the request that visits *lease*, which both callbacks are given.

    If it asks for what is newer than the last visit alone, 304 is an answer. That each
    address is visited once is the frontier's business: Scrapy filters nothing.
    """
    address = lease.address
    is_article = address.kind is AddressKind.ARTICLE
    is_first = not is_article and address.page == 1
    conditions = _conditions(lease)
    answers = [HTTPStatus.NOT_MODIFIED] if conditions else []
    return Request(
        address.url,
        callback=callback,
        errback=errback,
        cb_kwargs={"lease": lease},
        headers=conditions,
        priority=FIRST if is_first else priority_of(address.time or address.changed),
        meta={"handle_httpstatus_list": answers},
        dont_filter=True,
    )


def _conditions(lease: Lease) -> dict[str, str]:
    """Return the headers that ask for what is newer; none for a source's first visit of a day.

    A server may give one ETag to all that it ever lists, and answer 304 for years.
    """
    is_source = lease.address.kind is not AddressKind.ARTICLE
    last = lease.visited_at
    if is_source and last and last.date() != clock.now().date():
        return {}
    named = zip(CONDITIONS, (lease.etag, lease.last_modified), strict=True)
    return {name: value for name, value in named if value}


def is_unchanged(response: Response, lease: Lease) -> bool:
    """Tell whether the server says so, or the bytes are those of the last visit.

    What has moved since then is read, whatever it says.
    """
    if response.status == HTTPStatus.NOT_MODIFIED:
        return True
    if response.url != lease.address.url:
        return False
    return bool(lease.content_hash) and hash_of(response) == lease.content_hash


def validators_of(response: Response) -> dict[str, str]:
    """Return what the next visit can ask with, as the fields of a Visit."""
    headers = response.headers
    return {
        "etag": (headers.get("ETag") or b"").decode("latin-1"),
        "last_modified": (headers.get("Last-Modified") or b"").decode("latin-1"),
        "content_hash": hash_of(response),
    }


def hash_of(response: Response) -> str:
    return hashlib.sha256(response.body).hexdigest()[:16]
