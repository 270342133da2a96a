"""Precision and recall of the clusters that a store makes of the written articles."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scraper.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.clusters.corpus import Corpus, Pair
    from scraper.items import Article

BATCH = 50


def cluster(articles: Iterable[Article]) -> list[list[Article]]:
    """Return the clusters, head first, of a store in which *articles* were saved."""
    with (
        TemporaryDirectory() as folder,
        open_store(f"sqlite:///{Path(folder)}/articles.db") as store,
    ):
        waiting = list(articles)
        for start in range(0, len(waiting), BATCH):
            store.save(waiting[start : start + BATCH])
        heads = set(store.heads(waiting).values())
        return [store.near_duplicates(head) for head in sorted(heads)]


def score(corpus: Corpus) -> dict[str, float]:
    """Return the figures of the clusters of *corpus*, saved in an order of chance."""
    shuffled = corpus.articles.copy()
    Random(5).shuffle(shuffled)
    place = {
        article.id: number
        for number, members in enumerate(cluster(shuffled))
        for article in members
    }
    joined = [
        pair for pair in combinations(corpus.articles, 2) if _together(place, pair)
    ]
    right = sum(corpus.family[a.id] == corpus.family[b.id] for a, b in joined)
    every = [pair for pairs in corpus.near_duplicates.values() for pair in pairs]
    figures = {
        "near_duplicates.precision": right / len(joined),
        "near_duplicates.recall": _share(place, every),
    }
    for name, pairs in corpus.near_duplicates.items():
        figures[f"near_duplicates.recall_{name}"] = _share(place, pairs)
    for name, pairs in corpus.lookalikes.items():
        figures[f"near_duplicates.joined_{name}"] = _share(place, pairs)
    return figures


def _share(place: dict[str, int], pairs: list[Pair]) -> float:
    return sum(_together(place, pair) for pair in pairs) / len(pairs)


def _together(place: dict[str, int], pair: Pair) -> bool:
    one, two = (place.get(article.id) for article in pair)
    return one is not None and one == two
