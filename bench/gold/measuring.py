"""One run: every set through every extractor, scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import say
from bench.gold.extractors import OURS, measured_extractors
from bench.gold.oracle import NAME as ORACLE
from bench.gold.oracle import best_texts
from bench.gold.scoring import Scores, score

if TYPE_CHECKING:
    from bench.gold.sets import GoldSet

_FIELDS = frozenset({"title", "lead", "authors", "agency", "date", "captions", "kind"})


@dataclass(frozen=True)
class Measured:
    """The scores of *gold_set* by extractor; "" is us with the model."""

    gold_set: GoldSet
    scores: dict[str, Scores] = field(default_factory=dict)

    def ours(self) -> Measured:
        """Return the same without the other extractors: what has floors."""
        scores = {key: value for key, value in self.scores.items() if key in OURS}
        return Measured(self.gold_set, scores)

    def flat(self) -> dict[str, float]:
        """Return ``SET.FIGURE`` for us with the model, else ``SET.EXTRACTOR.FIGURE``."""
        return {
            ".".join(filter(None, (self.gold_set.name, extractor, name))): value
            for extractor, scores in self.scores.items()
            for name, value in scores.figures.items()
        }


def measure(
    gold_set: GoldSet, *, others: bool = True, peers: bool = False, oracle: bool = False
) -> Measured:
    """Return the scores of *gold_set*: ours, and beside them what is asked for."""
    result = Measured(gold_set)
    for extractor in measured_extractors(others=others, peers=peers):
        found = extractor.predict(gold_set)
        scores = score(gold_set.rows, found)
        result.scores[extractor.key] = _only(scores, extractor.fields)
        _tell(gold_set, extractor.key or "with the model", scores)
    if oracle and (texts := best_texts(gold_set)):
        rows = [row for row in gold_set.rows if row["id"] in texts]
        result.scores[ORACLE] = _only(score(rows, texts), frozenset())
        _tell(gold_set, ORACLE, result.scores[ORACLE])
    return result


def _only(scores: Scores, fields: frozenset[str] | None) -> Scores:
    """Leave out figures of fields that the extractor does not state."""
    if fields is None:
        return scores
    left_out = _FIELDS - fields
    kept = {k: v for k, v in scores.figures.items() if k not in left_out}
    return Scores(kept, scores.pages)


def _tell(gold_set: GoldSet, what: str, scores: Scores) -> None:
    figures = scores.figures
    shown = figures.get("f1", figures.get("segments_f1", figures.get("kind")))
    say(f"{gold_set.name}, {what}: {shown}")
