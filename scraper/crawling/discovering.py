"""The sources of a site, found by asking its front page and looking at each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scraper.crawling.fetch import fetch_page
from scraper.discovery import LinkKind, parse_feed, parse_links, parse_sitemap
from scraper.discovery.addresses import is_article_address
from scraper.discovery.front import (
    Candidate,
    FoundBy,
    candidates_of,
    feed_pages_of,
    feeds_listed,
)
from scraper.errors import FetchRefused, ScraperError
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scraper.discovery import Link
    from scraper.items import Page

    Fetch = Callable[[str], Page]

AT_ONCE = 4
"""Sources that are looked at together: a person waits, the site should not notice."""
_MOST_PAGES = 2
"""Pages that list feeds which are read at most."""
_FEWEST = 3
"""Articles that a page of a menu must list to be a section."""

_PARSERS: dict[LinkKind, Callable[..., list[Link]]] = {
    LinkKind.FEED: parse_feed,
    LinkKind.SITEMAP: parse_sitemap,
    LinkKind.LISTING: parse_links,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Something that lists articles.

    *kind* is feed, sitemap or listing; *items* how many articles it lists, of an index
    of sitemaps its parts; *newest* the time of the newest, None where no time is told.
    """

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str
    items: int
    newest: datetime | None


def discover(url: str, fetch: Fetch = fetch_page) -> Iterator[Source]:
    """Yield the sources of the site at *url*: the page itself, then the surest.

    A candidate that does not answer, or lists no article, is none. Raises FetchRefused
    where the front page cannot be had, DiscoveryError where it is no HTML.
    """
    front = fetch(url)
    robots = _robots(front.url, fetch)
    candidates = candidates_of(front.body, robots, url=front.url)
    candidates += _on_feed_pages(front, fetch)
    own = Candidate(front.url, LinkKind.LISTING, FoundBy.ASKED)
    yield from filter(None, [_source(own, front)])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        looked = pool.map(lambda each: _look(each, fetch), candidates)
        yield from (source for source in looked if source)


def _robots(url: str, fetch: Fetch) -> bytes:
    try:
        return fetch(urljoin(url, "/robots.txt")).body
    except FetchRefused:
        return b""


def _on_feed_pages(front: Page, fetch: Fetch) -> list[Candidate]:
    """Return the feeds named on the page that lists them, where the front page links one."""
    found: dict[str, Candidate] = {}
    for url in feed_pages_of(front.body, url=front.url)[:_MOST_PAGES]:
        with suppress(ScraperError):
            page = fetch(url)
            for each in feeds_listed(page.body, url=page.url):
                found.setdefault(each.url, each)
    return list(found.values())


def _look(candidate: Candidate, fetch: Fetch) -> Source | None:
    try:
        return _source(candidate, fetch(candidate.url))
    except ScraperError:
        return None


def _source(candidate: Candidate, page: Page) -> Source | None:
    """Return what *candidate* is by its *page*; raises DiscoveryError for another thing."""
    parse = _PARSERS[candidate.kind]
    links = parse(page.body, url=page.url)
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
    )


def _is_article(link: Link, candidate: Candidate) -> bool:
    """Tell an article of this site; what a feed lists is one by its word."""
    if site_of(link.url) != site_of(candidate.url):
        return False
    said = candidate.kind is LinkKind.FEED or link.kind is LinkKind.ARTICLE
    return said or is_article_address(link.url)
