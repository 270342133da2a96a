"""A page of any site that may list articles: what each of its links seems to lead to."""

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
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement


_RELATIVE = re.compile(rb"""["']\?(?:page|p|trang)=\d{1,2}$""")
_AFTER = re.compile(
    rb"(?:\.\w{2,5})?/?(?:[?&](?:amp;)?|[-_/])?(?:trang|page|p)?[-/=]?\d{1,2}(?!\d)"
)
_LONGEST = 24
_NUMBERED = re.compile(
    r"(?i)(?:[/_-](?:trang|page|p)?[-/]?(?P<path>\d{1,2}))(?=/?$|\.\w{2,5}$)"
)
_QUERY = re.compile(r"(?i)(?:^|&)(?:page|p|trang)=(?P<query>\d{1,2})(?=&|$)")


def may_have_parts(body: bytes, url: str) -> bool:
    """Tell cheaply whether the page at *url* may link the next part of its article.

    That is its own address and a number, or a query alone in the first such attribute.
    Every page pays for this: two searches, a quarter of a millisecond.
    """
    _, whole, number = _split(url)
    at = body.find(b'=%d"' % (number + 1))
    if at >= 0 and _RELATIVE.search(body, max(0, at - _LONGEST), at + 2):
        return True
    path, _, query = whole.partition("?")
    stem = path.rpartition("/")[2].partition(".")[0]
    own = (f"{path.rpartition('/')[2]}?{query}" if query else stem).encode()
    at = body.find(own) if own else -1
    while at >= 0:
        end = at + len(own)
        if _AFTER.match(body, end, end + _LONGEST):
            return True
        at = body.find(own, end)
    return False


def parse_parts(body: bytes, *, url: str, encoding: str | None = None) -> list[Link]:
    """Return the link from the article at *url* to its next page, in a list; [] for none.

    It has the article's own address with a page number one higher: ``?page=2``,
    ``/2/``, ``/trang-2``, ``-p2.html``. Raises DiscoveryError where *body* is no HTML.
    """
    root = parse_root(body, url=url, encoding=encoding)
    for address in _candidates(root, url):
        if follows(url, address):
            return [Link(address, LinkKind.NEXT, source=url)]
    return []


def follows(url: str, other: str) -> bool:
    """Tell whether *other* is the page after *url* of one article."""
    host, stem, number = _split(url)
    there = _split(other)
    if there == (host, stem, number + 1):
        return True
    # The number of the first page may be none of a page: /bai-viet-2, /bai-viet-2?p=2.
    parts = urlsplit(url)
    whole = f"{_bare(parts.path)}?{parts.query}"
    return there == (host, whole, 2)


def _candidates(root: HtmlElement, url: str) -> Iterator[str]:
    following = next_of(root, url)
    if following:
        yield following
    yield from (link.url for link in links_of([root], url, base=base_url(root, url)))


def _split(url: str) -> tuple[str, str, int]:
    """Return host, address without its page number, and that number, 1 for none."""
    parts = urlsplit(url)
    if found := _QUERY.search(parts.query):
        query = _QUERY.sub("", parts.query).lstrip("&")
        return parts.netloc, f"{_bare(parts.path)}?{query}", int(found["query"])
    if found := _NUMBERED.search(parts.path):
        path = parts.path[: found.start()] + parts.path[found.end() :]
        return parts.netloc, f"{_bare(path)}?{parts.query}", int(found["path"])
    return parts.netloc, f"{_bare(parts.path)}?{parts.query}", 1


def _bare(path: str) -> str:
    return path.rstrip("/")


_HEADLINE = 4
"""Words of an anchor that reads like a headline."""
_NAME = 5
"""Words of the name of a section at most."""
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
    """Return the links of the HTML page *body* to its own site, each address once.

    The kind is feed; next, for the page after this one; article, where the anchor reads
    like a headline or the address looks like that of an article; listing, for a short
    name; else other. What a menu or the foot of the page links is no article by its
    anchor's words alone. Raises DiscoveryError where *body* is no HTML.
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
    """Return those of *links* whose address is that of a feed, as feeds."""
    return [
        replace(link, kind=LinkKind.FEED)
        for link in links
        if _FEED.search(urlsplit(link.url).path)
    ]


def _chrome(root: HtmlElement) -> list[HtmlElement]:
    """Return menus and feet of the page: named so, and most of their links are short.

    One pass counts the links of all, however deep they nest; of those in one another
    the outermost counts.
    """
    links = short = 0
    found: list[HtmlElement] = []
    open_before: list[tuple[int, int, int]] = []
    walk = etree.iterwalk(root, events=("start", "end"), tag=("a", *_CHROME_TAGS))
    for event, element in walk:
        if element.tag == "a":
            if event == "start":
                links += 1
                short += len(clean(element.text_content()).split()) <= _NAME
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
        is_numbered(link.url) if 0 < words < _HEADLINE else is_article_address(link.url)
    )
    if not in_chrome and (words >= _HEADLINE or looks):
        return LinkKind.ARTICLE
    if 0 < words <= _NAME and not _NO_SECTION.search(urlsplit(link.url).path):
        return LinkKind.LISTING
    return LinkKind.OTHER
