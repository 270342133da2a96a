"""What is body, and what is an article, by trees trained on gold pages.

``python -m bench train`` writes them as Python that needs no library; docs/labeller.md
says from which data, and how well they do on sites that they have not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Self

from scraper.extraction import weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType


BODY = 0.5
"""Probability from which on a block is body; f1 is flat from .4 to .6."""
MOST_WEIGHED = 500
"""Rows that are weighed: each takes a millisecond. The gold page with most has 2,641."""


@dataclass(frozen=True, slots=True)
class Trees:
    """*features* names the numbers that *score* takes; it returns a log-odds.

    *usual* are the medians of these numbers.
    """

    features: tuple[str, ...]
    score: Callable[..., float]
    usual: tuple[float, ...] = ()

    @classmethod
    def of(cls, module: ModuleType, name: str) -> Self:
        """Return the trees called *name* of a *module* that training wrote."""
        upper = name.upper()
        features, usual = getattr(module, upper), getattr(module, f"{upper}_USUAL")
        return cls(features, getattr(module, name), usual)

    def probability(self, numbers: Mapping[str, float]) -> float:
        """Return the probability (0-1) for one thing with these *numbers*."""
        return _probability(self.score(*(numbers[name] for name in self.features)))

    def probabilities(self, columns: Mapping[str, Sequence[float]]) -> list[float]:
        """Return the probability of each row of *columns*."""
        if not columns:
            return []
        return [_probability(self.score(*row)) for row in self._rows(columns)]

    def weighed(
        self, columns: Mapping[str, Sequence[float]], *, most: int = 3
    ) -> list[tuple[tuple[str, float], ...]]:
        """Return for each row the features that weighed *most*, and how much.

        That is by how much the log-odds would fall if the number were a usual one. None
        are returned for rows after the first MOST_WEIGHED.
        """
        rows = enumerate(self._rows(columns) if columns else ())
        return [self._weigh(r)[:most] if at < MOST_WEIGHED else () for at, r in rows]

    def _weigh(self, row: tuple[float, ...]) -> tuple[tuple[str, float], ...]:
        score = self.score(*row)
        found = []
        for at, (name, usual) in enumerate(zip(self.features, self.usual, strict=True)):
            if row[at] != usual:
                other = self.score(*row[:at], usual, *row[at + 1 :])
                found.append((name, round(score - other, 2)))
        weighing = [(name, weight) for name, weight in found if weight]
        return tuple(sorted(weighing, key=lambda pair: (-abs(pair[1]), pair[0])))

    def _rows(
        self, columns: Mapping[str, Sequence[float]]
    ) -> Iterator[tuple[float, ...]]:
        return zip(*(columns[name] for name in self.features), strict=True)


@dataclass(frozen=True, slots=True)
class Labeller:
    """Three probabilities.

    *body*: that a block is of the article's text; *article*: that a page is an article;
    *good*: that the text of an article has an f1 of .9 or more.
    """

    body: Trees
    article: Trees
    good: Trees

    @classmethod
    def of(cls, module: ModuleType) -> Self:
        """Return the labeller that ``python -m bench train`` wrote as *module*."""
        return cls(*(Trees.of(module, name) for name in cls.__slots__))


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


TRAINED = Labeller.of(weights)
"""The labeller of this version."""
