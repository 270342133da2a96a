"""Discover the sources of a site: the feeds, sitemaps and sections that list articles."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scraper.crawling.fetch import fetch_page, fetch_pages
from scraper.discovery import LinkKind, parse_feed, parse_listing, parse_sitemap
from scraper.discovery.front import (
    Candidate,
    FoundBy,
    candidates_of,
    feed_pages_of,
    feeds_listed,
)
from scraper.discovery.links import is_article_address
from scraper.errors import DiscoveryError, ExtractionError
from scraper.urls import site_of
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from scraper.discovery import Link
    from scraper.items import Page


MOST_SHOWN = 30
_FEED_PAGES = 2
"""The most pages that are read because they list feeds."""
_LEAST_SECTION_ARTICLES = 3
"""The fewest articles on a page of the menu that is a section."""

_PARSERS: dict[LinkKind, Callable[..., list[Link]]] = {
    LinkKind.FEED: parse_feed,
    LinkKind.SITEMAP: parse_sitemap,
    LinkKind.LISTING: parse_listing,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, sitemap or section page that lists articles.

    *items* counts the articles it lists, or the parts of a sitemap index. *newest* is the
    time of the newest article, None if none states a time. *articles* are the URLs of
    the first MOST_SHOWN.
    """

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str
    items: int
    newest: datetime | None
    articles: tuple[str, ...] = ()


def discover(url: str) -> Iterator[Source]:
    """Yield the sources of the site at *url*: the page itself, then the surest first.

    Candidates that do not answer or list no article are left out. Raises FetchRefused
    if the front page cannot be fetched, DiscoveryError if it is not HTML, ExtractionError
    if it exceeds the limits of a worker.
    """
    with ReaderPool(workers=1) as pool:
        front = fetch_page(url)
        candidates = _candidates(front, pool)
        own = Candidate(front.url, LinkKind.LISTING, FoundBy.ASKED)
        answers = fetch_pages([each.url for each in candidates])
        for candidate, page in zip([own, *candidates], [front, *answers], strict=True):
            with suppress(DiscoveryError, ExtractionError):
                source = _source(candidate, page, pool) if page else None
                if source:
                    yield source


def _candidates(front: Page, pool: ReaderPool) -> list[Candidate]:
    named = pool.find_links(front, feed_pages_of).result()[:_FEED_PAGES]
    robots, *pages = fetch_pages([urljoin(front.url, "/robots.txt"), *named])
    rules = robots.body if robots else b""
    found = pool.find_links(front, candidates_of, robots=rules).result()
    return found + _on_feed_pages(pages, {each.url for each in found}, pool)


def _on_feed_pages(
    pages: Iterable[Page | None], known: set[str], pool: ReaderPool
) -> list[Candidate]:
    """Return the feeds linked on *pages* that are not *known* yet."""
    found: dict[str, Candidate] = {}
    for page in filter(None, pages):
        with suppress(DiscoveryError, ExtractionError):
            for each in pool.find_links(page, feeds_listed).result():
                found.setdefault(each.url, each)
    return [each for url, each in found.items() if url not in known]


def _source(candidate: Candidate, page: Page, pool: ReaderPool) -> Source | None:
    """Return *candidate* as a source, None if it lists too few articles.

    Raises DiscoveryError if *page* is not of its kind.
    """
    parse = _PARSERS[candidate.kind]
    links = pool.find_links(page, parse).result()
    parts = [link for link in links if link.kind is LinkKind.SITEMAP]
    articles = parts or [link for link in links if _is_article(link, candidate)]
    if len(articles) < (
        _LEAST_SECTION_ARTICLES if candidate.kind is LinkKind.LISTING else 1
    ):
        return None
    times = [link.time for link in articles if link.time]
    return Source(
        page.url,
        candidate.kind,
        candidate.found_by,
        candidate.title,
        len(articles),
        max(times, default=None),
        () if parts else tuple(link.url for link in articles[:MOST_SHOWN]),
    )


def _is_article(link: Link, candidate: Candidate) -> bool:
    """Return True if *link* is an article of this site, as every link of a feed is."""
    if site_of(link.url) != site_of(candidate.url):
        return False
    if candidate.kind is LinkKind.SITEMAP and link.kind is LinkKind.OTHER:
        return is_article_address(link.url)
    return candidate.kind is LinkKind.FEED or link.kind is LinkKind.ARTICLE
