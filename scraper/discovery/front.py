"""What a front page and robots.txt tell of a site's sources: feeds, sitemaps, sections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from protego import Protego

from scraper.discovery.addresses import is_article_address
from scraper.discovery.links import Link, LinkKind, absolute
from scraper.discovery.pages import base_of, feeds_of, parse_root
from scraper.text import clean, compare_key
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

MOST_SECTIONS = 40
_FEED_ADDRESS = re.compile(r"(?i)(?:\.(?:rss|atom)|/(?:rss|feed|atom)(?:\.xml)?/?)$")
_FEED_INDEX = re.compile(r"(?i)/rss(?:\.\w+)?/?$")
COMMON_FEEDS = ("/rss", "/feed", "/rss.xml", "/atom.xml", "/rss/home.rss")
COMMON_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")
_MENU = re.compile(
    r"(?i)(?:^|[\s_-])(?:nav|navbar|navigation|menu|main-?menu)(?:$|[\s_-])"
)
_MOST_WORDS = 5
_MOST_DEPTH = 2
_NO_SECTION = re.compile(
    r"(?i)/(?:rss|feed|tags?|search|tim-kiem|login|dang-nhap|register|account|contact"
    r"|lien-he|about|gioi-thieu|privacy|terms|subscribe|newsletters?|mailto|video)\b"
    r"|\.(?:xml|rss|pdf|jpe?g|png|gif|svg|zip|mp[34])$"
)


class FoundBy(StrEnum):
    """How a source was found, the surest first."""

    ASKED = "asked for"
    ROBOTS = "robots.txt"
    DECLARED = "declared"
    LINKED = "linked"
    NAVIGATION = "navigation"
    COMMON = "common path"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a source; *title* is what the page calls it."""

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str = ""


def candidates_of(front: bytes, robots: bytes, *, url: str) -> list[Candidate]:
    """Return what may be sources of the site whose front page is at *url*.

    Each address once, by the surest way in which it was found. Common paths of feeds and
    sitemaps are named only where nothing else of the kind was. Raises DiscoveryError
    where *front* is no HTML.
    """
    root = parse_root(front, url=url)
    found: dict[str, Candidate] = {}
    for candidate in (
        *_from_robots(robots, url),
        *_declared(front, url),
        *_linked_feeds(root, url),
        *_sections(root, url),
    ):
        found.setdefault(normalise_url(candidate.url), candidate)
    kinds = {candidate.kind for candidate in found.values()}
    return [*found.values(), *_common(url, kinds)]


def feed_pages_of(front: bytes, *, url: str) -> list[str]:
    """Return pages that list the feeds of the site, as its front page links them.

    Raises DiscoveryError where *front* is no HTML.
    """
    found = _anchors([parse_root(front, url=url)], url)
    return list(dict.fromkeys(a for a, title in found if _is_feed_page(a, title, url)))


def feeds_listed(page: bytes, *, url: str) -> list[Candidate]:
    """Return the feeds that the HTML *page* links; raises DiscoveryError for another."""
    return list(_linked_feeds(parse_root(page, url=url), url))


def crawl_delay_of(robots: bytes, agent: str) -> float | None:
    """Return the seconds between two requests that robots.txt asks *agent* for."""
    delay = _parsed(robots).crawl_delay(agent)
    return None if delay is None else float(delay)


def _parsed(robots: bytes) -> Protego:
    return Protego.parse(robots.decode("utf-8", "replace"))


def _from_robots(robots: bytes, url: str) -> Iterator[Candidate]:
    for address in _parsed(robots).sitemaps:
        there = absolute(url, address)
        if there:
            yield Candidate(there, LinkKind.SITEMAP, FoundBy.ROBOTS)


def _declared(front: bytes, url: str) -> Iterator[Candidate]:
    for link in feeds_of(front, url=url):
        yield Candidate(link.url, LinkKind.FEED, FoundBy.DECLARED, link.title)


def linked_feeds(root: HtmlElement, url: str) -> Iterator[Link]:
    """Yield anchors whose address is that of a feed; a page that lists feeds is none."""
    for address, title in _anchors([root], url):
        path = urlsplit(address).path
        if _FEED_ADDRESS.search(path) and not _FEED_INDEX.search(path):
            yield Link(address, LinkKind.FEED, title, source=url)


def _linked_feeds(root: HtmlElement, url: str) -> Iterator[Candidate]:
    for link in linked_feeds(root, url):
        yield Candidate(link.url, LinkKind.FEED, FoundBy.LINKED, link.title)


def _is_feed_page(address: str, title: str, url: str) -> bool:
    is_named = compare_key(title) == "rss" or _FEED_INDEX.search(urlsplit(address).path)
    return bool(is_named) and site_of(address) == site_of(url)


def _sections(root: HtmlElement, url: str) -> Iterator[Candidate]:
    """Yield what the menus of the page link with a short name, at most MOST_SECTIONS."""
    seen: set[str] = set()
    for address, title in _anchors(menus_of(root), url):
        if len(seen) == MOST_SECTIONS:
            return
        if address not in seen and _may_be_section(address, title, url):
            seen.add(address)
            yield Candidate(address, LinkKind.LISTING, FoundBy.NAVIGATION, title)


def _may_be_section(address: str, title: str, url: str) -> bool:
    parts = urlsplit(address)
    depth = len([part for part in parts.path.split("/") if part])
    return (
        0 < depth <= _MOST_DEPTH
        and not parts.query
        and 0 < len(compare_key(title).split()) <= _MOST_WORDS
        and site_of(address) == site_of(url)
        and not _NO_SECTION.search(parts.path)
        and not is_article_address(address)
    )


def menus_of(root: HtmlElement) -> list[HtmlElement]:
    """Return the outermost elements of navigation of a page."""
    found: list[HtmlElement] = []
    for element in root.iter("nav", "ul", "div", "header", "table"):
        if _is_menu(element) and not any(e in found for e in element.iterancestors()):
            found.append(element)
    return found


def _is_menu(element: HtmlElement) -> bool:
    if element.tag == "nav" or element.get("role") == "navigation":
        return True
    names = (element.get("class", ""), element.get("id", ""))
    return any(_MENU.search(name) for name in names)


def _anchors(parts: Iterable[HtmlElement], url: str) -> Iterator[tuple[str, str]]:
    for part in parts:
        base = base_of(part.getroottree().getroot(), url)
        for anchor in part.iter("a"):
            address = absolute(base, anchor.get("href"))
            if address:
                yield (
                    address,
                    clean(anchor.text_content()) or clean(anchor.get("title", "")),
                )


def _common(url: str, kinds: set[LinkKind]) -> Iterator[Candidate]:
    for kind, paths in (
        (LinkKind.FEED, COMMON_FEEDS),
        (LinkKind.SITEMAP, COMMON_SITEMAPS),
    ):
        if kind not in kinds:
            for path in paths:
                yield Candidate(urljoin(url, path), kind, FoundBy.COMMON)
