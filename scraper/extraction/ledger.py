"""The account of a page: what became of each visible block, and by which rule."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.paths import path_of
from scraper.extraction.rules import Rule
from scraper.items import LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.bounds import Bound


class Verdict(NamedTuple):
    """The *rule* that decides a block; *evidence* says in words why it applies."""

    rule: Rule
    evidence: str = ""

    @property
    def keep(self) -> bool:
        return self.rule.keeps


_NOTHING: Mapping[Bound, str] = MappingProxyType({})
_OUTSIDE = Verdict(Rule.OUTSIDE_CONTAINER)
_HIDDEN = Verdict(Rule.HIDDEN_BY_CLASS)


class Ledger:
    """One decision a block; the first one stands. *beyond* is what is not read."""

    def __init__(
        self, blocks: list[RawBlock], beyond: Mapping[Bound, str] = _NOTHING
    ) -> None:
        self._blocks = blocks
        self._beyond = beyond
        self._decided: dict[int, Verdict] = {}

    def decide_all(self, blocks: Iterable[RawBlock], rule: Rule) -> None:
        for block in blocks:
            self.decide(block, Verdict(rule))

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
            LedgerEntry("", str(bound), False, "", what)
            for bound, what in self._beyond.items()
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
                str(verdict.rule),
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
        dropped = Counter(str(d.rule) for d in decisions if not d.keep)
        kept = len(decisions) - dropped.total()
        return kept, dict(sorted((dropped + Counter(map(str, self._beyond))).items()))

    def decision(self, block: RawBlock) -> Verdict:
        return self._decided.get(block.index, _HIDDEN if block.hidden else _OUTSIDE)

    def _is_accounted(self, block: RawBlock) -> bool:
        return block.rendered or self.decision(block).keep
