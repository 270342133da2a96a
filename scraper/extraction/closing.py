"""What stands below the last sentence of an article and is none of it.

Lines to the reader (whom to write to, what to follow, whose copyright it is) are told by
what they say and only at the very end, since in the text the same words are a sentence
like others. Sources, credits and notes are told by the heading over them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from scraper.extraction.languages import phrases
from scraper.items import BlockKind

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock

_EDGES = " :.*•-–—_"
_MAX_LINE = 60
_MAX_NOTE = 100
"""Words of the longest note seen under such a heading; a longer block is a chapter."""
_SIGNED = re.compile(
    r"(?i)(?:^|[\s_-])(?:author|source|byline|tac-?gia|nguon)(?:$|[\s_-])"
)
_SIGNATURE = 8
_HEADING = 12
_FEW = 3
"""A line of so few words (initials, a mark) does not end the search."""
_MOST = 0.5
"""Share of the words that closing lines may have, and the text above a section must
have at least half of it."""


def closing_rules(inside: list[RawBlock], body: list[RawBlock]) -> dict[int, str]:
    """Return the rule that drops a block of *body* by its index.

    *inside* are all blocks of the container, since the heading over a section is often
    not kept itself.
    """
    text = [block for block in body if block.kind is not BlockKind.CAPTION]
    section = _closing_section(inside, text)
    rest = [block for block in text if block not in section]
    lines = _closing_lines(rest)
    said = sum(len(block.words) for block in rest)
    if sum(len(block.words) for block in lines) > _MOST * said:
        lines = []
    rules = {block.index: "closing_section" for block in section}
    return rules | {block.index: "closing_line" for block in lines}


def is_correction(block: RawBlock) -> bool:
    """Tell a note on what the article said before; it is part of what it says now."""
    key = block.key.strip(" *•-–—_[]()")
    return len(block.words) > _FEW and bool(_correcting().fullmatch(key))


def _closing_section(inside: list[RawBlock], text: list[RawBlock]) -> list[RawBlock]:
    """Return what stands from a heading such as "Sources" to the end, all of it short."""
    total = sum(len(block.words) for block in text)
    for heading in inside:
        if len(heading.words) > _HEADING:
            continue
        if heading.key.strip(_EDGES) not in phrases().closing_headings:
            continue
        if _ends_before(heading, text):
            continue
        section = [block for block in text if block.index >= heading.index]
        above = total - sum(len(block.words) for block in section)
        if above >= _MOST / 2 * total and all(
            len(block.words) <= _MAX_NOTE for block in section
        ):
            return section
    return []


def _ends_before(heading: RawBlock, text: list[RawBlock]) -> bool:
    """Tell a heading over a box of its own that ends before the text does."""
    box = heading.element.getparent()
    if box is None or heading.element.getnext() is None:
        return False
    return bool(text) and all(box is not e for e in text[-1].element.iterancestors())


def _closing_lines(text: list[RawBlock]) -> list[RawBlock]:
    """Return the lines to the reader, from the last block upwards to a sentence."""
    lines: list[RawBlock] = []
    for block in reversed(text):
        if len(block.words) > _MAX_LINE or is_correction(block):
            break
        key = block.key.strip(" *•-–—_[]()")
        told = _closing().fullmatch(key)
        if told or _is_signature(block):
            lines.append(block)
        elif len(block.words) > _FEW and not _signing().fullmatch(key):
            break
    return lines


def _is_signature(block: RawBlock) -> bool:
    """Tell a name or a source in an element that is named so."""
    parent = block.element.getparent()
    near = [block.element] if parent is None else [block.element, parent]
    short = len(block.words) <= _SIGNATURE and block.kind is BlockKind.PARAGRAPH
    return short and any(_SIGNED.search(e.get("class", "")) for e in near)


@cache
def _closing() -> re.Pattern[str]:
    return _any_of(phrases().closing_patterns)


@cache
def _correcting() -> re.Pattern[str]:
    return _any_of(phrases().correction_patterns)


@cache
def _signing() -> re.Pattern[str]:
    return _any_of(phrases().signing_patterns)


def _any_of(patterns: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)))
