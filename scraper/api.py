"""The Python API: what ``scraper.extract`` and ``scraper.fetch`` are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scraper.errors import UndecodablePage
from scraper.items import Page

if TYPE_CHECKING:
    from scraper.items import Article
    from scraper.sitemodel import SiteModel


def extract(
    html: bytes | str,
    *,
    url: str = "",
    model: SiteModel | None = None,
    timeout: float | None = None,
) -> Article:
    """Return the article of *html*; *url* resolves relative addresses.

    Without *url* the page has the one that it declares, if any. *model* is what was
    learned of the site, as ``tinsach model show`` prints it and
    :meth:`SiteModel.from_json` reads it; it is not used for a page of another site.
    None reads the page alone.

    Text is taken as it is; for bytes the page's own declaration decides. What is beyond
    the bounds of a page (20 MiB, 200,000 tags and others, see docs/rules.md) is not read,
    and the ledger says so. Whatever 5 MB hold, reading them takes some seconds and less
    than 500 MB. With *timeout*, in seconds, a child process reads the page, within the
    memory that a worker may take; without it this process does, without a limit.

    Raises :class:`~scraper.errors.ExtractionError` if *html* is no HTML page, or text
    that holds half a surrogate pair, or if reading it takes more memory;
    :class:`~scraper.errors.ExtractionTimeout` past *timeout*; ConfigurationError for a
    *timeout* that makes no sense, and TypeError for another type.
    """
    page = page_of(html, url)
    return _read(page, model) if timeout is None else _read_within(timeout, page, model)


def fetch(
    url: str, *, model: SiteModel | None = None, allow_private: bool = False
) -> Article:
    """Fetch *url* as a crawl would and return its article, read by *model*.

    An article that goes on on further pages is made whole. An address of this network
    is refused unless *allow_private*.
    Raises :class:`~scraper.errors.FetchRefused` where there is no page to be had, and
    what :func:`extract` raises.
    """
    from scraper.crawling.downloader import Downloader
    from scraper.crawling.fetch import fetch_parts, read_parts

    _check_url(url)
    with Downloader(allow_private=allow_private) as downloader:
        pages = fetch_parts(url, downloader)
    return read_parts(pages, partial(_usable, model))


def page_of(html: bytes | str, url: str) -> Page:
    """Return *html*, found at *url*, as a page; raises what :func:`extract` raises for it."""
    if not isinstance(html, bytes | str):
        raise TypeError(f"html must be bytes or str, not {type(html).__name__}")
    _check_url(url)
    _encoded(url, "url")
    if isinstance(html, bytes):
        return Page(url, html)
    return Page(url, _encoded(html, "html"), encoding="utf-8")


def _check_url(url: str) -> None:
    if not isinstance(url, str):
        raise TypeError(f"url must be str, not {type(url).__name__}")


def _encoded(text: str, name: str) -> bytes:
    """Return *text* as UTF-8; raises UndecodablePage for half a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UndecodablePage(
            f"{name} holds half a surrogate pair at character {error.start}: it was cut,"
            " or decoded with errors ignored; pass the bytes of the page"
        ) from error


def _usable(model: SiteModel | None, page: Page) -> SiteModel | None:
    return model if model and model.covers(page.url) else None


def _read(page: Page, model: SiteModel | None) -> Article:
    from scraper.reading import read

    return read(page, _usable(model, page))


def _read_within(timeout: float, page: Page, model: SiteModel | None) -> Article:
    from scraper.workers.single import SingleReader

    with SingleReader(timeout=timeout) as reader:
        return reader.run(page, partial(_read, model=model)).result()
