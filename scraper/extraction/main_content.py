"""Which blocks are the main content, in two ways that check each other.

First trafilatura (precision settings; Barbaresi 2021, doi:10.18653/v1/2021.acl-demo.15),
whose output is laid back over the page's own blocks by their words. Then the container:
the deepest element that holds most of what was found; a paragraph beside the ones found,
set as they are, belongs to the article too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trafilatura import bare_extraction

from scraper.extraction.aligning import LONG, align, lines_of
from scraper.extraction.boilerplate import boilerplate_blocks
from scraper.items import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.verdicts import Verdict

_LITTLE = 0.3
_LEVELS = 3
_STORY = 3
_LIGHT = frozenset({BlockKind.HEADING, BlockKind.CAPTION})
_SHARE = 0.9
"""The container is the deepest element with this share of the words found."""


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
    places = align(blocks, _find_lines(root, blocks))
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
        gained = sum(len(b.words) for b in text if len(b.words) >= LONG)
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
        len(block.words) >= LONG and block.link_density < _LITTLE and not block.hidden
    )


def _trafilatura_lines(root: HtmlElement, *, fast: bool) -> list[list[str]]:
    document = bare_extraction(
        root, fast=fast, favor_precision=True, include_comments=False
    )
    return lines_of(document)


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
