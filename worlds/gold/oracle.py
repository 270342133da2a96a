"""The ceiling: the best text that can be put together from a page's own blocks.

Not the best of all subsets (there are too many): blocks whose shingles are mostly gold,
then single blocks put in or taken out as long as the page's f1 grows. So a figure may
come out a little above its ceiling, also where a text is cut within a block.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pebble import ProcessPool

from scraper.errors import ExtractionError
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_page, strip_unseen
from worlds.gold.scoring import agreement, fold, has_text, readings, shingles

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from scraper.items import Page
    from worlds.gold.sets import GoldSet

    Shingles = Counter[tuple[str, ...]]

NAME = "oracle"
_MOSTLY = (0.3, 0.5, 0.7)
_PASSES = 3
_MAX_TRIED = 400


def best_texts(gold_set: GoldSet) -> dict[str, dict[str, Any]]:
    """Return a prediction for each article of *gold_set* with a gold text."""
    rows = {row["id"]: row for row in gold_set.rows if row["kind"] == "article"}
    pages = [
        (name, page)
        for name, page in gold_set.iter_pages()
        if has_text(rows.get(name, {}))
    ]
    if not pages:
        return {}
    with ProcessPool(max_workers=os.cpu_count() or 1) as pool:
        texts = pool.map(
            best_text, [p for _, p in pages], [rows[n] for n, _ in pages]
        ).result()
        return {name: {"text": next(texts)} for name, _ in pages}


def best_text(page: Page, row: Mapping[str, Any]) -> str:
    """Return the blocks of *page* that agree best with a reading of *row*."""
    try:
        root = parse_page(page)
    except ExtractionError:
        return ""
    strip_unseen(root)
    blocks = [block.text for block in iter_blocks(root)]
    found = [_best(blocks, reading) for reading in readings(row)]
    return max(found)[1]


def _best(blocks: list[str], reading: str) -> tuple[float, str]:
    gold = shingles(reading)
    starts = [_mostly_gold(blocks, gold, share) for share in _MOSTLY]
    kept = max(starts, key=lambda chosen: _value(blocks, chosen, gold))
    kept = _climb(blocks, kept, reading)
    return _value(blocks, kept, gold), _joined(blocks, kept)


def _mostly_gold(blocks: list[str], gold: Shingles, share: float) -> set[int]:
    """Return the blocks of which *share* is gold not yet taken by one before."""
    left, chosen = gold.copy(), set()
    for number, text in enumerate(blocks):
        own = shingles(text)
        if own and (own & left).total() >= share * own.total():
            chosen.add(number)
            left -= own
    return chosen


def _climb(blocks: list[str], kept: set[int], reading: str) -> set[int]:
    gold, words = shingles(reading), fold(reading)
    worth_trying = [
        number
        for number, text in enumerate(blocks)
        if number in kept or fold(text) in words or shingles(text) & gold
    ][:_MAX_TRIED]
    best = _value(blocks, kept, gold)
    for _ in range(_PASSES):
        before = best
        for number in worth_trying:
            flipped = kept ^ {number}
            value = _value(blocks, flipped, gold)
            if value > best:
                best, kept = value, flipped
        if best == before:
            break
    return kept


def _value(blocks: list[str], chosen: set[int], gold: Shingles) -> float:
    return agreement(gold, shingles(_joined(blocks, chosen)))[2]


def _joined(blocks: list[str], chosen: set[int]) -> str:
    return "\n\n".join(blocks[number] for number in sorted(chosen))
