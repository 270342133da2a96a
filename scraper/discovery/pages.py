"""HTML pages: links, feeds, listings, the next page, and the sources of a front page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from lxml import etree

from scraper.discovery.links import (
    Link,
    LinkKind,
    absolute,
    is_article_address,
    is_numbered,
)
from scraper.errors import DiscoveryError, UndecodablePage
from scraper.extraction.dates.locales import time_in_url
from scraper.extraction.document import parse_page
from scraper.extraction.head import base_url
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.languages import alternatives, phrases
from scraper.items import Page
from scraper.text import clean, compare_key
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement


MOST_LINKS = 20_000
"""The most anchors of a page that are read.

No gold page has as many tags. A hundred thousand took more than 5 s.
"""
_UNTRUSTED = {"nofollow", "sponsored", "ugc"}
_FEED_TYPES = {"application/rss+xml", "application/atom+xml"}
_ARROWS = "›»→> "
_ARROWS_ALONE = frozenset({"›", "»", "→", ">"})
_RELATIVE = re.compile(rb"""["']\?(?:page|p|trang)=\d{1,2}$""")
_AFTER = re.compile(
    rb"(?:\.\w{2,5})?/?(?:[?&](?:amp;)?|[-_/])?(?:trang|page|p)?[-/=]?\d{1,2}(?!\d)"
)
_PAGE_LINK_LENGTH = 24
_NUMBERED = re.compile(
    r"(?i)(?:[/_-](?:trang|page|p)?[-/]?(?P<path>\d{1,2}))(?=/?$|\.\w{2,5}$)"
)
_QUERY = re.compile(r"(?i)(?:^|&)(?:page|p|trang)=(?P<query>\d{1,2})(?=&|$)")


def parse_links(
    body: bytes,
    *,
    url: str,
    encoding: str | None = None,
    places: Sequence[str] = (),
) -> list[Link]:
    """Return the http(s) links of the HTML page *body*, in order, each URL once.

    *places* are CSS selectors: if they match anything, links elsewhere are left out. All
    links have the kind other. The title is the anchor's text, or its title attribute if
    there is no text; of several anchors the longest. The section is the page's. Links
    with rel=nofollow are left out. *encoding* is the one of the HTTP header. Raises
    DiscoveryError if *body* is not HTML.
    """
    root = parse_root(body, url=url, encoding=encoding)
    return links_of(
        _within(root, places), url, base=base_url(root, url), section=_section(root)
    )


