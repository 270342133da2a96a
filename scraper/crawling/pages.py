"""An answer of the downloader becomes a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.http import TextResponse
from scrapy.utils.response import get_base_url
from w3lib.encoding import http_content_type_encoding

from scraper import clock
from scraper.discovery.links import absolute
from scraper.items import Page
from scraper.urls import normalise_url

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
    """Return the addresses linked within *selectors*, normalised.

    None where nothing matches.
    """
    if not selectors or not isinstance(response, TextResponse):
        return None
    places = response.css(", ".join(selectors))
    found = places.css("a::attr(href)").getall()
    if not places:
        return None
    base = get_base_url(response)
    addresses = (absolute(base, href) for href in found)
    return {normalise_url(address) for address in addresses if address}


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
