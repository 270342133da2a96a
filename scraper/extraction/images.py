"""Pictures of an article: URL, caption as printed, credit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scraper.extraction.languages import alternatives, phrases
from scraper.items import BlockKind, Image
from scraper.text import clean
from scraper.urls import is_http, public_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement

    from scraper.extraction.block_kinds import Group
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import Declared

_CREDIT_CLASS = re.compile(
    r"(?i)(?:^|[\s_-])(?:credits?|copyright|photographer)(?:$|[\s_-])"
)
_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:")
_PICTURE_LEVELS = 4
"""Elements up from a caption in which its picture is looked for."""


def extract_images(
    groups: list[Group], pictures: Mapping[HtmlElement, int], *, url: str
) -> tuple[Image, ...]:
    """Return the pictures of the captions, and those set among the blocks of *groups*.

    *pictures* says how many blocks of the page begin before each. An ``alt`` text is never
    a caption: portals fill it with a constant.
    """
    body = [block for group in groups for block in group.parts]
    starts = [group.parts[0].index for group in groups]
    images: dict[str, Image] = {}
    known: dict[HtmlElement, list[HtmlElement]] = {}
    for caption in body:
        if caption.kind is not BlockKind.CAPTION:
            continue
        picture = _picture_of(caption.element, known)
        source = _source(picture, url) if picture is not None else ""
        at = bisect_right(starts, caption.index) - 1
        images.setdefault(
            source or f"#{caption.index}",
            Image(source, caption.text, _credit(caption), at),
        )
    for picture in _pictures_among(body):
        if source := _source(picture, url):
            at = bisect_left(starts, pictures.get(picture, 0))
            images.setdefault(source, Image(source, position=at))
    return tuple(images.values())


def declared_image(declared: Declared, *, url: str) -> tuple[Image, ...]:
    """Return the picture that the head declares: an infographic is that and a lead."""
    source = _joined(url, declared.first("og:image").strip())
    return (Image(source),) if is_http(source) and source != url else ()


_MOST_INSIDE = 200
"""Elements of a caption that are searched for a credit; captions may nest."""


def _credit(caption: RawBlock) -> str:
    """Return the credit that *caption* states, or that an element named so in it holds."""
    if stated := credit_of(caption.text):
        return stated
    inside = caption.element.iter("span", "cite", "small", "em", "figcaption")
    for element in islice(inside, _MOST_INSIDE):
        label = f"{element.get('class', '')} {element.get('itemprop', '')}"
        if _CREDIT_CLASS.search(label):
            return clean(" ".join(map(str, element.itertext()))).strip(" ()[]|")
    return ""


def credit_of(caption: str) -> str:
    """Return who "… Ảnh: Phương Hoa/TTXVN" credits, "" if it credits nobody."""
    found = [match["who"] for match in _credit_pattern().finditer(caption)]
    return clean(found[-1]).strip(" -–).") if found else ""


@cache
def _credit_pattern() -> re.Pattern[str]:
    """Return a pattern for "Photo: …", "Photo by …", "© …" and who follows."""
    labels = alternatives(phrases().credit_labels)
    prefixes = alternatives(phrases().credit_prefixes)
    return re.compile(
        rf"(?i)(?:(?:^|[\s(.\[])(?:(?:{labels})\s*:|(?:{prefixes}) (?-i:(?=[A-ZÀ-Ý])))"
        r"|©|\((?=AP Photo/))\s*(?P<who>(?:[^().\[\]]|(?<=\b\w)\.){2,60})"
    )


def _picture_of(
    caption: HtmlElement, known: dict[HtmlElement, list[HtmlElement]]
) -> HtmlElement | None:
    """Return the ``img`` of the nearest element around *caption* that holds just one.

    The first two of each element are *known* once they were looked for.
    """
    node = caption
    for _ in range(_PICTURE_LEVELS):
        parent = node.getparent()
        if parent is None:
            return None
        node = parent
        if node not in known:
            known[node] = [*islice(node.iter("img"), 2)]
        if pictures := known[node]:
            return (
                pictures[0]
                if len(pictures) == 1 or node.tag in ("figure", "table")
                else None
            )
    return None


def _pictures_among(body: list[RawBlock]) -> list[HtmlElement]:
    """Return the pictures of what holds the blocks; loose text stands in its holder."""
    text = [b.element for b in body if b.kind is not BlockKind.CAPTION]
    holders = {p for e in text if (p := e.getparent()) is not None}
    above = (e if e in holders else e.getparent() for e in text)
    parents = dict.fromkeys(p for p in above if p is not None and p.tag != "body")
    return [picture for parent in parents for picture in parent.iter("img")]


def _source(picture: HtmlElement, url: str) -> str:
    for attribute in _SOURCES:
        value = picture.get(attribute, "").strip()
        if value and not value.startswith("data:"):
            if not (source := _joined(url, value)):
                continue
            return (
                source if is_http(source) or not (url or _SCHEME.match(source)) else ""
            )
    return ""


def _joined(base: str, value: str) -> str:
    try:
        return public_url(urljoin(base, value))
    except ValueError:
        return ""
