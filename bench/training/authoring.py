"""Gold pages as sets of names that may be all authors, and what is right of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.training.folds import fold_of, labeller_without
from bench.training.growing import grow_authors
from scraper.errors import ExtractionError
from scraper.extraction.authors import candidates, choose_authors, stated_authors
from scraper.extraction.choose import choose, examine
from worlds.gold.scoring import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.training.examples import Gold
    from bench.training.trees import Grown
    from scraper.extraction.byline import Stated
    from scraper.extraction.labeller import Trees
    from scraper.extraction.people import Byline


@dataclass(frozen=True)
class AuthorPage:
    """What a page states of its authors, and the *right* ones, folded."""

    set_name: str
    name: str
    site: str
    stated: Stated
    byline: Byline
    right: frozenset[str]

    def chosen(self, trees: Trees) -> tuple[str, ...]:
        """Return the authors that *trees* choose."""
        return choose_authors(self.byline, lambda: self.stated, trees)

    def rows(self) -> list[tuple[Mapping[str, float], float]]:
        """Return the numbers of each candidate, and 1.0 if it is right, else 0.0."""
        return [
            (each.numbers, float(folded(each.names) == self.right))
            for each in candidates(self.stated)
        ]


def folded(names: Sequence[str]) -> frozenset[str]:
    """Return *names* as they are compared, case and punctuation left out."""
    return frozenset(filter(None, map(fold, names)))


def author_page(gold: Gold) -> AuthorPage | None:
    """Return *gold*'s page, or None unless it is a readable article with known authors.

    The labeller that finds its text has not seen its site.
    """
    listed = gold.row.get("authors")
    if gold.row["kind"] != "article" or listed is None:
        return None
    try:
        examined = examine(gold.page, labeller_without(gold.site))
    except ExtractionError:
        return None
    content = choose(examined).content
    stated = stated_authors(examined.evidence, content)
    right = folded(listed)
    return AuthorPage(*gold.key, gold.site, stated, content.byline, right)


def grow_without(pages: Sequence[AuthorPage], fold: int | None = None) -> Grown:
    """Return trees grown on *pages*, those of *fold* left out."""
    known = [page for page in pages if fold_of(page.site) != fold]
    return grow_authors([row for page in known for row in page.rows()])
