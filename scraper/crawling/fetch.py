"""A few pages, asked for by a person, through the downloader of the crawl."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from scraper.crawling.downloader import Answer, Downloader
from scraper.crawling.hinted import hinted
from scraper.discovery.parts import may_have_parts, parse_parts
from scraper.errors import DiscoveryError, FetchRefused
from scraper.joining import MOST_PARTS, join

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scraper.items import Article, Page
    from scraper.sitemodel import SiteModel
    from scraper.workers import Reader


def fetch_page(url: str, *, timeout: float = 30.0, allow_private: bool = False) -> Page:
    """Return the page at *url*, got by a :class:`Downloader` of its own.

    Raises FetchRefused, with the reason in one line, where there is no page: not http,
    private, DNS, connection, TLS, time-out, too large, or a status that is no success.
    """
    with Downloader(timeout=timeout, allow_private=allow_private) as downloader:
        return downloader.fetch(url)


def fetch_pages(urls: Sequence[str]) -> list[Page | None]:
    """Return the page at each of *urls* as fetch_page() does, None where there is none.

    All through one downloader, two at a time.
    """
    answers = zip(urls, fetch_answers(urls), strict=True)
    return [None if answer.refused else answer.page(url) for url, answer in answers]


def fetch_answers(urls: Sequence[str]) -> list[Answer]:
    """Return what comes of each of *urls*, all through one downloader."""
    with Downloader() as downloader:
        return [future.result() for future in [*map(downloader.ask, urls)]]


def fetch_parts(
    url: str,
    downloader: Downloader,
    *,
    reader: Reader | None = None,
    at_once: bool = True,
) -> list[Page]:
    """Return the page at *url*, and those on which its article goes on, in order.

    Their links are looked for by *reader*, else in this process, without its limits. A
    further page that cannot be had ends it. Raises FetchRefused as fetch_page() does, and
    ExtractionError as the reader does.
    """
    pages = [downloader.fetch(url, at_once=at_once)]
    seen = {pages[0].url}
    with suppress(FetchRefused):
        while len(pages) < MOST_PARTS and (following := _next_part(pages[-1], reader)):
            page = downloader.fetch(following, at_once=at_once)
            if page.url in seen:
                break
            pages.append(page)
            seen.add(page.url)
    return pages


def read_parts(
    pages: Sequence[Page],
    reader: Reader,
    model_of: Callable[[Page], SiteModel | None],
) -> Article:
    """Return the article that *pages*, as of fetch_parts(), are, read by *reader*.

    With the hints of the spider that knows their site. Raises ExtractionError.
    """
    known = [*map(hinted, pages)]
    futures = [reader.submit(page, model_of(page)) for page in known]
    return join([future.result() for future in futures])


def _next_part(page: Page, reader: Reader | None) -> str:
    if not may_have_parts(page.body, page.url):
        return ""
    with suppress(DiscoveryError):
        if reader is None:
            links = parse_parts(page.body, url=page.url, encoding=page.encoding)
        else:
            found = reader.find_links(page, parse_parts, encoding=page.encoding)
            links = found.result()
        return links[0].url if links else ""
    return ""
