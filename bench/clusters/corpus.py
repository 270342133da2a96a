"""The written articles of the benchmark, and which of them are near-duplicates of which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from bench.corpus.lookalikes import TEMPLATES, iter_lookalikes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.corpus.near_duplicates import Family
    from scraper.items import Article

    Pair = tuple[Article, Article]

DAYS = 7


@dataclass(frozen=True)
class Corpus:
    """*near-duplicates* are pairs of a story and its near-duplicate by their change.

    *lookalikes* are pairs that look alike and are no near-duplicates: two reports of a template
    within a week, a story and one that follows it. *family* is the id of each
    article's story, its own for all but near-duplicates.
    """

    articles: list[Article]
    near_duplicates: dict[str, list[Pair]]
    lookalikes: dict[str, list[Pair]]
    family: dict[str, str]


def make_corpus(families: Iterable[Family], reports: int) -> Corpus:
    """Return the articles of *families*, and *reports* of each template."""
    corpus = Corpus([], {}, {"follow_up": []}, {})
    for family in families:
        _add_family(corpus, family)
    for name, alike in zip(TEMPLATES, iter_lookalikes(reports), strict=True):
        corpus.articles.extend(alike)
        corpus.lookalikes[name] = [
            (one, two)
            for (day, one), (later, two) in combinations(enumerate(alike), 2)
            if later - day <= DAYS
        ]
    for article in corpus.articles:
        corpus.family.setdefault(article.id, article.id)
    return corpus


def _add_family(corpus: Corpus, family: Family) -> None:
    corpus.articles.extend(
        (family.story, *family.near_duplicates.values(), family.follow_up)
    )
    for change, near_duplicate in family.near_duplicates.items():
        corpus.near_duplicates.setdefault(change, []).append(
            (family.story, near_duplicate)
        )
        corpus.family[near_duplicate.id] = family.story.id
    corpus.lookalikes["follow_up"].append((family.story, family.follow_up))
