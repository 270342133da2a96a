"""Numbers about a page as a whole: what tells an article from a list of articles."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.extraction.features import LONG
from scraper.items import BlockKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.features import Column
    from scraper.extraction.head import Head

_TEASER_WORDS = 4
_LINK = 0.7
_BODY = 0.5
_SURE = 0.9
_SLUG = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d{5,}")
_GRID = 4
"""Elements that are set alike from which on they are a list."""
_PRICE = re.compile(r"[$€£¥₫]\s?\d|\d\s?(?:[€£₫đ]|kr|zł|USD|EUR|VND)(?!\w)")
_LISTS = frozenset(
    [
        "archive",
        "archives",
        "category",
        "categories",
        "collection",
        "collections",
        "search",
        "tag",
        "tags",
        "taxonomy",
        "topic",
        "topics",
        "home",
        "index",
        "list",
        "listing",
        "browse",
        "shop",
        "cat",
        "products",
        "directory",
        "catalog",
        "author",
        "page",
        "news",
        "danh",
        "chuyen",
    ]
)
"""Words in the class or the address of a page that name lists of articles."""
_SINGLES = frozenset(
    ["single", "post", "article", "detail", "details", "story", "entry", "product"]
)
_DAY = re.compile(r"/(?:19|20)\d\d[/-]\d\d?\b")


def page_features(
    blocks: list[RawBlock],
    columns: Mapping[str, Sequence[float]],
    probabilities: Sequence[float],
    head: Head,
) -> dict[str, float]:
    """Return numbers by name, of *blocks* with the *probabilities* that they are body.

    *columns* are their :func:`~scraper.extraction.features.block_features`.
    """
    sizes = columns.get("units", ())
    rows = list(zip(blocks, probabilities, sizes, strict=True))
    body = [
        (b, p, size)
        for b, p, size in rows
        if p >= _BODY and b.kind is not BlockKind.CAPTION
    ]
    said = sum([size for _, _, size in body])
    doubt = [size * min(p, 1 - p) for _, p, size in rows]
    teasers = [
        size
        for b, _, size in rows
        if size >= _TEASER_WORDS and b.link_density > _LINK and not b.hidden
    ]
    headings = [b for b in blocks if b.kind is BlockKind.HEADING and not b.hidden]
    linked = [b for b in headings if b.link_density > _LINK]
    first = body[0][0].index if body else 0
    last = body[-1][0].index if body else 0
    between = sum(sizes[first : last + 1])
    return {
        "body": said,
        "body_blocks": len(body),
        "body_long": sum(size >= LONG for _, _, size in body),
        "body_median": median(size for _, _, size in body) if body else 0,
        "body_share": said / max(1, sum(sizes)),
        "body_density": said / max(1, between),
        "body_linked": sum(b.linked for b, _, _ in body)
        / max(1, sum(len(b.text) for b, _, _ in body)),
        "body_sure": sum(p * size for _, p, size in body) / max(1, said),
        "body_very_sure": sum(size for _, p, size in body if p >= _SURE),
        "best": max(probabilities, default=0),
        "doubt": sum(doubt) / max(1, said),
        "missed": sum([size * p for _, p, size in rows if p < _BODY]) / max(1, said),
        "teasers": len(teasers),
        "teaser_words": sum(teasers),
        "teasers_to_body": sum(teasers) / max(1, said),
        "headings": len(headings),
        "headings_linked": len(linked),
        "blocks": len(blocks),
        "units": sum(sizes),
        **_shape(blocks, columns, probabilities, sizes),
        **_declared(head),
        **_address(head.url),
    }


def _shape(
    blocks: list[RawBlock],
    columns: Mapping[str, Sequence[float]],
    probabilities: Sequence[float],
    sizes: Column,
) -> dict[str, float]:
    """Return how connected the body is: an article is one text, a list is many."""
    names = (
        *("parents", "run", "titled", "title_heads", "described", "articles"),
        *("grid", "grid_share", "grid_linked", "grid_body", "prices"),
        *("named_list", "named_single"),
    )
    if not blocks:
        return dict.fromkeys(names, 0.0)
    parents: dict[HtmlElement | None, float] = {}
    run = longest = 0.0
    for block, probability, size in zip(blocks, probabilities, sizes, strict=True):
        if probability >= _BODY and size >= LONG:
            around = block.element.getparent()
            parents[around] = parents.get(around, 0) + size
        if block.link_density > _LINK and size >= _TEASER_WORDS and not block.hidden:
            run = 0
        elif probability >= _BODY:
            run += size
            longest = max(longest, run)
    total = sum(parents.values())
    repeats = columns["repeats"]
    grid = [at for at, n in enumerate(repeats) if n >= _GRID]
    gridded = sum(sizes[at] for at in grid)
    names_of_page = _names_of_page(blocks[0])
    titled = zip(blocks, columns["title_covered"], strict=True)
    heads = [covered for b, covered in titled if b.element.tag == "h1"]
    values = (
        max(parents.values(), default=0) / max(1, total),
        longest,
        max(columns["title_covered"]),
        max(heads, default=0),
        max(columns["description_covered"]),
        columns["page_articles"][0],
        max(repeats),
        gridded / max(1, sum(sizes)),
        sum(blocks[at].linked for at in grid)
        / max(1, sum(len(blocks[at].text) for at in grid)),
        sum(sizes[at] for at in grid if probabilities[at] >= _BODY) / max(1, total),
        sum(_PRICE.search(b.text) is not None for b in blocks),
        len(_LISTS & names_of_page),
        len(_SINGLES & names_of_page),
    )
    return dict(zip(names, values, strict=True))


def _names_of_page(block: RawBlock) -> set[str]:
    """Return the words of the classes of the page that *block* is of."""
    body = next(block.element.iterancestors("body"), block.element)
    return set(_SLUG.findall(body.get("class", "").lower()))


def _declared(head: Head) -> dict[str, float]:
    declared, data, og_type = head.declared, head.data, head.og_type
    return {
        "says_article": data.is_article,
        "says_listing": data.is_listing,
        "og_article": og_type == "article",
        "og_website": og_type == "website",
        "published": bool(declared.first("article:published_time") or data.published),
        "authors": len(data.authors) + bool(declared.first("author")),
        "description": len(declared.first("og:description", "description").split()),
        "title": len(declared.first("og:title").split()),
    }


def _address(url: str) -> dict[str, float]:
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    last = steps[-1] if steps else parts.query
    return {
        "steps": len(steps),
        "listed": any(step.lower().rsplit(".", 1)[0] in _LISTS for step in steps),
        "slug": len(_SLUG.findall(last)),
        "wordiest": max([len(_SLUG.findall(step)) for step in steps], default=0),
        "slug_digits": sum(c.isdigit() for c in last),
        "numbered": bool(_NUMBER.search(last) or _NUMBER.search(parts.query)),
        "dated": bool(_DAY.search(parts.path)),
        "suffix": "." in last,
        "query": len(parts.query),
    }
