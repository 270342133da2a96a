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
from scraper.urls import site_of
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
        alone, learned, known = _read_alone(gold_set, pool)
        pages = gold_set.iter_pages(known)
        by_model = _named(pages, partial(pool.read_all, model_of=learned.model_of))
        records = {name: _record(outcome) for name, _, outcome in by_model}
    found = {MODEL: alone | records, ALONE: alone}
    if careful:
        pages = gold_set.iter_pages(known)
        found[CAREFUL] = alone | {n: _read_careful(p, learned) for n, p in pages}
    return found


def _read_alone(
    gold_set: GoldSet, pool: ReaderPool
) -> tuple[dict[str, dict[str, Any]], Learned, frozenset[str]]:
    """Return the records, what is learned, and the ids of pages whose site has a model."""
    alone = {row["id"]: _record(None) for row in gold_set.rows}
    samples, sites = SiteSamples(), {}
    for name, page, reading in _named(gold_set.iter_pages(), pool.study_all):
        if not isinstance(reading, ExtractionError):
            alone[name] = _record(reading.article)
            samples.add(page, reading)
            sites[name] = site_of(page.url) or reading.article.site
    learned = samples.learn()
    known = frozenset(name for name, site in sites.items() if site in learned.models)
    return alone, learned, known


def _read_careful(page: Page, learned: Learned) -> dict[str, Any]:
    try:
        return _record(read(page, learned.model_of(page), careful=True))
    except ExtractionError:
        return _record(None)


def _named(
    named: Iterator[tuple[str, Page]],
    read_all: Callable[[Iterator[Page]], Iterator[tuple[Page, R]]],
) -> Iterator[tuple[str, Page, R]]:
    """Yield id, page and outcome of each page of *named*, a few ahead in memory."""
    pairs, ahead = tee(named)
    for outcome, (name, page) in zip(read_all(p for _, p in ahead), pairs, strict=True):
        yield name, page, outcome[1]


def _record(outcome: Article | ExtractionError | None) -> dict[str, Any]:
    return outcome.to_json() if isinstance(outcome, Article) else {"kind": "error"}
