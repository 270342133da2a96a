"""Find the sources of a site, feeds, sitemaps and sections, by front page and robots.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from protego import Protego

from scraper.discovery.links import LinkKind, absolute
from scraper.discovery.pages import feeds_among, feeds_of, parse_links, parse_listing
from scraper.extraction.document import decode
from scraper.extraction.encoding import is_utf8
from scraper.text import compare_key
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Iterator


_ASCII = bytes(range(128))
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))
MOST_SECTIONS = 40
COMMON_FEEDS = ("/rss", "/feed", "/rss.xml", "/atom.xml", "/rss/home.rss")
COMMON_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")
_FEED_PAGE = re.compile(r"(?i)/rss(?:\.\w+)?/?$")


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt, by its byte order mark, UTF-8, UTF-16 or Latin.

    The encoding of bytes that are not UTF-8 is unknown, so such a line is returned twice:
    as Windows-1252, and percent-encoded as in a URL (RFC 9309, section 2.2.2). Either
    form of the rule then holds.
    """
    if b"\0" in body or is_utf8(body):
        return decode(body).translate(_UNSEEN)
    return "\n".join(line for raw in body.splitlines() for line in _spellings(raw))


def _spellings(line: bytes) -> list[str]:
    if line.isascii():
        return [line.decode("ascii")]
    return [line.decode("cp1252", "replace"), quote(line, safe=_ASCII)]


class FoundBy(StrEnum):
    """How a source was found, the surest first."""

    ASKED = "asked for"
    ROBOTS = "robots.txt"
    DECLARED = "declared"
    LINKED = "linked"
    COMMON = "common path"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL that may be a source; *title* is its name on the page."""

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str = ""


def candidates_of(front: bytes, robots: bytes, *, url: str) -> list[Candidate]:
    """Return possible sources of the site whose front page is at *url*.

    Each URL once, with the surest way in which it was found, and at most MOST_SECTIONS
    sections. Common paths of feeds and of sitemaps are added only if no other was found.
    Raises DiscoveryError if *front* is not HTML.
    """
    found: dict[str, Candidate] = {}
    for candidate in (
        *_from_robots(robots, url),
        *_declared(front, url),
        *feeds_listed(front, url=url),
        *_sections(front, url),
    ):
        found.setdefault(normalise_url(candidate.url), candidate)
    kinds = {candidate.kind for candidate in found.values()}
    return [*found.values(), *_common(url, kinds)]


def feed_pages_of(front: bytes, *, url: str) -> list[str]:
    """Return pages that list the feeds of the site and are linked on its front page.

    Raises DiscoveryError if *front* is not HTML.
    """
    links = parse_links(front, url=url)
    return [link.url for link in links if _is_feed_page(link.url, link.title, url)]


def feeds_listed(page: bytes, *, url: str) -> list[Candidate]:
    """Return the feeds that *page* links; raises DiscoveryError if it is not HTML."""
    return [
        Candidate(link.url, LinkKind.FEED, FoundBy.LINKED, link.title)
        for link in feeds_among(parse_links(page, url=url))
    ]


def _from_robots(robots: bytes, url: str) -> Iterator[Candidate]:
    for address in Protego.parse(robots_text(robots)).sitemaps:
        there = absolute(url, address)
        if there:
            yield Candidate(there, LinkKind.SITEMAP, FoundBy.ROBOTS)


def _declared(front: bytes, url: str) -> Iterator[Candidate]:
    for link in feeds_of(front, url=url):
        yield Candidate(link.url, LinkKind.FEED, FoundBy.DECLARED, link.title)


def _is_feed_page(address: str, title: str, url: str) -> bool:
    is_named = compare_key(title) == "rss" or _FEED_PAGE.search(urlsplit(address).path)
    return bool(is_named) and site_of(address) == site_of(url)


def _sections(front: bytes, url: str) -> list[Candidate]:
    home = normalise_url(url)
    named = [
        Candidate(link.url, LinkKind.LISTING, FoundBy.LINKED, link.title)
        for link in parse_listing(front, url=url)
        if link.kind is LinkKind.LISTING and normalise_url(link.url) != home
    ]
    return named[:MOST_SECTIONS]


def _common(url: str, kinds: set[LinkKind]) -> Iterator[Candidate]:
    for kind, paths in (
        (LinkKind.FEED, COMMON_FEEDS),
        (LinkKind.SITEMAP, COMMON_SITEMAPS),
    ):
        if kind not in kinds:
            for path in paths:
                yield Candidate(urljoin(url, path), kind, FoundBy.COMMON)
