"""An answer of the downloader becomes a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import TextResponse
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


def addresses_in(response: Response, selectors: tuple[str, ...]) -> set[str] | None:
    """Return the addresses linked within *selectors*, None where nothing matches."""
    if not selectors or not isinstance(response, TextResponse):
        return None
    places = response.css(", ".join(selectors))
    found = places.css("a::attr(href)").getall()
    return {response.urljoin(href.strip()) for href in found} if places else None


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
