"""Raw blocks to the blocks of the record: sub-headings, questions, entries, embeds."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.blocks import embed_of
from scraper.extraction.links import links_in
from scraper.items import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.links import Base

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
    under one is an entry, its lines parted by a newline. An embedded post is one block.
    A paragraph wholly in bold is a sub-heading, or a question if it asks. Two
    questions make an interview: what follows one, up to the next heading, answers it.
    """
    kinds = [_kind(block) for block in body]
    if kinds.count(BlockKind.QUESTION) < _MIN_QUESTIONS:
        kinds = [BlockKind.HEADING if k is BlockKind.QUESTION else k for k in kinds]
    else:
        kinds = _with_answers(kinds)
    starts = sorted(times or {})
    told = zip(body, kinds, strict=True)
    units = groupby(told, key=lambda pair: _unit(pair[0], pair[1], starts))
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
            links_in(group.parts, base),
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
