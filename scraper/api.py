"""The functions of the Python API: ``scraper.extract`` and ``scraper.fetch``."""

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
    """Return the article of *html*, which was found at *url*.

    *url* resolves relative URLs; without it, the URL that the page declares is used.
    *model* is the model of the page's site, as ``tinsach model show`` prints it and
    :meth:`SiteModel.from_json` reads it. A page of another site is read without it.

    A str is used as it is; bytes are decoded as the page declares. Content beyond the
    bounds of a page (20 MiB, 200,000 tags and others, see docs/rules.md) is not read, and
    the ledger says so. Reading any 5 MB takes a few seconds and less than 500 MB. With
    *timeout*, in seconds, a child process reads the page within the memory limit of a
    worker; without it, this process reads the page without limits.

    Raises :class:`~scraper.errors.ExtractionError` if *html* is not an HTML page, holds
    an unpaired surrogate, or takes too much memory to read;
    :class:`~scraper.errors.ExtractionTimeout` after *timeout*; ConfigurationError for an
    invalid *timeout*, and TypeError for an argument of another type.
    """
    page = page_of(html, url)
    return _read(page, model) if timeout is None else _read_within(timeout, page, model)


def fetch(
    url: str, *, model: SiteModel | None = None, allow_private: bool = False
) -> Article:
    """Fetch *url* as a crawl would and return its article, read with *model*.

    An article of several pages is returned whole. Private addresses are refused unless
    *allow_private*. Raises :class:`~scraper.errors.FetchRefused` if there is no page, and
    what :func:`extract` raises.
    """
    from scraper.crawling.downloader import Downloader
    from scraper.crawling.fetch import fetch_parts, read_parts

    _check_url(url)
    with Downloader(allow_private=allow_private) as downloader:
        pages = fetch_parts(url, downloader)
    return read_parts(pages, partial(_usable, model))


def page_of(html: bytes | str, url: str) -> Page:
    """Return *html*, found at *url*, as a page; raises what :func:`extract` raises."""
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
    """Return *text* as UTF-8; raises UndecodablePage for an unpaired surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UndecodablePage(
            f"{name} holds an unpaired surrogate at character {error.start}: it was"
            " truncated, or decoded with errors ignored; pass the bytes of the page"
        ) from error


def _usable(model: SiteModel | None, page: Page) -> SiteModel | None:
    return model if model and model.covers(page.url) else None


def _read(page: Page, model: SiteModel | None) -> Article:
    from scraper.reading import read

    return read(page, _usable(model, page))


def _read_within(timeout: float, page: Page, model: SiteModel | None) -> Article:
    from scraper.workers.reader import SingleReader

    with SingleReader(timeout=timeout) as reader:
        return reader.run(page, partial(_read, model=model)).result()
