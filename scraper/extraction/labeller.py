"""What is body, and what is an article, by trees trained on gold pages.

``python -m bench train`` writes them as Python that needs no library; docs/labeller.md
says from which data, and how well they do on sites that they have not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from scraper.extraction import weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Trees:
    """*features* names the numbers that *score* takes; it returns a log-odds."""

    features: tuple[str, ...]
    score: Callable[..., float]

    def probability(self, numbers: Mapping[str, float]) -> float:
        """Return the probability (0-1) for one thing with these *numbers*."""
        return _probability(self.score(*(numbers[name] for name in self.features)))

    def probabilities(self, columns: Mapping[str, Sequence[float]]) -> list[float]:
        """Return the probability of each row of *columns*."""
        if not columns:
            return []
        rows = zip(*(columns[name] for name in self.features), strict=True)
        return [_probability(self.score(*row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Labeller:
    """Three probabilities.

    *body*: that a block is of the article's text; *article*: that a page is an article;
    *good*: that the text of an article has an f1 of .9 or more.
    """

    body: Trees
    article: Trees
    good: Trees


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


TRAINED = Labeller(
    Trees(weights.BODY, weights.body),
    Trees(weights.ARTICLE, weights.article),
    Trees(weights.GOOD, weights.good),
)
"""The labeller of this version."""
