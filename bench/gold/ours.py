"""What we make of a gold set: each page alone, and by the model of its site.

The same steps as ``tinsach extract --model none`` and ``--model auto``, in one pass:
a page is studied once, and read again only if its site has a model.
"""

from __future__ import annotations

from functools import partial
from itertools import tee
from typing import TYPE_CHECKING, Any, TypeVar

from scraper.errors import ExtractionError
from scraper.items import Article
from scraper.reading import read
from scraper.workers import Learned, ReaderPool, SiteSamples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.gold.sets import GoldSet
    from scraper.items import Page

    Predictions = Mapping[str, Mapping[str, Any]]

R = TypeVar("R")
MODEL = ""
ALONE = "alone"
CAREFUL = "careful"
OURS = frozenset({MODEL, ALONE})
"""What has floors, by its part of a figure's key."""

PAGE_LIMIT = 600.0
"""Seconds a page; a figure must not depend on how busy the machine is."""


def predict_ours(gold_set: GoldSet, *, careful: bool) -> Mapping[str, Predictions]:
    """Return our predictions for *gold_set* by MODEL and ALONE, if asked by CAREFUL.

    A prediction is the record of the page, by the id of its row; that of a page which
    cannot be read is of kind "error". CAREFUL is the model without the fast path.
    """
    with ReaderPool(timeout=PAGE_LIMIT) as pool:
        alone, learned = _read_alone(gold_set, pool)
        found = {MODEL: alone | _read_by_model(gold_set, learned, pool), ALONE: alone}
    if careful:
        found[CAREFUL] = alone | _read_careful(gold_set, learned)
    return found


def _read_alone(
    gold_set: GoldSet, pool: ReaderPool
) -> tuple[dict[str, dict[str, Any]], Learned]:
    alone = {row["id"]: _record(None) for row in gold_set.rows}
    samples = SiteSamples()
    for name, page, reading in _named(gold_set.iter_pages(), pool.study_all):
        if not isinstance(reading, ExtractionError):
            alone[name] = _record(reading.article)
            samples.add(page, reading)
    return alone, samples.learn()


def _read_by_model(
    gold_set: GoldSet, learned: Learned, pool: ReaderPool
) -> dict[str, dict[str, Any]]:
    read_all = partial(pool.read_all, model_of=learned.model_of)
    outcomes = _named(_iter_known(gold_set, learned), read_all)
    return {name: _record(outcome) for name, _, outcome in outcomes}


def _named(
    named: Iterator[tuple[str, Page]],
    read_all: Callable[[Iterator[Page]], Iterator[tuple[Page, R]]],
) -> Iterator[tuple[str, Page, R]]:
    """Yield id, page and outcome of each page of *named*, a few ahead in memory."""
    pairs, ahead = tee(named)
    for outcome, (name, page) in zip(read_all(p for _, p in ahead), pairs, strict=True):
        yield name, page, outcome[1]


def _read_careful(gold_set: GoldSet, learned: Learned) -> dict[str, dict[str, Any]]:
    found = {}
    for name, page in _iter_known(gold_set, learned):
        try:
            found[name] = _record(read(page, learned.model_of(page), careful=True))
        except ExtractionError:
            found[name] = _record(None)
    return found


def _iter_known(gold_set: GoldSet, learned: Learned) -> Iterator[tuple[str, Page]]:
    """Yield the pages whose site has a model."""
    return (pair for pair in gold_set.iter_pages() if learned.model_of(pair[1]))


def _record(outcome: Article | ExtractionError | None) -> dict[str, Any]:
    return outcome.to_json() if isinstance(outcome, Article) else {"kind": "error"}
