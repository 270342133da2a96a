"""Rows to trees, the same for the same rows; LightGBM is asked for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.training.trees import Grown, grown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.training.examples import BlockRows, PageRow

_SAME = {
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
    "bagging_freq": 1,
}
_BODY = {
    "objective": "cross_entropy",
    "learning_rate": 0.07,
    "num_leaves": 24,
    "max_bin": 63,
    "min_data_in_leaf": 150,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "lambda_l2": 5,
    "num_iterations": 140,
}
_PAGE = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 6,
    "min_data_in_leaf": 10,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "num_iterations": 80,
}
_AUTHORS = {
    "objective": "binary",
    "learning_rate": 0.08,
    "num_leaves": 8,
    "min_data_in_leaf": 10,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "num_iterations": 80,
}
_EARLY = (25, 45)
"""Trees that may rule a block out before the others are asked."""
_OF_PAGES = frozenset({"repeats"})
"""Columns that tell a list of articles, and of a single block nothing new."""
RIGHT = 0.9
"""F1 from which on the text of an article is right."""


def grow_body(examples: Sequence[BlockRows]) -> Grown:
    """Return trees for the probability that a block is body."""
    names = [name for name in examples[0].columns if name not in _OF_PAGES]
    rows = [
        row
        for example in examples
        for row in zip(*(example.columns[name] for name in names), strict=True)
    ]
    shares = [share for example in examples for share in example.shares]
    weights = [weight for example in examples for weight in example.weights]
    known = rows, shares, weights
    return _grow("body", names, known, _BODY, early=_EARLY, in_whole_numbers=True)


def grow_article(examples: Sequence[PageRow]) -> Grown:
    """Return trees for the probability that a page is an article."""
    truth = [float(example.is_article) for example in examples]
    return _grow_page(examples, truth, "article")


def grow_good(examples: Sequence[PageRow]) -> Grown:
    """Return trees for the probability that an article's text is right."""
    known = [example for example in examples if example.f1 is not None]
    truth = [float((example.f1 or 0) >= RIGHT) for example in known]
    return _grow_page(known, truth, "good")


def grow_authors(rows: Sequence[tuple[Mapping[str, float], float]]) -> Grown:
    """Return trees for the probability that a set of names is that of all authors.

    *rows* are the numbers of a set by their names, and 1.0 if it is right.
    """
    names = sorted(rows[0][0])
    table = [tuple(float(numbers[n]) for n in names) for numbers, _ in rows]
    truth = [right for _, right in rows]
    return _grow("authors", names, (table, truth, [1.0] * len(rows)), _AUTHORS)


def _grow_page(examples: Sequence[PageRow], truth: list[float], name: str) -> Grown:
    names = list(examples[0].numbers)
    rows = [tuple(float(e.numbers[n]) for n in names) for e in examples]
    return _grow(name, names, (rows, truth, [e.weight for e in examples]), _PAGE)


def _grow(
    name: str,
    columns: list[str],
    known: tuple[list[tuple[float, ...]], list[float], list[float]],
    settings: dict[str, Any],
    *,
    early: Sequence[int] = (),
    in_whole_numbers: bool = False,
) -> Grown:
    """Return trees named *name* from what is *known*: rows, what is true, weights.

    *in_whole_numbers* if the columns that have only such come as ``int``.
    """
    import lightgbm
    import numpy as np

    rows, truth, weights = map(np.array, known)
    booster = lightgbm.train(
        _SAME | settings, lightgbm.Dataset(rows, truth, weight=weights)
    )
    medians = map(float, np.median(rows, axis=0))
    usual = dict(zip(columns, medians, strict=True))
    is_whole = np.equal(rows, np.floor(rows)).all(axis=0)
    whole = [each for each, flag in zip(columns, is_whole, strict=True) if flag]
    asked = whole if in_whole_numbers else ()
    return grown(booster.dump_model(), usual, name, early=early, whole=asked)
