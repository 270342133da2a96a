"""Visits: the request for a lease, and what is kept of its response."""

from __future__ import annotations

import hashlib
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scrapy import Request

from scraper import clock
from scraper.crawling import header_of
from scraper.crawling.scope import priority_of
from scraper.extraction.encoding import header_encoding
from scraper.items import Page
from scraper.storage import AddressKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scrapy.http import Response

    from scraper.items import Hint
    from scraper.storage import Lease


_SNIFFED_BYTES = 1000
"""Bytes of a response within which its first tag stands."""


def page_of(response: Response, hints: tuple[Hint, ...] = ()) -> Page:
    """Return the page of *response*, with the spider's *hints*.

    The encoding is only that of the HTTP header.
    """
    return Page(
        url=response.url,
        body=response.body,
        content_type=header_of(response, "Content-Type") or None,
        encoding=encoding_of(response),
        status=response.status,
        fetched_at=clock.now(),
        hints=hints,
    )


def encoding_of(response: Response) -> str | None:
    """Return the name of the encoding that the HTTP header declares, if any."""
    declared = header_of(response, "Content-Type")
    return header_encoding(declared) if declared else None


def date_of(response: Response) -> datetime | None:
    """Return the time that the server states, None without a valid one."""
    try:
        moment = parsedate_to_datetime(header_of(response, "Date"))
    except (OverflowError, ValueError):
        return None
    return moment if moment.tzinfo else None


def source_kind_of(response: Response) -> AddressKind | None:
    """Return the kind of source that *response* begins like, None if it is not one."""
    start = response.body[:_SNIFFED_BYTES].replace(b"\0", b"").lower()  # of UTF-16 too
    if any(tag in start for tag in (b"<urlset", b"<sitemapindex")):
        return AddressKind.SITEMAP
    is_feed = any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf"))
    return AddressKind.FEED if is_feed else None


CONDITIONS = ("If-None-Match", "If-Modified-Since")
"""Headers of a conditional request."""
SOURCE_PRIORITY = 10**9
"""Priority of the sources that every run visits: before all articles."""


def request_for(
    lease: Lease, callback: Callable[..., Any], errback: Callable[..., Any]
) -> Request:
    """Return the request that visits *lease*, which is passed to both callbacks.

    Status 304 reaches the callback of a conditional request. The frontier ensures that
    each URL is visited once: Scrapy filters nothing.
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
        priority=SOURCE_PRIORITY
        if is_first
        else priority_of(address.time or address.changed),
        meta={"handle_httpstatus_list": answers},
        dont_filter=True,
    )


def _conditions(lease: Lease) -> dict[str, str]:
    """Return the conditional headers; none for the first visit of a day to a source.

    A server may give one ETag to everything it lists, and answer 304 for years.
    """
    is_source = lease.address.kind is not AddressKind.ARTICLE
    last = lease.visited_at
    if is_source and last and last.date() != clock.now().date():
        return {}
    named = zip(CONDITIONS, (lease.etag, lease.last_modified), strict=True)
    return {name: value for name, value in named if value}


def is_unchanged(response: Response, lease: Lease) -> bool:
    """Return True if the server says so, or the bytes are those of the last visit.

    A page that has moved since then counts as changed.
    """
    if response.status == HTTPStatus.NOT_MODIFIED:
        return True
    if response.url != lease.address.url:
        return False
    return bool(lease.content_hash) and hash_of(response) == lease.content_hash


def validators_of(response: Response) -> dict[str, str]:
    """Return the validators of the next conditional request, as fields of a Visit."""
    return {
        "etag": header_of(response, "ETag"),
        "last_modified": header_of(response, "Last-Modified"),
        "content_hash": hash_of(response),
    }


def hash_of(response: Response) -> str:
    return hashlib.sha256(response.body).hexdigest()[:16]
