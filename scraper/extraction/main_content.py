"""Which blocks are the main content, in two ways that check each other.

First trafilatura (precision settings; Barbaresi 2021, doi:10.18653/v1/2021.acl-demo.15),
whose output is laid back over the page's own blocks by their words. Then the container:
the deepest element that holds most of what was found; a paragraph beside the ones found,
set as they are, belongs to the article too.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from trafilatura import bare_extraction
from trafilatura.settings import Document

from scraper.extraction.boilerplate import boilerplate_blocks
from scraper.items import BlockKind
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.verdicts import Verdict

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_LITTLE = 0.3
_TRIED = 100
_LEVELS = 3
_STORY = 3
_LIGHT = frozenset({BlockKind.HEADING, BlockKind.CAPTION})
_SHARE = 0.9
"""The container is the deepest element with this share of the words found."""

_SHORT = 4
"""Words of a shingle; a block of fewer words must follow the one before at once."""

_LONG = 12
"""A block of fewer words must begin a line; a tag is no part of a sentence."""

_ALIKE = 0.5
"""Share of a block's shingles in the output from which on they are the same text."""


@dataclass(frozen=True, slots=True)
class MainContent:
    """Indexes of blocks.

    *found*: what trafilatura keeps; *inside*: those of the container, a range, since the
    blocks of an element follow each other; *boilerplate*: what stands in an element that
    is named as boilerplate is; *verdicts*: what others say of single blocks.
    """

    found: frozenset[int] = frozenset()
    inside: range = range(0)
    boilerplate: frozenset[int] = frozenset()
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)


def find_main_content(root: HtmlElement, blocks: list[RawBlock]) -> MainContent:
    """Return the main content of *root*; empty where trafilatura finds none.

    Text that stands on the page twice counts where the container is.
    """
    places = _align(blocks, _find_lines(root, blocks))
    boilerplate = boilerplate_blocks(blocks, set(places))
    places = {i: at for i, at in places.items() if i not in boilerplate}
    container = container_of(_telling(blocks, places))
    if container is None:
        return MainContent(boilerplate=boilerplate)
    inside = _widened(container, blocks, places)
    taken = {at for i in inside for at in places.get(i, ())}
    found = {
        i for i, at in places.items() if i in inside or (at and taken.isdisjoint(at))
    }
    return MainContent(frozenset(found), inside, boilerplate)


def with_captions(
    found: list[RawBlock], blocks: list[RawBlock], main: MainContent
) -> list[RawBlock]:
    """Return *found* and the captions of the container, in page order."""
    captions = (
        b for b in blocks if b.kind is BlockKind.CAPTION and b.index in main.inside
    )
    return sorted({*found, *captions}, key=lambda block: block.index)


def _telling(blocks: list[RawBlock], places: dict[int, range]) -> list[RawBlock]:
    """Return the blocks that tell the container: in a photo story also its captions."""
    found = [blocks[i] for i in places]
    captions = [b for b in blocks if b.kind is BlockKind.CAPTION and not b.hidden]
    said = sum(len(b.words) for b in found if b.kind not in _LIGHT)
    shown = sum(len(b.words) for b in captions)
    is_story = len(captions) >= _STORY and shown > said
    return (
        [*(b for b in found if b.kind not in _LIGHT), *captions] if is_story else found
    )


def _widened(
    container: HtmlElement, blocks: list[RawBlock], places: dict[int, range]
) -> range:
    """Return the blocks of *container*, with the rest of a split body.

    That is an element around it which adds found text and little else.
    """
    inside = blocks_of(container, blocks)
    for parent in list(container.iterancestors())[:_LEVELS]:
        if parent.tag == "html":
            break
        wider = blocks_of(parent, blocks)
        added = [blocks[i] for i in wider if i not in inside]
        text = [b for b in added if places.get(b.index) and b.kind not in _LIGHT]
        gained = sum(len(b.words) for b in text if len(b.words) >= _LONG)
        other = sum(len(b.words) for b in added if b not in text)
        if not gained or other > gained:
            break
        inside = wider
    return inside


def blocks_of(container: HtmlElement, blocks: list[RawBlock]) -> range:
    """Return the indexes of the *blocks* in *container*."""
    elements = set(container.iter())
    inside = [b.index for b in blocks if b.element in elements]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _find_lines(root: HtmlElement, blocks: list[RawBlock]) -> list[list[str]]:
    """Return the words of each line of trafilatura's output, none where it finds none.

    Its comparison with readability and jusText costs a third of its time and changes
    nothing but where its own rules fail (13 of 290 gold pages, of which they kept less
    than a tenth of the plain text): it is asked for only where they keep so little.
    """
    plain = sum(len(b.words) for b in blocks if _is_plain(b))
    lines = _trafilatura_lines(root, fast=True)
    if sum(map(len, lines)) < _LITTLE * plain:
        return _trafilatura_lines(root, fast=False)
    return lines


