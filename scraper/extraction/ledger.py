"""The account of a page: what became of each visible block, and by which rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.extraction.blocks import path_of
from scraper.items import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.extraction.blocks import RawBlock

OUTSIDE = "outside_container"
"""The rule of a block that no stage asked for."""


class Ledger:
    """One decision a block; the first one stands."""

    def __init__(self, blocks: list[RawBlock]) -> None:
        self._blocks = blocks
        self._decided: dict[int, tuple[str, bool]] = {}

    def keep(self, blocks: Iterable[RawBlock], rule: str) -> None:
        self._decide(blocks, rule, kept=True)

    def drop(self, blocks: Iterable[RawBlock], rule: str) -> None:
        self._decide(blocks, rule, kept=False)

    def _decide(self, blocks: Iterable[RawBlock], rule: str, *, kept: bool) -> None:
        for block in blocks:
            self._decided.setdefault(block.index, (rule, kept))

    def is_decided(self, block: RawBlock) -> bool:
        return block.index in self._decided

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return an entry for each visible block, in page order."""
        return tuple(
            LedgerEntry(block.text, *self._decision(block), path_of(block.element))
            for block in self._blocks
            if self._is_accounted(block)
        )

    def counts(self) -> tuple[int, dict[str, int]]:
        """Return how many blocks were kept, and how many dropped by each rule."""
        decisions = [self._decision(b) for b in self._blocks if self._is_accounted(b)]
        dropped = Counter(rule for rule, kept in decisions if not kept)
        return len(decisions) - dropped.total(), dict(sorted(dropped.items()))

    def _is_accounted(self, block: RawBlock) -> bool:
        return not block.hidden or self._decision(block)[1]

    def _decision(self, block: RawBlock) -> tuple[str, bool]:
        return self._decided.get(block.index, (OUTSIDE, False))
