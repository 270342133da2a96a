"""The sources of a site, found by asking its front page and looking at each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scraper.crawling.fetch import fetch_page, fetch_pages
from scraper.discovery import LinkKind, parse_feed, parse_listing, parse_sitemap
from scraper.discovery.addresses import is_article_address
from scraper.discovery.front import (
    Candidate,
    FoundBy,
    candidates_of,
    feed_pages_of,
    feeds_listed,
)
from scraper.errors import DiscoveryError, ExtractionError
from scraper.urls import site_of
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from scraper.discovery import Link
    from scraper.items import Page

MOST_SHOWN = 30
_MOST_PAGES = 2
"""Pages that list feeds which are read at most."""
_FEWEST = 3
"""Articles that a page of a menu must list to be a section."""

_PARSERS: dict[LinkKind, Callable[..., list[Link]]] = {
    LinkKind.FEED: parse_feed,
    LinkKind.SITEMAP: parse_sitemap,
    LinkKind.LISTING: parse_listing,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Something that lists articles.

    *kind* is feed, sitemap or listing; *items* how many articles it lists, of an index
    of sitemaps its parts; *newest* the time of the newest, None where no time is told;
    *articles* the addresses of the first MOST_SHOWN.
    """

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str
    items: int
    newest: datetime | None
    articles: tuple[str, ...] = ()


def discover(url: str) -> Iterator[Source]:
    """Yield the sources of the site at *url*: the page itself, then the surest.

    A candidate that does not answer, or lists no article, is none. Raises FetchRefused
    where the front page cannot be had, DiscoveryError where it is no HTML. Pages are
    read by a worker within its limits; ExtractionError where the front page exceeds them.
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
    named = pool.find_links(front, feed_pages_of).result()[:_MOST_PAGES]
    robots, *pages = fetch_pages([urljoin(front.url, "/robots.txt"), *named])
    rules = robots.body if robots else b""
    found = pool.find_links(front, candidates_of, robots=rules).result()
    return found + _on_feed_pages(pages, {each.url for each in found}, pool)


def _on_feed_pages(
    pages: Iterable[Page | None], known: set[str], pool: ReaderPool
) -> list[Candidate]:
    """Return the feeds named on *pages* that list them, but for those that are *known*."""
    found: dict[str, Candidate] = {}
    for page in filter(None, pages):
        with suppress(DiscoveryError, ExtractionError):
            for each in pool.find_links(page, feeds_listed).result():
                found.setdefault(each.url, each)
    return [each for url, each in found.items() if url not in known]


def _source(candidate: Candidate, page: Page, pool: ReaderPool) -> Source | None:
    """Return what *candidate* is by its *page*; raises DiscoveryError for another thing."""
    parse = _PARSERS[candidate.kind]
    links = pool.find_links(page, parse).result()
    parts = [link for link in links if link.kind is LinkKind.SITEMAP]
    articles = parts or [link for link in links if _is_article(link, candidate)]
    if len(articles) < (_FEWEST if candidate.kind is LinkKind.LISTING else 1):
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
    """Tell an article of this site; what a feed lists is one by its word."""
    if site_of(link.url) != site_of(candidate.url):
        return False
    if candidate.kind is LinkKind.SITEMAP and link.kind is LinkKind.OTHER:
        return is_article_address(link.url)
    return candidate.kind is LinkKind.FEED or link.kind is LinkKind.ARTICLE
