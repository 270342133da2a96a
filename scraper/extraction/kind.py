"""What a page is: an article, a list of articles, a wall, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, pairwise
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.extraction.features import PROSE_WORDS
from scraper.extraction.labeller import BODY
from scraper.extraction.languages import alternatives, phrases
from scraper.extraction.rules import TEASER_LINKED, TEASER_WORDS
from scraper.items import BlockKind, Kind
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.features import Column
    from scraper.extraction.head import Head
    from scraper.items import Page


_TIME_WORDS = 9
"""Words of the longest line that is a time."""
_MOST_ELEMENTS = 16
"""Elements, or texts, of a block that are read for a time: line breaks share one element."""
_LIVE_ENTRIES = 4
"""Entries with a time of their own that make a page live without its saying so."""


def entry_times(blocks: list[RawBlock], inside: range) -> dict[int, str]:
    """Return the times that head entries, as printed, by the index of their block."""
    return {
        i: blocks[i].text
        for i in inside
        if not blocks[i].hidden and (_is_time(blocks[i]) or _prints_clock(blocks[i]))
    }


def is_built_live(blocks: list[RawBlock], inside: range, found: frozenset[int]) -> bool:
    """Return True for a page of many entries, each under a ``time`` element, with text."""
    times = [i for i in inside if not blocks[i].hidden and _is_time(blocks[i])]
    filled = sum(
        any(i in found for i in range(start + 1, end))
        for start, end in pairwise([*times, inside.stop])
    )
    return filled >= _LIVE_ENTRIES


def _is_time(block: RawBlock) -> bool:
    """Return True for a block that is a ``time`` element and nothing else."""
    element = block.element
    if len(block.words) > _TIME_WORDS or not block.words:
        return False
    first = islice(element.iter(), _MOST_ELEMENTS)
    inner = next((e for e in first if e.tag == "time"), None)
    if inner is None:
        return False
    texts = islice(inner.itertext(), _MOST_ELEMENTS)
    said = "".join("".join(map(str, texts)).split())
    return said == "".join(block.text.split())


def _prints_clock(block: RawBlock) -> bool:
    is_short = len(block.words) <= _TIME_WORDS
    return is_short and _clock().fullmatch(block.text) is not None


@cache
def _clock() -> re.Pattern[str]:
    """Return a pattern for a line that begins with a time, or says how long ago it was."""
    elapsed = "|".join(sorted(phrases().elapsed_patterns))
    return re.compile(
        r"(?i)(?:\d{1,2}[:.hg]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?"
        rf"|{elapsed})(?:\W.{{0,28}})?"
    )


_WALL_STATUS = frozenset({401, 402, 403, 407, 429, 451})
_WALL_WORDS = 250
"""A wall says little; the longest seen, with a cookie notice, has 180 words."""
_GONE_WORDS = 80
"""What a page that is not there says at most, but for its menus and teasers."""
_GONE_HEADING_WORDS = 12
"""Words of the longest heading that says that a page is not there."""
_GONE_BLOCKS = 2
"""First blocks that may say that a page is not there: a heading, and what is below it."""

_NUMBER = re.compile(r"\d{5,}")
_VIDEO = re.compile(r"(?i)/(?:videos?|tv|clips?)/")
GALLERY_CAPTIONS = 3
"""Captions from which on a page may be a photo story."""
ARTICLE = 0.25
"""Probability under which a page is a list; of gold articles 1 % are under it,
of gold lists two thirds."""
SURELY_NONE = 0.1
"""Probability under which a list has no text of its own."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What :func:`classify` weighs; *found* are the blocks of the main content.

    *pictures* are those of the page, each with the number of *blocks* that begin before it.
    """

    page: Page
    blocks: list[RawBlock]
    found: list[RawBlock]
    head: Head
    pictures: Mapping[HtmlElement, int] = field(default_factory=dict)

    @property
    def visible(self) -> list[RawBlock]:
        return [block for block in self.blocks if not block.hidden]

    @property
    def says_article(self) -> bool:
        """Whether the head declares an article."""
        published = self.head.declared.first("article:published_time")
        return self.head.data.is_article or bool(published)


def classify(evidence: Evidence, article: float) -> Kind:
    """Return the kind of a page that is an *article* with this probability (0-1)."""
    if _is_wall(evidence):
        return Kind.BLOCKED
    if article < ARTICLE or is_home(evidence.page.url):
        return Kind.LISTING
    if not evidence.found and not _captions(evidence.visible):
        return Kind.OTHER
    if is_gone(evidence):
        return Kind.OTHER
    if "LiveBlogPosting" in evidence.head.data.types:
        return Kind.LIVE
    is_video = evidence.head.og_type.startswith("video")
    if is_video or _VIDEO.search(urlsplit(evidence.page.url).path):
        return Kind.VIDEO
    return Kind.ARTICLE


def is_gallery(body: Sequence[RawBlock]) -> bool:
    """Return True for a photo story: its captions say more than its paragraphs."""
    captions = _captions(body)
    shown = sum(len(block.words) for block in captions)
    said = sum(len(block.words) for block in body) - shown
    return len(captions) >= GALLERY_CAPTIONS and shown >= said


def _is_wall(evidence: Evidence) -> bool:
    """Return True for a consent, bot or login page: it says so and little else."""
    visible = evidence.visible or evidence.blocks
    said = sum(len(block.words) for block in visible)
    if said > _WALL_WORDS:
        return False
    if evidence.page.status in _WALL_STATUS:
        return True
    text = compare_key(" ".join(block.text for block in visible))
    title = compare_key(evidence.head.declared.first("og:title"))
    return any(wall in text or wall in title for wall in phrases().walls)


def is_gone(evidence: Evidence) -> bool:
    """Return True for a missing page, whatever its status: it says so and little else."""
    if sum(len(block.words) for block in evidence.found) > _GONE_WORDS:
        return False
    if evidence.says_article:
        return False
    headings = [b for b in evidence.visible if b.kind is BlockKind.HEADING]
    said = [b.key for b in headings if len(b.words) <= _GONE_HEADING_WORDS]
    said += [block.key for block in evidence.found[:_GONE_BLOCKS]]
    title = compare_key(evidence.head.declared.first("og:title"))
    return any(gone in text for text in (*said, title) for gone in phrases().gone)


def is_home(url: str) -> bool:
    """Return True for the URL of a home page."""
    parts = urlsplit(url)
    return bool(
        parts.netloc and _home_path().fullmatch(parts.path)
    ) and not _NUMBER.search(parts.query)


@cache
def _home_path() -> re.Pattern[str]:
    names = alternatives({"index", "home", "default", *phrases().home_paths})
    return re.compile(rf"(?i)/?(?:{names})?(?:\.\w{{3,5}})?/?")


def _captions(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    return [block for block in blocks if block.kind is BlockKind.CAPTION]


_SURELY_BODY = 0.9
"""Probability from which on a block is surely body."""
_SLUG = re.compile(r"[^\W\d_]+")
_GRID_ELEMENTS = 4
"""Elements that are set alike from which on they are a list."""
_PRICE = re.compile(
    r"\d(?:(?<=[$€£¥₫]\d)|(?<=[$€£¥₫]\s\d)|\s?(?:[€£₫đ]|kr|zł|USD|EUR|VND)(?!\w))"
)
"""A number beside a currency. It begins with the digit, so that the search runs to one."""
_LISTS = frozenset(
    {
        *("archive", "archives", "category", "categories", "collection", "collections"),
        *("search", "tag", "tags", "taxonomy", "topic", "topics", "home", "index"),
        *("list", "listing", "browse", "shop", "cat", "products", "directory"),
        *("catalog", "author", "page", "news"),
    }
)
"""Words in the class or the URL of a page that name lists of articles, in any language."""
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
        if p >= BODY and b.kind is not BlockKind.CAPTION
    ]
    said = sum([size for _, _, size in body])
    doubt = [size * min(p, 1 - p) for _, p, size in rows]
    teasers = [
        size
        for b, _, size in rows
        if size >= TEASER_WORDS and b.link_density > TEASER_LINKED and not b.hidden
    ]
    headings = [b for b in blocks if b.kind is BlockKind.HEADING and not b.hidden]
    linked = [b for b in headings if b.link_density > TEASER_LINKED]
    first = body[0][0].index if body else 0
    last = body[-1][0].index if body else 0
    between = sum(sizes[first : last + 1])
    return {
        "body": said,
        "body_blocks": len(body),
        "body_long": sum(size >= PROSE_WORDS for _, _, size in body),
        "body_median": median(size for _, _, size in body) if body else 0,
        "body_share": said / max(1, sum(sizes)),
        "body_density": said / max(1, between),
        "body_linked": sum(b.linked for b, _, _ in body)
        / max(1, sum(len(b.text) for b, _, _ in body)),
        "body_sure": sum(p * size for _, p, size in body) / max(1, said),
        "body_very_sure": sum(size for _, p, size in body if p >= _SURELY_BODY),
        "best": max(probabilities, default=0),
        "doubt": sum(doubt) / max(1, said),
        "missed": sum([size * p for _, p, size in rows if p < BODY]) / max(1, said),
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
        if probability >= BODY and size >= PROSE_WORDS:
            around = block.element.getparent()
            parents[around] = parents.get(around, 0) + size
        if (
            block.link_density > TEASER_LINKED
            and size >= TEASER_WORDS
            and not block.hidden
        ):
            run = 0
        elif probability >= BODY:
            run += size
            longest = max(longest, run)
    total = sum(parents.values())
    repeats = columns["repeats"]
    grid = [at for at, n in enumerate(repeats) if n >= _GRID_ELEMENTS]
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
        sum(sizes[at] for at in grid if probabilities[at] >= BODY) / max(1, total),
        sum(_PRICE.search(b.text) is not None for b in blocks),
        len(_list_names() & names_of_page),
        len(_SINGLES & names_of_page),
    )
    return dict(zip(names, values, strict=True))


@cache
def _list_names() -> frozenset[str]:
    return _LISTS | phrases().list_names


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
        "listed": any(
            step.lower().rsplit(".", 1)[0] in _list_names() for step in steps
        ),
        "slug": len(_SLUG.findall(last)),
        "wordiest": max([len(_SLUG.findall(step)) for step in steps], default=0),
        "slug_digits": sum(c.isdigit() for c in last),
        "numbered": bool(_NUMBER.search(last) or _NUMBER.search(parts.query)),
        "dated": bool(_DAY.search(parts.path)),
        "suffix": "." in last,
        "query": len(parts.query),
    }
