"""One run: every set through every extractor, scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import say
from bench.gold.ours import OURS, predict_ours
from bench.gold.peers import ALWAYS, EXTRA, predict
from bench.training.folds import authors_without, labeller_without
from worlds.gold.oracle import NAME as ORACLE
from worlds.gold.oracle import best_texts
from worlds.gold.scoring import Scores, score

if TYPE_CHECKING:
    from worlds.gold.sets import GoldSet

_FIELDS = frozenset({"title", "lead", "authors", "agency", "date", "captions", "kind"})
_SHOWN = ("f1", "segments_f1", "date", "kind")
"""The figure that is printed while a set is measured: the first of these that it has."""


@dataclass(frozen=True)
class Measured:
    """The scores of *gold_set* by extractor; "" is us with the model.

    *sample*: our part of them, of the same predictions, on the sample of a large set.
    """

    gold_set: GoldSet
    scores: dict[str, Scores] = field(default_factory=dict)
    sample: dict[str, Scores] = field(default_factory=dict)

    def held(self) -> dict[str, float]:
        """Return the figures that have floors: ours, on the set and on its sample."""
        ours = {key: value for key, value in self.scores.items() if key in OURS}
        sample = _flat(self.gold_set.sampled().name, self.sample)
        return _flat(self.gold_set.name, ours) | sample

    def flat(self) -> dict[str, float]:
        """Return ``SET.FIGURE`` for us with the model, else ``SET.EXTRACTOR.FIGURE``."""
        return _flat(self.gold_set.name, self.scores)


def _flat(name: str, scores: dict[str, Scores]) -> dict[str, float]:
    return {
        ".".join(filter(None, (name, extractor, figure))): value
        for extractor, each in scores.items()
        for figure, value in each.figures.items()
    }


def measure(
    gold_set: GoldSet, *, others: bool = True, peers: bool = False, oracle: bool = False
) -> Measured:
    """Return the scores of *gold_set*: ours, and beside them what is asked for.

    With *others* also us without the fast path, and trafilatura. Each of our pages is
    read by a labeller and author trees that did not see its site.
    """
    result, sample = Measured(gold_set), gold_set.sampled()
    ours = predict_ours(
        gold_set,
        full=others,
        labeller_of=labeller_without,
        authors_of=authors_without,
    )
    for key, found in ours.items():
        result.scores[key] = score(gold_set.rows, found)
        _report(result, key)
        if key in OURS and sample is not gold_set and sample.rows:
            result.sample[key] = score(sample.rows, found)
    if others or peers or oracle:
        beside(result, peers=peers, oracle=oracle)
    return result


def beside(result: Measured, *, peers: bool, oracle: bool) -> None:
    """Add to *result* what trafilatura makes of its set, and what else is asked for."""
    gold_set = result.gold_set
    for peer in [*ALWAYS, *(EXTRA if peers else ())]:
        scores = score(gold_set.rows, predict(gold_set, peer))
        result.scores[peer.name] = _only(scores, peer.fields | {"kind"})
        _report(result, peer.name)
    if oracle and (texts := best_texts(gold_set)):
        rows = [row for row in gold_set.rows if row["id"] in texts]
        result.scores[ORACLE] = _only(score(rows, texts), frozenset())
        _report(result, ORACLE)


def _only(scores: Scores, fields: frozenset[str]) -> Scores:
    """Leave out figures of fields that the extractor does not state."""
    left_out = _FIELDS - fields
    kept = {k: v for k, v in scores.figures.items() if k not in left_out}
    return Scores(kept, scores.pages)


def _report(result: Measured, key: str) -> None:
    figures = result.scores[key].figures
    shown = next((figures[name] for name in _SHOWN if name in figures), None)
    say(f"{result.gold_set.name}, {key or 'with the model'}: {shown}")
