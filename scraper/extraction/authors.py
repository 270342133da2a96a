"""Who wrote the article: the likeliest of the sets of names that the page states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extraction import author_weights
from scraper.extraction.author_sets import candidates
from scraper.extraction.byline import covers
from scraper.extraction.labeller import Trees
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.extraction.credits import Stated
    from scraper.extraction.people import Byline

LIKELY = 0.15
"""Probability under which a set of names is not believed.

Out of fold, on 1000 gold pages with authors, .1 finds 1 % more of them and .5 finds 5 %
less (2026-11); pages without authors are few in the gold sets.
"""

TRAINED = Trees.of(author_weights, "authors")
"""The probability that a set of names is that of all authors, as this version has it."""


def choose_authors(
    byline: Byline, find_stated: Callable[[], Stated], trees: Trees | None = None
) -> tuple[str, ...]:
    """Return the people who wrote the article, () if none are likely.

    A credit line of nothing but people and their wire service stands, and one of a wire
    service alone names nobody. Else the likeliest set of those is chosen that *find_stated* gives,
    which is asked for then only, by *trees* (default: TRAINED).
    """
    trees = trees or TRAINED
    if _prints_agency(byline) and covers(byline):
        return byline.authors
    chosen: tuple[str, ...] = ()
    likeliest = LIKELY
    for candidate in candidates(find_stated()):
        probability = trees.probability(candidate.numbers)
        if probability > likeliest:
            chosen, likeliest = candidate.names, probability
    return chosen


def _prints_agency(byline: Byline) -> bool:
    """Return True if the line itself names the agency, not an element after it."""
    return bool(byline.agency) and set(words(byline.agency)) <= {*words(byline.printed)}
