"""An article on several pages: which page goes on where one ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.discovery.links import Link, LinkKind
from scraper.discovery.pages import links_of, next_of, parse_root
from scraper.extraction.metadata import base_url

if TYPE_CHECKING:
    from collections.abc import Iterator

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
