"""Classify the links of a page of any site that may list articles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from scraper.discovery.links import Link, LinkKind, is_article_address, is_numbered
from scraper.discovery.pages import feeds_in, links_of, next_of, parse_root
from scraper.extraction.head import base_url
from scraper.text import clean
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_HEADLINE_WORDS = 4
"""The fewest words of an anchor that reads like a headline."""
_NAME_WORDS = 5
"""The most words of the name of a section."""
_FEED = re.compile(r"(?i)(?:\.(?:rss|atom)|/(?:feed|atom)(?:\.xml)?/?|/rss\.xml)$")
_CHROME = re.compile(
    r"(?i)(?:^|[\s_-])(?:nav|navbar|navigation|menu|main-?menu|footer|copyright)"
    r"(?:$|[\s_-])"
)
_CHROME_TAGS = ("nav", "footer", "ul", "div", "header", "table", "section")
_WORD = re.compile(r"\w+")
_NO_PAGE = re.compile(
    r"(?i)\.(?:jpe?g|png|gif|webp|svg|ico|pdf|docx?|xlsx?|zip|rar|mp[34]|avi|css|js|xml"
    r"|rss|apk|exe)$"
)
_NO_SECTION = re.compile(
    r"(?i)/(?:search|tim-kiem|login|dang-nhap|logout|register|dang-ky|account|cart|share"
    r"|print|in-bai|comments?|binh-luan|subscribe|newsletters?|mailto|tags?)(?:/|\.|$)"
)


def parse_listing(body: bytes, *, url: str, encoding: str | None = None) -> list[Link]:
    """Return the links of the HTML page *body* to its own site, each URL once.

    The kind is feed; next, for the page after this one; article, if the anchor reads like
    a headline or the URL looks like an article's; listing, for a short name; else other.
    In a menu or footer the anchor's words alone do not make an article. Raises
    DiscoveryError if *body* is not HTML.
    """
    root = parse_root(body, url=url, encoding=encoding)
    following = next_of(root, url)
    base = base_url(root, url)
    in_chrome = links_of(_chrome(root), url, base=base)
    chrome = {normalise_url(link.url) for link in in_chrome}
    links = links_of([root], url, base=base)
    kept = [*feeds_in(root, url), *feeds_among(links)]
    if following:
        kept.append(Link(following, LinkKind.NEXT, source=url))
    found = {normalise_url(link.url): link for link in reversed(kept)}
    for link in links:
        there = normalise_url(link.url)
        if _is_own_page(link.url, url):
            kind = _kind(link, in_chrome=there in chrome)
            found.setdefault(there, replace(link, kind=kind))
    return list(found.values())


def feeds_among(links: Iterable[Link]) -> list[Link]:
    """Return those of *links* whose URL looks like a feed's, as feeds."""
    return [
        replace(link, kind=LinkKind.FEED)
        for link in links
        if _FEED.search(urlsplit(link.url).path)
    ]


def _chrome(root: HtmlElement) -> list[HtmlElement]:
    """Return menus and footers: elements named so in which most links are short.

    One pass counts the links of all elements, however deep they nest. Of nested menus
    only the outermost is returned.
    """
    links = short = 0
    found: list[HtmlElement] = []
    open_before: list[tuple[int, int, int]] = []
    walk = etree.iterwalk(root, events=("start", "end"), tag=("a", *_CHROME_TAGS))
    for event, element in walk:
        if element.tag == "a":
            if event == "start":
                links += 1
                short += len(clean(element.text_content()).split()) <= _NAME_WORDS
        elif event == "start":
            open_before.append((links, short, len(found)))
        else:
            links_before, short_before, inside = open_before.pop()
            is_terse = 2 * (short - short_before) > links - links_before
            if is_terse and _is_named_chrome(element):
                found[inside:] = [element]
    return found


def _is_named_chrome(element: HtmlElement) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return (
        element.tag in {"nav", "footer"}
        or element.get("role") == "navigation"
        or _CHROME.search(names) is not None
    )


def _is_own_page(address: str, url: str) -> bool:
    is_page = not _NO_PAGE.search(urlsplit(address).path)
    return is_page and site_of(address) == site_of(url)


def _kind(link: Link, *, in_chrome: bool) -> LinkKind:
    words = len(_WORD.findall(link.title))
    looks = (
        is_numbered(link.url)
        if 0 < words < _HEADLINE_WORDS
        else is_article_address(link.url)
    )
    if not in_chrome and (words >= _HEADLINE_WORDS or looks):
        return LinkKind.ARTICLE
    if 0 < words <= _NAME_WORDS and not _NO_SECTION.search(urlsplit(link.url).path):
        return LinkKind.LISTING
    return LinkKind.OTHER
