"""The Python API: what ``scraper.extract`` and ``scraper.fetch`` are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.items import Page
from scraper.reading import read

if TYPE_CHECKING:
    from scraper.items import Article


def extract(html: bytes | str, *, url: str = "") -> Article:
    """Return the article of *html*; *url* resolves relative addresses.

    Text is taken as it is, half a surrogate pair as "?"; for bytes the page's own
    declaration decides. Raises
    :class:`~scraper.errors.ExtractionError` where the bytes are no HTML page.
    """
    if isinstance(html, str):
        return read(Page(url, html.encode("utf-8", "replace"), encoding="utf-8"))
    return read(Page(url, html))


def fetch(url: str) -> Article:
    """Fetch *url* as a crawl would and return its article.

    Raises :class:`~scraper.errors.FetchRefused` where there is no page to be had, and
    what :func:`extract` raises.
    """
    from scraper.crawling.fetch import fetch_page

    return read(fetch_page(url))
