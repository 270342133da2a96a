"""The account of a page: what became of each visible block, and by which rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.extraction.blocks import path_of
from scraper.extraction.verdicts import Verdict
from scraper.items import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.extraction.blocks import RawBlock

OUTSIDE = "outside_container"
"""The rule of a block that no stage asked for."""
HIDDEN = "hidden_by_class"
"""The rule of a block that no stage asked for and a class hides."""
_UNASKED = Verdict(OUTSIDE, keep=False)
_UNSEEN = Verdict(HIDDEN, keep=False)


class Ledger:
    """One decision a block; the first one stands."""

    def __init__(self, blocks: list[RawBlock]) -> None:
        self._blocks = blocks
        self._decided: dict[int, Verdict] = {}

    def keep(self, blocks: Iterable[RawBlock], rule: str) -> None:
        for block in blocks:
            self.decide(block, Verdict(rule, keep=True))

    def drop(self, blocks: Iterable[RawBlock], rule: str) -> None:
        for block in blocks:
            self.decide(block, Verdict(rule, keep=False))

    def decide(self, block: RawBlock, verdict: Verdict) -> None:
        self._decided.setdefault(block.index, verdict)

    def is_decided(self, block: RawBlock) -> bool:
        return block.index in self._decided

    def entries(
        self,
        probabilities: Sequence[float] = (),
        weighed: Sequence[tuple[tuple[str, float], ...]] = (),
    ) -> tuple[LedgerEntry, ...]:
        """Return an entry for each block that is rendered or kept, in page order.

        Each with its probability of being body and what weighed most in it, where these
        are given for all blocks.
        """
        return tuple(
            LedgerEntry(
                block.text,
                verdict.rule,
                verdict.keep,
                path_of(block.element),
                verdict.evidence,
                round(probabilities[block.index], 3) if probabilities else None,
                weighed[block.index] if weighed else (),
            )
            for block in self._blocks
            if self._is_accounted(block)
            for verdict in [self.decision(block)]
        )

    def counts(self) -> tuple[int, dict[str, int]]:
        """Return how many blocks were kept, and how many dropped by each rule."""
        decisions = [self.decision(b) for b in self._blocks if self._is_accounted(b)]
        dropped = Counter(d.rule for d in decisions if not d.keep)
        return len(decisions) - dropped.total(), dict(sorted(dropped.items()))

    def decision(self, block: RawBlock) -> Verdict:
        return self._decided.get(block.index, _UNSEEN if block.hidden else _UNASKED)

    def _is_accounted(self, block: RawBlock) -> bool:
        return block.rendered or self.decision(block).keep