def links_of(
    parts: Sequence[HtmlElement], url: str, *, base: str = "", section: str = ""
) -> list[Link]:
    """Return the links of *parts* of the page at *url*, see :func:`parse_links`.

    *base* is the base of relative URLs, by default the page itself.
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
    """Return the URL of the page after *url* in a paginated listing, None at its end.

    That is a link with rel=next, else one that reads "Next" in any language
    (``languages/*.toml``), or is an arrow, on the same site. Raises DiscoveryError as
    parse_links() does.
    """
    return next_of(parse_root(body, url=url, encoding=encoding), url)


def next_of(root: HtmlElement, url: str) -> str | None:
    """Return what :func:`next_page` does, for a parsed page."""
    base = base_url(root, url)
    for href in _iter_next(root):
        address = absolute(base, href)
        if address and _is_sibling(address, url):
            return address
    return None


def feeds_of(body: bytes, *, url: str, encoding: str | None = None) -> list[Link]:
    """Return the feeds that the head of the HTML page *body* declares."""
    return feeds_in(parse_root(body, url=url, encoding=encoding), url)


def feeds_in(root: HtmlElement, url: str) -> list[Link]:
    """Return what :func:`feeds_of` does, for a parsed page."""
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
    """Return the root of the HTML page *body*; raises DiscoveryError if it is not HTML."""
    try:
        return parse_page(Page(url, body, encoding=encoding))
    except UndecodablePage as error:
        raise DiscoveryError(str(error)) from error


def _within(root: HtmlElement, places: Sequence[str]) -> list[HtmlElement]:
    """Return the elements of *places* in page order, the whole page if there are none."""
    return (root.cssselect(", ".join(places)) if places else []) or [root]


def _titles_by_href(parts: Sequence[HtmlElement]) -> dict[str, str]:
    """Return the longest title of each trusted href in *parts*."""
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
    next_words = phrases().next_page
    for anchor, text in words:
        word = (text or anchor.get("title", "")).strip(_ARROWS).casefold()
        if word in next_words:
            yield anchor.get("href", "")
    yield from (
        anchor.get("href", "") for anchor, text in words if text in _ARROWS_ALONE
    )


def _is_sibling(address: str, url: str) -> bool:
    """Return True if *address* is another page of the site of *url*."""
    return normalise_url(address) != normalise_url(url) and (
        site_of(address) == site_of(url)
    )


def _rel(element: HtmlElement) -> set[str]:
    return set(element.get("rel", "").lower().split())


def _title(anchor: HtmlElement) -> str:
    return clean(anchor.text_content()) or clean(anchor.get("title", ""))


def _section(root: HtmlElement) -> str:
    """Return a listing's name: its only h1, its last breadcrumb, or its title."""
    names = [clean(h1.text_content()) for h1 in root.iter("h1")]
    if len(names) == 1 and names[0]:
        return names[0]
    breadcrumbs = extract_structured_data(root).breadcrumbs
    if breadcrumbs:
        return breadcrumbs[-1]
    return next((clean(title.text_content()) for title in root.iter("title")), "")


def may_have_parts(body: bytes, url: str) -> bool:
    """Return True if the page at *url* may link the next part of its article.

    A cheap test for every page, a quarter of a millisecond: the page's own URL with a
    number, or a query alone in the first such attribute.
    """
    _, whole, number = _split(url)
    at = body.find(b'=%d"' % (number + 1))
    if at >= 0 and _RELATIVE.search(body, max(0, at - _PAGE_LINK_LENGTH), at + 2):
        return True
    path, _, query = whole.partition("?")
    stem = path.rpartition("/")[2].partition(".")[0]
    own = (f"{path.rpartition('/')[2]}?{query}" if query else stem).encode()
    at = body.find(own) if own else -1
    while at >= 0:
        end = at + len(own)
        if _AFTER.match(body, end, end + _PAGE_LINK_LENGTH):
            return True
        at = body.find(own, end)
    return False


def parse_parts(body: bytes, *, url: str, encoding: str | None = None) -> list[Link]:
    """Return the link from the article at *url* to its next page, in a list, or [].

    It is the article's own URL with a page number one higher: ``?page=2``, ``/2/``,
    ``/trang-2``, ``-p2.html``. Raises DiscoveryError if *body* is not HTML.
    """
    root = parse_root(body, url=url, encoding=encoding)
    for address in _candidates(root, url):
        if follows(url, address):
            return [Link(address, LinkKind.NEXT, source=url)]
    return []


def follows(url: str, other: str) -> bool:
    """Return True if *other* is the page after *url* of the same article."""
    host, stem, number = _split(url)
    there = _split(other)
    if there == (host, stem, number + 1):
        return True
    # A number in the first URL need not be a page number: /bai-viet-2, /bai-viet-2?p=2.
    parts = urlsplit(url)
    whole = f"{_bare(parts.path)}?{parts.query}"
    return there == (host, whole, 2)


def _candidates(root: HtmlElement, url: str) -> Iterator[str]:
    following = next_of(root, url)
    if following:
        yield following
    yield from (link.url for link in links_of([root], url, base=base_url(root, url)))


def _split(url: str) -> tuple[str, str, int]:
    """Return host, URL without its page number, and that number, 1 if it has none."""
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
    if 0 < words <= _NAME_WORDS and not _service_path().search(urlsplit(link.url).path):
        return LinkKind.LISTING
    return LinkKind.OTHER


@cache
def _service_path() -> re.Pattern[str]:
    """Return a pattern for the path of a service, such as a search or a login form."""
    names = alternatives(phrases().service_paths)
    return re.compile(rf"(?i)/(?:{names})(?:/|\.|$)")


MOST_SECTIONS = 40
COMMON_FEEDS = ("/rss", "/feed", "/rss.xml", "/atom.xml", "/rss/home.rss")
COMMON_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")
_FEED_PAGE = re.compile(r"(?i)/rss(?:\.\w+)?/?$")


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
    from protego import Protego

    from scraper.discovery.markup import robots_text

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
