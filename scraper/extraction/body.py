"""The body of the record: its blocks with their links, and which images it has.

A block's text is cleaned after its pieces were joined, so a link is found in it again by
its letters, that is, all that is no space: these stay the same, and so does their order.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from itertools import accumulate, groupby, islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from scraper.extraction.blocks import embed_of
from scraper.extraction.languages import alternatives, phrases
from scraper.items import Block, BlockKind, Image, Link
from scraper.text import clean, normalised
from scraper.urls import followed_url, is_http, public_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import Declared


_MAX_HEADING_WORDS = 30
"""Words of the longest heading; a longer one is a paragraph set as one."""
_MIN_QUESTIONS = 2
"""Questions that make an interview."""
_MIN_ENTRIES = 2
"""Times that make entries; a single one is the page's own."""
_ENDS_OF_SENTENCE = (".", "!", "…", ":", ";", ",", "”", '"', ")")


class Group(NamedTuple):
    """The raw blocks that are one block of the record."""

    kind: BlockKind
    time: str
    parts: list[RawBlock]


def group_blocks(
    body: list[RawBlock], times: Mapping[int, str] | None = None
) -> list[Group]:
    """Return *body* as groups of raw blocks, each of which is a block of the record.

    On a live page *times* are the printed times by the index of their block: what stands
    under one is an entry, its lines separated by newlines. An embedded post is one block.
    A paragraph wholly in bold is a sub-heading, or a question if it asks. Two
    questions make an interview: what follows one, up to the next heading, answers it.
    """
    kinds = [_kind(block) for block in body]
    if kinds.count(BlockKind.QUESTION) < _MIN_QUESTIONS:
        kinds = [BlockKind.HEADING if k is BlockKind.QUESTION else k for k in kinds]
    else:
        kinds = _with_answers(kinds)
    starts = sorted(times or {})
    pairs = zip(body, kinds, strict=True)
    units = groupby(pairs, key=lambda pair: _unit(pair[0], pair[1], starts))
    return [
        Group(kind, _time(at, times), [raw for raw, _ in parts])
        for (kind, at), parts in units
    ]


def article_blocks(groups: list[Group], base: Base) -> tuple[Block, ...]:
    """Return each of *groups* as one block; *base* is what its links refer to."""
    return tuple(
        Block(
            group.kind,
            "\n".join(raw.text for raw in group.parts),
            group.time,
            _links_in(group.parts, base),
        )
        for group in groups
    )


def _time(unit: object, times: Mapping[int, str] | None) -> str:
    return times.get(unit, "") if times and isinstance(unit, int) else ""


def _unit(
    block: RawBlock, kind: BlockKind, starts: list[int]
) -> tuple[BlockKind, object]:
    """Return the kind of the record's block that *block* belongs to, and which one."""
    if kind is BlockKind.EMBED:
        return kind, embed_of(block.element)
    entry = bisect_right(starts, block.index) - 1
    if len(starts) < _MIN_ENTRIES or entry < 0 or kind is BlockKind.CAPTION:
        return kind, -1 - block.index
    return BlockKind.ENTRY, starts[entry]


def _kind(block: RawBlock) -> BlockKind:
    if block.kind is BlockKind.HEADING and block.text.endswith("?"):
        return BlockKind.QUESTION
    if block.kind is not BlockKind.PARAGRAPH or not block.is_bold:
        return block.kind
    if block.text.rstrip('”"').endswith("?"):
        return BlockKind.QUESTION
    short = len(block.words) <= _MAX_HEADING_WORDS
    if short and not block.text.endswith(_ENDS_OF_SENTENCE):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def _with_answers(kinds: list[BlockKind]) -> list[BlockKind]:
    answered: list[BlockKind] = []
    asked = False
    for kind in kinds:
        if kind in (BlockKind.QUESTION, BlockKind.HEADING):
            asked = kind is BlockKind.QUESTION
        answers = asked and kind is BlockKind.PARAGRAPH
        answered.append(BlockKind.ANSWER if answers else kind)
    return answered


class Base(NamedTuple):
    """The URL of a page, and the one that its relative URLs refer to."""

    page: str = ""
    url: str = ""


def _links_in(
    blocks: Iterable[RawBlock], base: Base, *, offset: int = 0
) -> tuple[Link, ...]:
    """Return the links of *blocks*, whose texts are joined by one character.

    *offset* is the index of the first text in the whole.
    """
    links: list[Link] = []
    for block in blocks:
        if block.links:
            links += _links_of(block, base, offset)
        offset += len(block.text) + 1
    return tuple(links)


def lead_links(blocks: Sequence[RawBlock], lead: str, base: Base) -> tuple[Link, ...]:
    """Return the links of *lead*, what is left of *blocks* without its first words."""
    whole = " ".join(block.text for block in blocks)
    if not whole.endswith(lead):
        return ()
    found = _links_in(blocks, base, offset=len(lead) - len(whole))
    return tuple(link for link in found if link.start >= 0)


def _links_of(block: RawBlock, base: Base, offset: int) -> Iterator[Link]:
    """Yield the links of *block* in their order.

    A link without words, such as one around a picture, is left out, as is one whose letters the
    text does not have where they belong.
    """
    text = block.text
    before = _letters_before(text)
    for element, start, letters in _runs(block.pieces or [], block.links or {}):
        if not (url := followed_url(element.get("href", ""), base.url, page=base.page)):
            continue
        end = start + len(letters)
        first = start + bisect_right(before, start) - 1
        words = text[first : end - 1 + bisect_right(before, end - 1)]
        if "".join(words.split()) == letters:
            yield Link(words, url, offset + first)


def _letters_before(text: str) -> list[int]:
    """Return how many letters stand before each word of *text*, and in all of it.

    Between two words is one character; words of a table may be empty.
    """
    words = text.replace("\t", " ").replace("\n", " ").split(" ")
    return [*accumulate(map(len, words), initial=0)]


def _runs(
    pieces: list[str], links: dict[int, HtmlElement]
) -> Iterator[tuple[HtmlElement, int, str]]:
    """Yield each link with the number of letters before it, and its own."""
    letters = [*map(_letters, pieces[: max(links) + 1])]
    starts = [*accumulate(map(len, letters), initial=0)]
    for element, run in groupby(links, key=links.__getitem__):
        indexes = [*run]
        if said := "".join(letters[at] for at in indexes):
            yield element, starts[indexes[0]], said


def _letters(text: str) -> str:
    letters = "".join(normalised(text).split())
    return letters if letters.isprintable() else "".join(clean(text).split())


_CREDIT_CLASS = re.compile(
    r"(?i)(?:^|[\s_-])(?:credits?|copyright|photographer)(?:$|[\s_-])"
)
_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:")
_PICTURE_LEVELS = 4
"""Elements up from a caption in which its picture is searched."""


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

    The first two of each element are *known* once they were searched.
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
