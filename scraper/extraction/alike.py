"""Paragraphs that were not found but are set exactly as the text that was."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.extraction.paths import paths_by_index
from scraper.items import BlockKind

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent

_MIN_WORDS = 6
_MAX_LINKED = 0.5
_FOUND = 2
_SHARE = 0.3
"""Share of the found words that a template path must hold to be the text's own."""
_MOST = 2
"""Blocks of that path left out, to one that was found; more are no oversight."""
_OTHER = frozenset({BlockKind.CAPTION, BlockKind.TABLE})


def set_alike(inside: list[RawBlock], main: MainContent) -> set[int]:
    """Return the indexes of blocks *inside* that share a template path with the text."""
    missed = [b for b in inside if _is_missed(b, main)]
    if not missed:
        return set()
    paths = paths_by_index(inside)
    found = [b for b in inside if b.index in main.found and b.kind not in _OTHER]
    size: Counter[str] = Counter()
    for block in found:
        size[paths[block.index]] += len(block.words)
    counts = Counter(paths[b.index] for b in found)
    left = Counter(paths[b.index] for b in missed)
    own = {
        path
        for path, words in size.items()
        if words >= _SHARE * size.total()
        and counts[path] >= _FOUND
        and left[path] <= _MOST * counts[path]
    }
    return {b.index for b in missed if paths[b.index] in own}


def _is_missed(block: RawBlock, main: MainContent) -> bool:
    return (
        block.index not in main.found
        and block.kind not in _OTHER
        and not block.hidden
        and len(block.words) >= _MIN_WORDS
        and block.link_density < _MAX_LINKED
    )
