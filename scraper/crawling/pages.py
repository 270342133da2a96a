"""An answer of the downloader becomes a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from w3lib.encoding import http_content_type_encoding

from scraper import clock
from scraper.items import Page

if TYPE_CHECKING:
    from scrapy.http import Response


def page_of(response: Response) -> Page:
    """Return the page of *response*; the encoding is the HTTP header's alone."""
    return Page(
        url=response.url,
        body=response.body,
        content_type=_content_type(response) or None,
        encoding=encoding_of(response),
        status=response.status,
        fetched_at=clock.now(),
    )


def encoding_of(response: Response) -> str | None:
    """Return the encoding that the HTTP header declares, None where it does not."""
    declared = _content_type(response)
    return http_content_type_encoding(declared) if declared else None


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
