"""The clusters among real pages, to be looked at: there is no gold of copies."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from bench.clusters.quality import cluster
from bench.gold.sets import load_sets
from scraper import reading
from scraper.errors import ExtractionError
from scraper.likeness import shared, sketch_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.gold.sets import GoldSet
    from scraper.items import Article

NEAR = 0.2
"""Share of the shorter text from which on a pair is worth a look."""


def iter_lines(data: Path) -> Iterator[str]:
    """Yield each cluster among the pages of all sets in *data*, and the nearest pairs.

    The pairs are compared directly, whatever their dates and keys.
    """
    articles = [article for each in load_sets(data) for article in _articles(each)]
    yield f"{len(articles)} articles"
    for number, members in enumerate(cluster(articles), 1):
        yield f"cluster {number}"
        yield from (f"  {a.published_at}  {a.url}  {a.title}" for a in members)
    yield "nearest pairs"
    sketched = [(a, s) for a in articles if (s := sketch_of(a.text))]
    for (a, one), (b, two) in combinations(sketched, 2):
        if (likeness := shared(one, two)) >= NEAR and a.url != b.url:
            yield f"  {likeness:.2f}  {a.published_at}  {a.url}  {b.published_at}  {b.url}"


def _articles(gold_set: GoldSet) -> Iterator[Article]:
    for _, page in gold_set.iter_pages():
        try:
            article = reading.read(page)
        except ExtractionError:
            continue
        if article.kind.has_text and article.text:
            yield article
