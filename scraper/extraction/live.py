"""Live pages: entries, each under the time it was written."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock

_MOST_WORDS = 9
_MOST_ELEMENTS = 16
"""Elements, or texts, of a block that are read for a time: line breaks share one element."""
_CLOCK = re.compile(
    r"(?i)(?:\d{1,2}[:.hg]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?"
    r"|\d+\s*(?:m|mins?|h|hrs?|d|phút|giờ|ngày)\s*(?:ago|trước))(?:\W.{0,28})?"
)
_ENTRIES = 4
"""Entries with a time of their own that make a page live without its saying so."""


def entry_times(blocks: list[RawBlock], inside: range) -> dict[int, str]:
    """Return the times that head entries, as printed, by the index of their block."""
    return {
        i: blocks[i].text
        for i in inside
        if not blocks[i].hidden and (_is_time(blocks[i]) or _prints_clock(blocks[i]))
    }


def is_built_live(blocks: list[RawBlock], inside: range, found: frozenset[int]) -> bool:
    """Tell a page of many entries, each under a ``time`` element and with text found."""
    times = [i for i in inside if not blocks[i].hidden and _is_time(blocks[i])]
    filled = sum(
        any(i in found for i in range(start + 1, end))
        for start, end in pairwise([*times, inside.stop])
    )
    return filled >= _ENTRIES


def _is_time(block: RawBlock) -> bool:
    """Tell a block that is a ``time`` element and nothing else."""
    element = block.element
    if len(block.words) > _MOST_WORDS or not block.words:
        return False
    first = islice(element.iter(), _MOST_ELEMENTS)
    inner = next((e for e in first if e.tag == "time"), None)
    if inner is None:
        return False
    texts = islice(inner.itertext(), _MOST_ELEMENTS)
    said = "".join("".join(map(str, texts)).split())
    return said == "".join(block.text.split())


def _prints_clock(block: RawBlock) -> bool:
    short = len(block.words) <= _MOST_WORDS
    return short and _CLOCK.fullmatch(block.text) is not None
