"""Section pages: their links, the next page, the feeds they name."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from scraper.discovery.links import Link, LinkKind, absolute
from scraper.errors import DiscoveryError, UndecodablePage
from scraper.extraction.document import parse_page
from scraper.extraction.head import base_url
from scraper.extraction.json_ld import extract_structured_data
from scraper.items import Page
from scraper.text import clean
from scraper.urls import normalise_url, site_of, time_in_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

MOST_LINKS = 20_000
"""Anchors of a page that are looked at; what follows them is passed over.

No gold page has as many tags. A hundred thousand took more than 5 s.
"""
_UNTRUSTED = {"nofollow", "sponsored", "ugc"}
_FEED_TYPES = {"application/rss+xml", "application/atom+xml"}
_ARROWS = "›»→> "
_ARROWS_ALONE = frozenset({"›", "»", "→", ">"})
_NEXT = {
    "tiếp",
    "tiếp theo",
    "trang sau",
    "trang tiếp",
    "trang tiếp theo",
    "next",
    "next page",
    "suivant",
    "suivante",
    "page suivante",
}


def parse_links(
    body: bytes,
    *,
    url: str,
    encoding: str | None = None,
    places: Sequence[str] = (),
) -> list[Link]:
    """Return the http(s) links of the HTML page *body*, in order, each address once.

    *places* are CSS selectors: where they match anything, links elsewhere are left out.
    All have the kind other. The title is the anchor's text, its title attribute where
    it has none; of several anchors the longest. The section is the page's. Links that
    the page itself does not vouch for (rel=nofollow) are left out. *encoding* is what
    the HTTP header declared. Raises DiscoveryError where *body* is no HTML.
    """
    root = parse_root(body, url=url, encoding=encoding)
    return links_of(
        _within(root, places), url, base=base_url(root, url), section=_section(root)
    )


def links_of(
    parts: Sequence[HtmlElement], url: str, *, base: str = "", section: str = ""
) -> list[Link]:
    """Return the links of *parts* of the page at *url*, see :func:`parse_links`.

    *base* is what its relative addresses refer to, the page itself where it is empty.
    """
    links: dict[str, Link] = {}
    for href, title in _titles_by_href(parts).items():
        address = absolute(base or url, href)
        if not address:
            continue
        first = links.setdefault(
            normalise_url(address),
            Link(address, LinkKind.OTHER, title, time_in_url(address), section, url),
        )
        if len(title) > len(first.title):
            links[normalise_url(address)] = replace(first, title=title)
    return list(links.values())


def next_page(body: bytes, *, url: str, encoding: str | None = None) -> str | None:
    """Return the address of the page after *url* in a paginated listing, None at its end.

    rel=next says it, else an anchor that reads "Tiếp", "Trang sau", "Next", "Suivant",
    or is an arrow. It stays on the site. Raises DiscoveryError as parse_links() does.
    """
    return next_of(parse_root(body, url=url, encoding=encoding), url)


def next_of(root: HtmlElement, url: str) -> str | None:
    """Return what :func:`next_page` does, of a page that is parsed."""
    base = base_url(root, url)
    for href in _iter_next(root):
        address = absolute(base, href)
        if address and _is_sibling(address, url):
            return address
    return None


def feeds_of(body: bytes, *, url: str, encoding: str | None = None) -> list[Link]:
    """Return the feeds that the head of the HTML page *body* names."""
    return feeds_in(parse_root(body, url=url, encoding=encoding), url)


def feeds_in(root: HtmlElement, url: str) -> list[Link]:
    """Return what :func:`feeds_of` does, of a page that is parsed."""
    base = base_url(root, url)
    links: dict[str, Link] = {}
    for element in root.iter("link"):
        if element.get("type", "").strip().lower() not in _FEED_TYPES:
            continue
        address = absolute(base, element.get("href"))
        if address and "alternate" in _rel(element):
            title = clean(element.get("title", ""))
            links.setdefault(
                address, Link(address, LinkKind.FEED, title=title, source=url)
            )
    return list(links.values())


def parse_root(body: bytes, *, url: str, encoding: str | None = None) -> HtmlElement:
    """Return the root of the HTML page *body*; raises DiscoveryError where it is none."""
    try:
        return parse_page(Page(url, body, encoding=encoding))
    except UndecodablePage as error:
        raise DiscoveryError(str(error)) from error


def _within(root: HtmlElement, places: Sequence[str]) -> list[HtmlElement]:
    """Return the elements of *places* in the page's order, all of it where none is there."""
    return (root.cssselect(", ".join(places)) if places else []) or [root]


def _titles_by_href(parts: Sequence[HtmlElement]) -> dict[str, str]:
    """Return the longest title of each href that the page vouches for in *parts*."""
    titles: dict[str, str] = {}
    anchors = (anchor for part in parts for anchor in part.iter("a"))
    for anchor in islice(anchors, MOST_LINKS):
        href = anchor.get("href")
        if href and not _UNTRUSTED & _rel(anchor):
            titles[href] = max(titles.get(href, ""), _title(anchor), key=len)
    return titles


def _iter_next(root: HtmlElement) -> Iterator[str]:
    """Yield hrefs that may lead to the next page, the most certain first."""
    elements = [e for e in root.iter("link", "a") if e.get("href")]
    yield from (e.get("href", "") for e in elements if "next" in _rel(e))
    words = [(e, clean(e.text_content())) for e in elements if e.tag == "a"]
    for anchor, text in words:
        word = (text or anchor.get("title", "")).strip(_ARROWS).casefold()
        if word in _NEXT:
            yield anchor.get("href", "")
    yield from (
        anchor.get("href", "") for anchor, text in words if text in _ARROWS_ALONE
    )


def _is_sibling(address: str, url: str) -> bool:
    """Tell whether *address* is another page of the site of *url*."""
    return normalise_url(address) != normalise_url(url) and (
        site_of(address) == site_of(url)
    )


def _rel(element: HtmlElement) -> set[str]:
    return set(element.get("rel", "").lower().split())


def _title(anchor: HtmlElement) -> str:
    return clean(anchor.text_content()) or clean(anchor.get("title", ""))


def _section(root: HtmlElement) -> str:
    """Return a listing's name: its one h1, its last breadcrumb, or its title."""
    names = [clean(h1.text_content()) for h1 in root.iter("h1")]
    if len(names) == 1 and names[0]:
        return names[0]
    breadcrumbs = extract_structured_data(root).breadcrumbs
    if breadcrumbs:
        return breadcrumbs[-1]
    return next((clean(title.text_content()) for title in root.iter("title")), "")
