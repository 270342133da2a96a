"""How the product reads a make, each way as one of its commands or parts does."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.discovery import parse_feed, parse_links, parse_sitemap
from scraper.discovery.links import find_refresh
from scraper.discovery.markup import robots_text
from scraper.discovery.pages import feeds_of, next_page, parse_listing, parse_parts
from scraper.errors import ScraperError
from scraper.exports import PAGE_FORMATS, Extras, render
from scraper.exports.html import Reading, render_explanation
from scraper.extraction.document import count_hidden
from scraper.items import Page
from scraper.reading import read, study
from scraper.sitemodel import learn
from worlds.fuzz import seeds
from worlds.hostile.make import URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.sitemodel import SiteModel

_WITH_ALL = Extras(links=True, images=True)


def _page(body: bytes) -> Page:
    return Page(URL, body, content_type="text/html")


def _read(body: bytes) -> None:
    read(_page(body), with_ledger=False)


def _explain(body: bytes) -> None:
    page = _page(body)
    article = read(page, full=True, weigh=True)
    render_explanation([Reading("a", article)], hidden=count_hidden(page))


def _render(body: bytes) -> None:
    article = read(_page(body))
    for form in PAGE_FORMATS:
        render(article, form, _WITH_ALL if form != "text" else Extras())


def _other_links(body: bytes) -> None:
    for parse in (parse_parts, feeds_of, next_page):
        with suppress(ScraperError):
            parse(body, url=URL)
    find_refresh(body, url=URL)


def _by_model(body: bytes) -> None:
    read(_page(body), replica_model())


def _robots(body: bytes) -> None:
    from scraper.crawling.middlewares.politeness import BoundedParser

    parser = BoundedParser.from_crawler(None, body)  # type: ignore[arg-type]
    parser.allowed(URL, "tinsach")
    robots_text(body)


@lru_cache
def replica_model() -> SiteModel | None:
    pages = (Page(url, body) for url, body in seeds.replica_pages())
    return learn("replica.example", [study(page).digest for page in pages])


WAYS: dict[str, dict[str, Callable[[bytes], object]]] = {
    "page": {
        "read": _read,
        "explain": _explain,
        "render": _render,
        "listing": lambda body: parse_listing(body, url=URL),
        "links": lambda body: parse_links(body, url=URL),
        "other links": _other_links,
        "model": _by_model,
    },
    "feed": {"feed": lambda body: parse_feed(body, url=URL)},
    "sitemap": {"sitemap": lambda body: parse_sitemap(body, url=URL)},
    "robots": {"robots": _robots},
}
"""By the reader that a make is for: the name of each way, and the way."""


def run(way: Callable[[bytes], object], body: bytes) -> None:
    """Read *body*; let the errors pass by that every caller reckons with."""
    with suppress(ScraperError):
        way(body)
