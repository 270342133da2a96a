"""What finding near-duplicates costs an article as the store grows: CPU time and memory."""

from __future__ import annotations

import resource
import time
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bench import say
from bench.corpus.articles import iter_articles
from scraper.storage import near_duplicates, open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import sqlalchemy as sa

    from scraper.items import Article
    from scraper.storage import Store

BATCH = 50
EARLY = 1000
WINDOW = 2000


class Cost(NamedTuple):
    """Milliseconds of CPU an article: of near-duplicates alone, and of saving in all."""

    near_duplicates: float
    saving: float


class Watch:
    """Takes the place of ``near_duplicates.place`` and counts its CPU time."""

    def __init__(self) -> None:
        self.place, self.seconds = near_duplicates.place, 0.0

    def __call__(
        self,
        connection: sa.Connection,
        written: Mapping[int, Article],
        *,
        rewritten: Iterable[int] = (),
    ) -> None:
        before = time.thread_time()
        self.place(connection, written, rewritten=rewritten)
        self.seconds += time.thread_time() - before


def measure(folder: Path, size: int, window: int) -> dict[str, float]:
    """Return the figures of a store that grows to *size* articles in *folder*.

    The memory that grows is the peak of this process after the *window* that begins at
    EARLY; the articles are made as they are saved, by a generator that has its own
    memory by then.
    """
    watch = near_duplicates.place = Watch()
    for _ in iter_articles(0, EARLY + 4 * window):
        pass
    with open_store(f"sqlite:///{folder}/articles.db") as store:
        _save(store, watch, 0, EARLY)
        early, first = _save(store, watch, EARLY, EARLY + window), _peak()
        _save(store, watch, EARLY + window, size)
        late, last = _save(store, watch, size, size + window), _peak()
    near_duplicates.place = watch.place
    say(f"early {early}, late {late}")
    return {
        "near_duplicates.article_ms": late.near_duplicates,
        "near_duplicates.article_ms_ratio": late.near_duplicates
        / early.near_duplicates,
        "near_duplicates.share_of_saving": late.near_duplicates / late.saving,
        "near_duplicates.rss_mb": last,
        "near_duplicates.rss_growth_mb": last - first,
    }


def _save(store: Store, watch: Watch, start: int, stop: int) -> Cost:
    watch.seconds, spent = 0.0, 0.0
    remaining = iter_articles(start, stop)
    while batch := list(islice(remaining, BATCH)):
        before = time.thread_time()
        store.save(batch)
        spent += time.thread_time() - before
    count = max(1, stop - start)
    return Cost(watch.seconds / count * 1000, spent / count * 1000)


def _peak() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
