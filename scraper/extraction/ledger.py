"""The account of a page: what became of each visible block, and by which rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from scraper.extraction.blocks import path_of
from scraper.items import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep a block or drop it, under *rule*; *evidence* says in words why."""

    rule: str
    keep: bool
    evidence: str = ""


@cache
def kept(rule: str) -> Verdict:
    """Return the verdict of *rule*, one of those that the code names, to keep a block."""
    return Verdict(rule, keep=True)


@cache
def dropped(rule: str) -> Verdict:
    """Return the verdict of *rule*, one of those that the code names, to drop a block."""
    return Verdict(rule, keep=False)


OUTSIDE = "outside_container"
"""The rule of a block that no stage asked for."""
HIDDEN = "hidden_by_class"
"""The rule of a block that no stage asked for and a class hides."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_UNASKED = Verdict(OUTSIDE, keep=False)
_UNSEEN = Verdict(HIDDEN, keep=False)


class Ledger:
    """One decision a block; the first one stands. *beyond* is what is not read."""

    def __init__(
        self, blocks: list[RawBlock], beyond: Mapping[str, str] = _NOTHING
    ) -> None:
        self._blocks = blocks
        self._beyond = beyond
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
        are given for all blocks. At the end stands what is beyond the bounds of reading.
        """
        beyond = (
            LedgerEntry("", rule, False, "", what)
            for rule, what in self._beyond.items()
        )
        return (*self._read(probabilities, weighed), *beyond)

    def _read(
        self,
        probabilities: Sequence[float],
        weighed: Sequence[tuple[tuple[str, float], ...]],
    ) -> Iterator[LedgerEntry]:
        labels: dict[HtmlElement, str] = {}
        return (
            LedgerEntry(
                block.text,
                verdict.rule,
                verdict.keep,
                path_of(block.element, labels),
                verdict.evidence,
                round(probabilities[block.index], 3) if probabilities else None,
                weighed[block.index] if weighed else (),
            )
            for block in self._blocks
            if self._is_accounted(block)
            for verdict in [self.decision(block)]
        )

    def counts(self) -> tuple[int, dict[str, int]]:
        """Return how many blocks were kept, and how many dropped by each rule.

        A bound that the page is beyond counts once.
        """
        decisions = [self.decision(b) for b in self._blocks if self._is_accounted(b)]
        dropped = Counter(d.rule for d in decisions if not d.keep)
        kept = len(decisions) - dropped.total()
        return kept, dict(sorted((dropped + Counter(self._beyond.keys())).items()))

    def decision(self, block: RawBlock) -> Verdict:
        return self._decided.get(block.index, _UNSEEN if block.hidden else _UNASKED)

    def _is_accounted(self, block: RawBlock) -> bool:
        return block.rendered or self.decision(block).keep
