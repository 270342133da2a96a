"""The Python API: what ``scraper.extract`` and ``scraper.fetch`` are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.items import Page
from scraper.reading import read

if TYPE_CHECKING:
    from scraper.items import Article
    from scraper.sitemodel import SiteModel


def extract(
    html: bytes | str, *, url: str = "", model: SiteModel | None = None
) -> Article:
    """Return the article of *html*; *url* resolves relative addresses.

    *model* is what was learned of the site, as ``tinsach model show`` prints it and
    :meth:`SiteModel.from_json` reads it; None reads the page alone.

    Text is taken as it is, half a surrogate pair as "?"; for bytes the page's own
    declaration decides. Raises
    :class:`~scraper.errors.ExtractionError` where the bytes are no HTML page.
    """
    if isinstance(html, str):
        page = Page(url, html.encode("utf-8", "replace"), encoding="utf-8")
        return read(page, model)
    return read(Page(url, html), model)


def fetch(
    url: str, *, model: SiteModel | None = None, allow_private: bool = False
) -> Article:
    """Fetch *url* as a crawl would and return its article, read by *model*.

    An article that goes on on further pages is made whole. An address of this network
    is refused unless *allow_private*.
    Raises :class:`~scraper.errors.FetchRefused` where there is no page to be had, and
    what :func:`extract` raises.
    """
    from scraper.crawling.fetch import fetch_parts
    from scraper.joining import join

    pages = fetch_parts(url, allow_private=allow_private)
    return join([read(page, model) for page in pages])
