"""The page's second witness: the text of the article that its JSON-LD states.

Often cut short or flattened, it is never the text itself: on 69 of 266 gold pages it
stands, and alone it scores F1 .94 and .86 there. It is heard only where it tells most of
what was found, and only against blocks that are set as no told block is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from scraper.extraction.paths import paths_by_index
from scraper.extraction.verdicts import Verdict
from scraper.items import BlockKind
from scraper.text import words

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent

_SHINGLE = 4
_TELLS_MOST = 0.7
"""Share of the found words that the witness must tell to be heard."""
_TOLD = 0.9
_UNTOLD = 0.3
_HARDLY = 0.1
"""A path of whose words less than this share is told is none of the article's."""
_LONG = 12
_OPENING = re.compile(
    r"(?i)drop-?cap|first-?(?:para|letter)|(?:^|[\s_-])(?:lead|lede|intro)(?:$|\s)"
)
"""What names an opening paragraph: it has a look of its own, and JSON-LD may begin after."""
_PROSE = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
"""Headings, lists and tables are often missing in what JSON-LD states."""


def hear_witness(
    blocks: list[RawBlock], main: MainContent, stated: str
) -> dict[int, Verdict]:
    """Return verdicts on *blocks* by index, from the article's text as *stated*."""
    if not stated or not main.found:
        return {}
    witness = _Witness(stated)
    found = [blocks[i] for i in sorted(main.found)]
    shares = {b.index: witness.share(b.words) for b in found}
    size = sum(len(b.words) for b in found)
    told = sum(shares[b.index] * len(b.words) for b in found)
    if told < _TELLS_MOST * size:
        return {}
    inside = [blocks[i] for i in main.inside]
    shares |= {b.index: witness.share(b.words) for b in inside}
    return _against_untold(inside, main, shares) | _for_told(inside, main, shares)


def _against_untold(
    inside: list[RawBlock], main: MainContent, shares: dict[int, float]
) -> dict[int, Verdict]:
    paths = paths_by_index(inside)
    size: dict[str, int] = defaultdict(int)
    told: dict[str, float] = defaultdict(float)
    for block in inside:
        if block.index in main.found:
            size[paths[block.index]] += len(block.words)
            told[paths[block.index]] += shares[block.index] * len(block.words)
    return {
        b.index: Verdict("not_in_json_ld", False, "articleBody does not hold it")
        for b in inside
        if b.kind in _PROSE
        and not _OPENING.search(b.element.get("class", ""))
        and shares[b.index] < _UNTOLD
        and told[paths[b.index]] <= _HARDLY * size[paths[b.index]]
    }


def _for_told(
    inside: list[RawBlock], main: MainContent, shares: dict[int, float]
) -> dict[int, Verdict]:
    return {
        b.index: Verdict("in_json_ld", True, "articleBody holds it")
        for b in inside
        if b.index not in main.found
        and len(b.words) >= _LONG
        and shares[b.index] > _TOLD
        and not b.hidden
    }


class _Witness:
    def __init__(self, stated: str) -> None:
        run = words(stated)
        self._shingles = set(_shingles(run))
        self._run = f" {' '.join(run)} "

    def share(self, run: list[str]) -> float:
        """Return the share of *run* that is stated, 0-1."""
        if len(run) < _SHINGLE:
            return float(f" {' '.join(run)} " in self._run)
        own = _shingles(run)
        return sum(shingle in self._shingles for shingle in own) / len(own)


def _shingles(run: list[str]) -> list[tuple[str, ...]]:
    return [tuple(run[i : i + _SHINGLE]) for i in range(len(run) - _SHINGLE + 1)]
