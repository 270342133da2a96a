"""An answer of the downloader becomes a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper import clock
from scraper.extraction.charsets import header_encoding
from scraper.items import Page
from scraper.storage import AddressKind

if TYPE_CHECKING:
    from scrapy.http import Response

    from scraper.items import Hint

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
