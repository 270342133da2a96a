"""Gold pages as rows of numbers with what is right of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scraper.errors import ExtractionError
from scraper.extraction.choose import choose, examine, examine_root
from scraper.extraction.document import parse_page
from scraper.extraction.features import block_features
from scraper.extraction.main_content import MainContent
from scraper.reading import article_of
from worlds.gold.scoring import SIZE, fold, has_text, score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.choose import Examined
    from scraper.extraction.head import Head
    from scraper.extraction.labeller import Labeller, Trees
    from scraper.items import Page

_MOST = 0.5
_MOST_WORDS = 150
"""A longer block weighs no more than one of so many words."""
_LEAST_TEXT = 60
"""A gold text of fewer words weighs as one of so many: it may be cut off."""
_DOUBTED = 0.3
"""What a block weighs where gold and a labeller that is sure contradict each other."""
_SURELY, _HARDLY = 0.9, 0.08
_HELD, _NOT_HELD = 0.8, 0.2
_IN_A_LINE = 0.6
"""Share of a short block that stands in the gold, but not as a line of its own."""


@dataclass(frozen=True)
class Gold:
    """A page of a set with its row of gold; pages of one *site* are never parted.

    *weight* is what its blocks count beside those of a published one, *page_weight* what
    the page counts to tell articles from lists.
    """

    set_name: str
    site: str
    row: Mapping[str, Any]
    page: Page
    weight: float = 1.0
    page_weight: float = 1.0

    @property
    def key(self) -> tuple[str, str]:
        return self.set_name, self.row["id"]


@dataclass(frozen=True)
class BlockRows:
    """*columns* by name; of each block the *shares* that gold holds, and its *weights*."""

    columns: Mapping[str, list[float]]
    shares: list[float]
    weights: list[float]

    def doubted(self, body: Trees) -> BlockRows:
        """Return these rows with less weight where *body*, of other sites, is sure.

        A gold text that is cut off, or that holds the menu, teaches the wrong thing.
        """
        facts = zip(
            self.weights, self.shares, body.probabilities(self.columns), strict=True
        )
        weights = [
            weight * _DOUBTED
            if (p > _SURELY and share < _NOT_HELD) or (p < _HARDLY and share > _HELD)
            else weight
            for weight, share, p in facts
        ]
        return replace(self, weights=weights)


@dataclass(frozen=True)
class PageRow:
    """*numbers* by name, the *prediction* of the page, and the *f1* of its text.

    *f1* is None if gold has no text.
    """

    numbers: Mapping[str, float]
    prediction: Mapping[str, Any]
    f1: float | None
    is_article: bool
    weight: float = 1.0


def block_rows(gold: Gold) -> BlockRows | None:
    """Return the blocks of *gold*'s page, None if it states no text or has no block."""
    if not has_text(gold.row):
        return None
    try:
        examined = unlabelled(gold.page)
    except ExtractionError:
        return None
    blocks = examined.blocks
    shares = _Text(gold.row["text"]).shares([b.text for b in blocks])
    optional = _Text("\n".join(gold.row.get("optional") or ()))
    passed = optional.shares([b.text for b in blocks])
    columns = examined.main.columns
    sizes = [
        0 if share > _MOST else min(units, _MOST_WORDS) + 2
        for units, share in zip(columns.get("units", ()), passed, strict=True)
    ]
    labelled = sum(s for s, share in zip(sizes, shares, strict=True) if share > _MOST)
    scale = 100 * gold.weight / max(labelled, _LEAST_TEXT)
    named = {name: list(map(float, column)) for name, column in columns.items()}
    return BlockRows(named, shares, [size * scale for size in sizes]) if named else None


def unlabelled(page: Page) -> Examined:
    """Return *page* with its features, which the labeller at hand may not know."""

    def find(blocks: list[RawBlock], head: Head) -> MainContent:
        return MainContent(columns=block_features(blocks, head.words()))

    return examine_root(page, parse_page(page), find, {})


def page_row(gold: Gold, labeller: Labeller) -> PageRow | None:
    """Return what *labeller* makes of *gold*'s page; None if it cannot be read."""
    try:
        examined = examine(gold.page, labeller)
    except ExtractionError:
        return None
    article = article_of(examined, choose(examined))
    prediction = article.to_dict()
    f1 = None
    if has_text(gold.row):
        f1 = score([gold.row], {gold.row["id"]: prediction}).pages[0].f1
    is_article = gold.row["kind"] == "article"
    return PageRow(examined.main.numbers, prediction, f1, is_article, gold.page_weight)


class _Text:
    """A gold text, to ask which blocks it holds."""

    def __init__(self, text: str) -> None:
        lines = [" ".join(fold(line).split()) for line in text.split("\n")]
        self._lines = set(filter(None, lines))
        run = " ".join(filter(None, lines)).split()
        self._run = f" {' '.join(run)} "
        last = len(run) - SIZE + 1
        self._shingles = {tuple(run[at : at + SIZE]) for at in range(last)}

    def shares(self, texts: list[str]) -> list[float]:
        """Return the share of each of *texts* that this one holds, 0-1."""
        return [self._share(fold(text).split()) for text in texts]

    def _share(self, run: list[str]) -> float:
        if not run or not self._lines:
            return 0.0
        if len(run) < SIZE:
            joined = " ".join(run)
            if joined in self._lines:
                return 1.0
            return _IN_A_LINE if f" {joined} " in self._run else 0.0
        own = [tuple(run[at : at + SIZE]) for at in range(len(run) - SIZE + 1)]
        return sum(shingle in self._shingles for shingle in own) / len(own)
