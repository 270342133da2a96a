"""What reading a page costs, over what trafilatura alone costs on the same page."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from trafilatura import bare_extraction

from bench import say
from scraper.errors import ExtractionError
from scraper.reading import read
from scraper.workers.process import tune_heap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.items import Page
    from worlds.gold.sets import GoldSet

ROUNDS = 3


def measure_cost(sets: Iterable[GoldSet], rounds: int = ROUNDS) -> dict[str, float]:
    """Return ``cost.*``: CPU milliseconds a page and the median of the rounds' ratios.

    One process, whose heap is that of a worker, without a model; the two take turns page
    by page, and in who is first, so that a busy machine and warm caches count for both.
    """
    tune_heap()
    pages = [page for gold_set in sets for _, page in gold_set.iter_pages()]
    _in_full(pages[0])
    _trafilatura(pages[0])
    ours, theirs, ratios = [], [], []
    for number in range(rounds):
        full, trafilatura = _round(pages, number)
        ours.append(full)
        theirs.append(trafilatura)
        ratios.append(full / trafilatura)
        say(f"cost, round {number + 1} of {rounds}: {ratios[-1]:.3f}")
    return {
        "cost.full_vs_trafilatura": round(median(ratios), 3),
        "cost.full_ms": round(1000 * median(ours) / len(pages), 2),
        "cost.trafilatura_ms": round(1000 * median(theirs) / len(pages), 2),
    }


def _round(pages: list[Page], number: int) -> tuple[float, float]:
    full = trafilatura = 0.0
    for place, page in enumerate(pages):
        if (place + number) % 2:
            full += _timed(_in_full, page)
            trafilatura += _timed(_trafilatura, page)
        else:
            trafilatura += _timed(_trafilatura, page)
            full += _timed(_in_full, page)
    return full, trafilatura


def _timed(function: Callable[[Page], None], page: Page) -> float:
    started = time.process_time()
    function(page)
    return time.process_time() - started


def _in_full(page: Page) -> None:
    try:
        read(page)
    except ExtractionError:
        return


def _trafilatura(page: Page) -> None:
    bare_extraction(page.body, favor_precision=True, with_metadata=True, url=page.url)
