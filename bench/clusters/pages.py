"""Real pages: the clusters among them, to be looked at, and near-duplicates made of them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from bench.clusters.quality import cluster
from bench.corpus.near_duplicates import OWN, SHORTEST, make_family, paragraphs
from scraper import reading
from scraper.errors import ExtractionError
from scraper.likeness import shared, sketch_of
from worlds.gold.sets import load_sets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.corpus.near_duplicates import Family
    from scraper.items import Article
    from worlds.gold.sets import GoldSet

NEAR = 0.2
"""Share of the shorter text from which on a pair is worth comparing."""


def load(data: Path) -> list[Article]:
    """Return the articles of all sets in *data*, each page read alone."""
    return [article for each in load_sets(data) for article in _articles(each)]


def iter_families(articles: list[Article]) -> Iterator[Family]:
    """Yield families of every third of *articles* that has a date and is long enough.

    What near-duplicates add to it is of the article after it, the one after that follows it.
    """
    whole = [article for article in articles if _is_whole(article)]
    threes = zip(whole[::3], whole[1::3], whole[2::3], strict=False)
    for number, (story, spare, other) in enumerate(threes):
        yield make_family(story, spare, other, number)


def _is_whole(article: Article) -> bool:
    words = len(article.text.split())
    dated = article.published_at is not None
    return dated and words >= SHORTEST and len(paragraphs(article)) >= OWN


def iter_lines(articles: list[Article]) -> Iterator[str]:
    """Yield each cluster among *articles*, and the nearest pairs.

    The pairs are compared directly, whatever their dates and keys.
    """
    yield f"{len(articles)} articles"
    for number, members in enumerate(cluster(articles), 1):
        yield f"cluster {number}"
        yield from (f"  {a.published_at}  {a.url}  {a.title}" for a in members)
    sketched = [(a, s) for a in articles if (s := sketch_of(a.text))]
    for (a, one), (b, two) in combinations(sketched, 2):
        if (likeness := shared(one, two)) >= NEAR and a.url != b.url:
            yield f"near: {likeness:.2f}  {a.published_at} {a.url}  {b.published_at} {b.url}"


def _articles(gold_set: GoldSet) -> Iterator[Article]:
    for _, page in gold_set.iter_pages():
        try:
            article = reading.read(page)
        except ExtractionError:
            continue
        if article.kind.has_text and article.text:
            yield article
