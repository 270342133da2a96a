"""What a model gives without the fast path: every page read the careful way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper.errors import ExtractionError
from scraper.reading import read
from scraper.workers.learning import learn_sites

if TYPE_CHECKING:
    from bench.gold.sets import GoldSet

KEY = "careful"


def predict_careful(gold_set: GoldSet) -> dict[str, dict[str, Any]]:
    """Return what ``tinsach extract`` would make of *gold_set* without it, by id."""
    learned = learn_sites(page for _, page in gold_set.iter_pages())
    found: dict[str, dict[str, Any]] = {row["id"]: {} for row in gold_set.rows}
    for name, page in gold_set.iter_pages():
        try:
            article = read(page, learned.model_of(page), careful=True)
        except ExtractionError:
            continue
        found[name] = article.to_json()
    return found
