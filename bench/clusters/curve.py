"""How the threshold and the length of a shingle were chosen: pairs compared directly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.likeness import shared, sketch_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.clusters.corpus import Corpus, Pair

LENGTHS = (5, 6, 8, 10, 12)
THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65)


def iter_lines(corpus: Corpus) -> Iterator[str]:
    """Yield a table: for each length and threshold the share of pairs at or above it."""
    kinds = corpus.near_duplicates | corpus.lookalikes
    yield "\t".join(("shingle", "threshold", "near_duplicates", *kinds))
    for length in LENGTHS:
        likeness = {name: _all_shared(kinds[name], length) for name in kinds}
        every = [value for name in corpus.near_duplicates for value in likeness[name]]
        for threshold in THRESHOLDS:
            shares = [
                _above(values, threshold) for values in (every, *likeness.values())
            ]
            row = (f"{share:.3f}" for share in shares)
            yield "\t".join((str(length), str(threshold), *row))


def _all_shared(pairs: list[Pair], length: int) -> list[float]:
    return [_shared(pair, length) for pair in pairs]


def _shared(pair: Pair, length: int) -> float:
    one, two = (sketch_of(article.text, shingle=length) for article in pair)
    return shared(one, two) if one and two else 0.0


def _above(values: list[float], threshold: float) -> float:
    return sum(value >= threshold for value in values) / len(values)
