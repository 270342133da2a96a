"""Refreshes by ``meta`` or header: the target, and after how many seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.discovery.links import absolute
from scraper.errors import DiscoveryError
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_SEARCHED_BYTES = 256 * 1024
"""Bytes of a page that are searched; heads are shorter."""
_SIGN = re.compile(rb"(?i)http-equiv\s*=\s*[\"']?\s*refresh")
_CONTENT = re.compile(
    r"\s*+(?P<seconds>\d{1,6}|(?=\.\d))[\d.]*+(?=[;,\s])\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+"
    r"(?:\"(?P<double>[^\"]*)|'(?P<single>[^']*)|(?P<bare>\S.*))",
    re.IGNORECASE,
)
_INERT = frozenset({"iframe", "script", "style", "svg", "template", "textarea"})
_NO_TEXT = ("script", "style", "noscript", "template")
_NOTICE_WORDS = 100
"""The most words of a page that only says that it needs a script."""


class Refresh(NamedTuple):
    url: str
    seconds: int


def find_refresh(
    body: bytes, *, url: str, encoding: str | None = None, header: str = ""
) -> Refresh | None:
    """Return where the HTML page *body* at *url* redirects a browser, None if nowhere.

    Its first refresh in a ``meta`` counts, else the *header* Refresh. One in a
    ``noscript`` counts only on a page without text. Targets that are not http URLs, and
    the page itself, are ignored.
    """
    head = body[:_SEARCHED_BYTES]
    base, stated = url, [header] if header else []
    if (b"efresh" in head or b"EFRESH" in head) and _SIGN.search(head):
        # Most pages have none, and a downloader parses no page otherwise.
        from scraper.discovery.pages import parse_root
        from scraper.extraction.head import base_url

        try:
            root = parse_root(head, url=url, encoding=encoding)
        except DiscoveryError:
            return None
        base, stated = base_url(root, url), [*_iter_stated(root), *stated]
    for content in stated:
        if found := _CONTENT.match(content):
            target = found["double"] or found["single"] or found["bare"] or ""
            address = absolute(base, target)
            if address is None or normalise_url(address) == normalise_url(url):
                return None
            return Refresh(address, int(found["seconds"] or 0))
    return None


def _iter_stated(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("meta"):
        if element.get("http-equiv", "").strip().lower() != "refresh":
            continue
        around = {str(each.tag) for each in element.iterancestors()}
        if not around & _INERT and not ("noscript" in around and _has_text(root)):
            yield element.get("content", "")


def _has_text(root: HtmlElement) -> bool:
    hidden = " or ".join(f"ancestor::{name}" for name in _NO_TEXT)
    texts = root.xpath(f"//body//text()[not({hidden})]")
    return sum(len(text.split()) for text in texts) > _NOTICE_WORDS
