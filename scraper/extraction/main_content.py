"""Which blocks are the main content: those that the labeller takes for body."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.extraction.features import ENDS, block_features, is_prose
from scraper.extraction.kind import GALLERY_CAPTIONS, page_features
from scraper.extraction.labeller import BODY
from scraper.extraction.paths import template_paths
from scraper.extraction.rules import ONLY_LINK
from scraper.items import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.choose import Verdict
    from scraper.extraction.features import Column
    from scraper.extraction.head import Head
    from scraper.extraction.labeller import Labeller

    Setting = tuple[str, HtmlElement | None]

_SET_ALIKE = 0.4
"""Probability from which on a block beside body that is set like it is body."""
_PART = 0.3
"""Probability from which on a quotation, table or sentence in the container is body."""
_SET_AS_BODY = 0.5
"""Share of the words on one path, in one element, from which on they are set as body."""
_BOLD_LABEL = 0.25
"""Probability from which on a short line in bold right above body is body."""
_OTHER_NAMES = ("near_related", "near_comment", "near_newsletter")
_OTHER_LEVELS = 2
"""Elements up from a block whose names count against its being a part."""
_HARDLY_BODY = 0.1
"""Probability under which no block is body, however poor the others are."""
_OF_BEST = 0.7
"""Share of a page's best probability that a block needs if no block reaches BODY: the page
then has its best text and a low confidence."""
_LIST_WORDS, _LIST_TEASERS = 15, 20
"""Words of body, and teasers, of a page that is a list."""
_LIST_AT_MOST = 0.2
"""The most that such a page is an article."""
SET_APART = frozenset({BlockKind.QUOTE, BlockKind.TABLE})
"""What in the container is nearly always body."""
_LIGHT = frozenset({BlockKind.HEADING, BlockKind.CAPTION})
CONTAINER_SHARE = 0.9
"""The container is the deepest element with this share of the words found."""


@dataclass(frozen=True, slots=True)
class MainContent:
    """Indexes of blocks.

    *found*: what is body; *inside*: those of the container, a range, since the blocks of
    an element follow each other; *verdicts*: what the site model says of single blocks;
    *columns*: the :func:`~scraper.extraction.features.block_features` and *numbers* the
    :func:`~scraper.extraction.kind.page_features`, if they were computed;
    *probabilities*: of each block that it is body; *article*: of the page that it is one,
    *good*: of its text that it is right, as
    :class:`~scraper.extraction.labeller.Labeller` has them.
    """

    found: frozenset[int] = frozenset()
    inside: range = range(0)
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    probabilities: Sequence[float] = ()
    article: float = 1.0
    good: float = 1.0


def find_main_content(
    blocks: list[RawBlock], head: Head, labeller: Labeller
) -> MainContent:
    """Return what *labeller* takes for body.

    Bare links are of it only inside the container that the rest of it has.
    """
    columns = block_features(blocks, head.words())
    probabilities = labeller.body.probabilities(columns)
    found = _probable(blocks, probabilities)
    found |= _set_alike(blocks, found, probabilities)
    bare = frozenset(i for i in found if blocks[i].link_density >= ONLY_LINK)
    telling = [blocks[at] for at in sorted(found - bare or found)]
    captions = [b for b in blocks if b.kind is BlockKind.CAPTION and not b.hidden]
    is_story = _is_photo_story(telling, captions)
    if is_story:
        telling = [*(b for b in telling if b.kind not in _LIGHT), *captions]
    container = container_of(telling)
    inside = blocks_of(container, blocks) if container is not None else range(0)
    found -= bare - set(inside)
    held = [blocks[at] for at in inside]
    found |= _parts(held, columns, probabilities)
    if is_story:
        found |= {b.index for b in held if _stands_alone(b)}
    found |= _headings_over(found, held)
    found |= _labels_over(found, held, probabilities)
    numbers = page_features(blocks, columns, probabilities, head)
    return MainContent(
        found,
        inside,
        columns=columns,
        numbers=numbers,
        probabilities=probabilities,
        article=_article_probability(numbers, labeller),
        good=labeller.good.probability(numbers),
    )


def _article_probability(numbers: Mapping[str, float], labeller: Labeller) -> float:
    """Return the probability that a page with these *numbers* is an article.

    One that says next to nothing among many teasers is a list, whatever else it looks
    like: of the gold pages 48 are, and 3 articles whose text was not found (2026-11-29).
    """
    found = labeller.article.probability(numbers)
    says_little = numbers["body"] <= _LIST_WORDS and numbers["teasers"] >= _LIST_TEASERS
    is_list = says_little and not numbers["says_article"]
    return min(found, _LIST_AT_MOST) if is_list else found


def _probable(blocks: list[RawBlock], probabilities: Sequence[float]) -> frozenset[int]:
    """Return the blocks that are body by themselves, or the best ones if none is.

    What is hidden inside a line, and has no words, is a note for screen readers.
    """
    best = max(probabilities, default=0.0)
    least = BODY if best >= BODY else max(_HARDLY_BODY, _OF_BEST * best)
    return frozenset(
        block.index
        for block, probability in zip(blocks, probabilities, strict=True)
        if probability >= least
        and block.kind is not BlockKind.CAPTION
        and (block.words or not block.hidden)
    )


def _parts(
    held: list[RawBlock],
    columns: Mapping[str, Column],
    probabilities: Sequence[float],
) -> set[int]:
    """Return the quotations, tables and sentences of the container that are body."""
    units = columns.get("units", ())
    return {
        b.index
        for b in held
        if _is_part(b, probabilities[b.index], units[b.index])
        and not _is_named_otherwise(b, columns)
    }


def _headings_over(found: frozenset[int], inside: list[RawBlock]) -> set[int]:
    """Return the headings right above body, in one element with it."""
    shown = [b for b in inside if b.kind is not BlockKind.CAPTION and not b.hidden]
    return {
        a.index
        for a, b in pairwise(shown)
        if b.index in found and not a.linked and is_heading_of(a, b)
    }


def _labels_over(
    found: frozenset[int], inside: list[RawBlock], probabilities: Sequence[float]
) -> set[int]:
    """Return short lines in bold, none too improbable, right above body set beside them."""
    return {
        a.index
        for a, b in pairwise(inside)
        if probabilities[a.index] >= _BOLD_LABEL
        and a.is_bold
        and not (a.linked or a.hidden)
        and b.index in found
        and a.element.getparent() is b.element.getparent()
        and a.kind is BlockKind.PARAGRAPH
    }


def is_heading_of(block: RawBlock, following: RawBlock) -> bool:
    """Return True for a heading that stands in one element with the text *following* it."""
    if block.kind is not BlockKind.HEADING:
        return False
    around = block.element.getparent()
    return any(e is around for e in following.element.iterancestors())


def _is_part(block: RawBlock, probability: float, size: float) -> bool:
    """Return True for what in the container looks like text, or like nothing around it.

    It has *size* words; what stands in an ``aside`` has to be probable by itself.
    """
    if probability < _PART or block.kind is BlockKind.CAPTION or block.hidden:
        return False
    element = block.element
    if element.tag == "aside" or next(element.iterancestors("aside"), None) is not None:
        return False
    return block.kind in SET_APART or is_prose(block, size)


def _is_named_otherwise(block: RawBlock, columns: Mapping[str, Column]) -> bool:
    """Return True close to a name for teasers, comments or letters."""
    return any(columns[name][block.index] <= _OTHER_LEVELS for name in _OTHER_NAMES)


def _set_alike(
    blocks: list[RawBlock], found: frozenset[int], probabilities: Sequence[float]
) -> set[int]:
    """Return less probable blocks that are set as others, of which most are body."""
    doubtful = [
        block
        for block in blocks
        if probabilities[block.index] >= _SET_ALIKE
        and block.index not in found
        and block.kind is not BlockKind.CAPTION
        and not block.hidden
    ]
    if not doubtful:
        return set()
    around = {block.element.getparent() for block in doubtful}
    kin = [block for block in blocks if block.element.getparent() in around]
    settings = dict(zip(kin, map(_setting, kin, template_paths(kin)), strict=True))
    size: Counter[Setting] = Counter()
    body: Counter[Setting] = Counter()
    for block, setting in settings.items():
        size[setting] += len(block.words)
        body[setting] += len(block.words) if block.index in found else 0
    return {
        block.index
        for block in doubtful
        if body[settings[block]] > _SET_AS_BODY * size[settings[block]]
    }


def _setting(block: RawBlock, path: str) -> Setting:
    return path, block.element.getparent()


def with_captions(
    found: list[RawBlock], blocks: list[RawBlock], main: MainContent
) -> list[RawBlock]:
    """Return *found* and the captions of the container, in page order."""
    captions = (
        b for b in blocks if b.kind is BlockKind.CAPTION and b.index in main.inside
    )
    return sorted({*found, *captions}, key=lambda block: block.index)


def _is_photo_story(found: list[RawBlock], captions: list[RawBlock]) -> bool:
    """Return True if the captions say more than the text, and so show the container too."""
    said = sum(len(b.words) for b in found if b.kind not in _LIGHT)
    shown = sum(len(b.words) for b in captions)
    return len(captions) >= GALLERY_CAPTIONS and shown > said


def _stands_alone(block: RawBlock) -> bool:
    """Return True for a sentence between the pictures of a photo story."""
    is_plain = block.kind is BlockKind.PARAGRAPH and not block.linked
    return is_plain and not block.hidden and block.text.endswith(ENDS)


def blocks_of(container: HtmlElement, blocks: list[RawBlock]) -> range:
    """Return the indexes of the *blocks* in *container*."""
    elements = set(container.iter())
    inside = [b.index for b in blocks if b.element in elements]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def container_of(blocks: Iterable[RawBlock]) -> HtmlElement | None:
    """Return the deepest element with :data:`CONTAINER_SHARE` of the words of *blocks*.

    Headings weigh nothing while there are paragraphs: a standfirst is often set as a
    heading outside. A body in one paragraph is held by what is around it.
    """
    blocks = list(blocks)
    weighing = [b for b in blocks if b.kind is not BlockKind.HEADING] or blocks
    held: Counter[HtmlElement] = Counter()
    for block in weighing:
        held[block.element] += len(block.words)
    depth = _depths(held)
    for element in reversed(depth):
        parent = element.getparent()
        if parent is not None:
            held[parent] += held[element]
    total = sum(len(block.words) for block in weighing)
    enough = [e for e in depth if e.tag != "p" and held[e] >= CONTAINER_SHARE * total]
    return max(enough, key=depth.__getitem__, default=None)


def _depths(elements: Iterable[HtmlElement]) -> dict[HtmlElement, int]:
    """Return the depth of each of *elements* and of all around them, ``p`` not counted.

    What is around an element stands before it. Each is visited once, though many are around
    every block.
    """
    depth: dict[HtmlElement, int] = {}
    for element in elements:
        chain: list[HtmlElement] = []
        node: HtmlElement | None = element
        while node is not None and node not in depth:
            chain.append(node)
            node = node.getparent()
        level = 0 if node is None else depth[node]
        for each in reversed(chain):
            level += each.tag != "p"
            depth[each] = level
    return depth


_FIRST_ARTICLE_WORDS = 30
"""Words that the first article has at least, or it may be a teaser itself."""


def without_next_articles(main: MainContent, blocks: list[RawBlock]) -> MainContent:
    """Return *main* without what stands in a later article of the page."""
    headlines = [b for b in blocks if b.element.tag == "h1" and not b.hidden]
    if len(headlines) < 2:  # noqa: PLR2004
        return main
    first, *others = (_article_of(block.element) for block in headlines)
    if first is None:
        return main
    later = {
        each
        for each in others
        if each is not None and each is not first and not _are_nested(each, first)
    }
    if not later:
        return main
    own = _indexes_in({first}, main.found, blocks)
    if sum(len(blocks[at].words) for at in own) < _FIRST_ARTICLE_WORDS:
        return main
    return replace(main, found=main.found - _indexes_in(later, main.found, blocks))


def _article_of(element: HtmlElement) -> HtmlElement | None:
    return next(element.iterancestors("article"), None)


def _are_nested(one: HtmlElement, other: HtmlElement) -> bool:
    chains = (one.iterancestors("article"), other.iterancestors("article"))
    return other in chains[0] or one in chains[1]


def _indexes_in(
    elements: set[HtmlElement], found: Iterable[int], blocks: list[RawBlock]
) -> frozenset[int]:
    return frozenset(
        at
        for at in found
        if not elements.isdisjoint(blocks[at].element.iterancestors("article"))
    )