def _is_plain(block: RawBlock) -> bool:
    return (
        len(block.words) >= _LONG and block.link_density < _LITTLE and not block.hidden
    )


def _trafilatura_lines(root: HtmlElement, *, fast: bool) -> list[list[str]]:
    document = bare_extraction(
        root, fast=fast, favor_precision=True, include_comments=False
    )
    if not isinstance(document, Document) or document.body is None:
        return []
    nodes = list(document.body) or [document.body]
    return [
        run for node in nodes if (run := words(" ".join(map(str, node.itertext()))))
    ]


def _align(blocks: list[RawBlock], lines: list[list[str]]) -> dict[int, range]:
    """Return the places of *blocks* in *lines*, as ranges of words, by index.

    Both are in page order: a block is looked for from where the last one ended, and only
    then from the start; a short one must begin a line or follow at once. A block that
    shares most of its shingles with the lines has the empty range. A hidden block counts
    only for lines that no visible one says.
    """
    output = _Output(lines)
    places: dict[int, range] = {}
    cursor = 0
    for block in sorted(blocks, key=lambda b: b.hidden):
        at = output.find(block.words, cursor)
        if at >= 0:
            places[block.index] = range(at, at + len(block.words))
            cursor = max(cursor, at + len(block.words))
        elif len(block.words) > 2 * _SHORT and output.share(block.words) > _ALIKE:
            places[block.index] = range(0)
    taken = {at for i, place in places.items() if not blocks[i].hidden for at in place}
    return {
        i: place
        for i, place in places.items()
        if not blocks[i].hidden or (place and taken.isdisjoint(place))
    }


class _Output:
    """The words of all lines as one run, indexed by where each shingle stands."""

    def __init__(self, lines: list[list[str]]) -> None:
        self._words = [word for line in lines for word in line]
        self._starts = {0, *accumulate(map(len, lines))}
        self._places: dict[tuple[str, ...], list[int]] = {}
        for at in range(len(self._words)):
            self._places.setdefault(self._shingle(at), []).append(at)

    def _shingle(self, at: int) -> tuple[str, ...]:
        return tuple(self._words[at : at + _SHORT])

    def find(self, run: list[str], cursor: int) -> int:
        """Return where *run* stands, best at or after *cursor*; -1 for nowhere.

        Of a shingle that stands all over only the next places are tried.
        """
        if not run:
            return -1
        if len(run) < _SHORT:
            return cursor if self._words[cursor : cursor + len(run)] == run else -1
        places = self._places.get(tuple(run[:_SHORT]), [])
        ahead = bisect_left(places, cursor)
        tried = chain(places[ahead : ahead + _TRIED], places[: min(ahead, _TRIED)])
        return next((at for at in tried if self._is_at(run, at, cursor)), -1)

    def _is_at(self, run: list[str], at: int, cursor: int) -> bool:
        anywhere = len(run) >= _LONG or at == cursor or at in self._starts
        return anywhere and self._words[at : at + len(run)] == run

    def share(self, run: list[str]) -> float:
        """Return the share of the shingles of *run* that stand anywhere."""
        own = [tuple(run[i : i + _SHORT]) for i in range(len(run) - _SHORT + 1)]
        return sum(shingle in self._places for shingle in own) / len(own)


def container_of(blocks: Iterable[RawBlock]) -> HtmlElement | None:
    """Return the deepest element with :data:`_SHARE` of the words of *blocks*.

    Headings weigh nothing while there are paragraphs: a standfirst is often set as a
    heading outside. A body in one paragraph is held by what is around it.
    """
    blocks = list(blocks)
    weighing = [b for b in blocks if b.kind is not BlockKind.HEADING] or blocks
    weight: dict[HtmlElement, int] = {}
    depth: dict[HtmlElement, int] = {}
    for block in weighing:
        chain = [
            e for e in (block.element, *block.element.iterancestors()) if e.tag != "p"
        ]
        for distance, element in enumerate(chain):
            weight[element] = weight.get(element, 0) + len(block.words)
            depth[element] = len(chain) - distance
    total = sum(len(block.words) for block in weighing)
    enough = [e for e, w in weight.items() if w >= _SHARE * total]
    return max(enough, key=depth.__getitem__, default=None)
