"""What an article costs to store, and a query to answer, as the store grows.

Written articles (:mod:`bench.corpus`) are listed, leased and settled in batches of 50, as
a crawl does it (frontier, near-duplicates and index included), into one SQLite file. An article's cost is the CPU time
of the saving thread, all that is written later for earlier articles included (merging
of the index, checkpoints): the mean over WINDOW articles. ROUNDS windows follow each
other from *size* articles on; as many begin at EARLY articles, each in a store of its
own, at the same time of the run. Figures are means over all windows, since a merge of
the index falls into some of them only. Making the
articles is not counted. A query is ``Store.search`` from words to articles with
snippets, by the clock at *size* articles, the median of ROUNDS; ``search_cpu_ms`` is
the same in CPU time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, NamedTuple

from bench import print_figures, say
from bench.corpus.articles import SIZE, iter_articles
from bench.corpus.queries import QUERIES
from scraper import clock
from scraper.storage import Address, Result, Store, Visit, Wanted, open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from scraper.items import Article

_JOB = "growth"
_TAG = '"0123456789abcdef"'
BATCH = 50
EARLY = 1000
WINDOW = 2000
ROUNDS = 3


class Cost(NamedTuple):
    """Milliseconds an article or a query: CPU of the thread, and by the clock."""

    cpu: float
    wall: float


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size", type=int, default=SIZE, help=f"articles stored ({SIZE:,})"
    )
    parser.add_argument(
        "--window", type=int, default=WINDOW, help=f"articles of a window ({WINDOW:,})"
    )


def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.size, options.window)
    print_figures(figures, as_json=options.json)
    return 0


def measure(folder: Path, size: int, window: int) -> dict[str, float]:
    """Return the figures of a store of *size* articles, made in *folder*."""
    path = folder / "articles.db"
    with open_store(f"sqlite:///{path}") as store:
        text = _fill(store, size)
        ratio = _bytes(path) / text
        searches = _searches(store)
        early, late = map(
            _mean, _costs(store, folder, range(size, size + ROUNDS * window, window))
        )
    return {
        "growth.article_ms": round(late.cpu, 4),
        "growth.article_ms_ratio": round(late.cpu / early.cpu, 3),
        "growth.article_wall_ms": round(late.wall, 4),
        "growth.article_wall_ms_ratio": round(late.wall / early.wall, 3),
        "growth.search_ms": round(median(cost.wall for cost in searches), 2),
        "growth.search_cpu_ms": round(median(cost.cpu for cost in searches), 2),
        "growth.search_slowest_ms": round(max(cost.wall for cost in searches), 2),
        "growth.bytes_ratio": round(ratio, 3),
    }


def _fill(store: Store, size: int) -> int:
    """Save *size* articles; return the bytes of their texts."""
    text = 0
    for start in range(0, size, SIZE // 20):
        count = min(SIZE // 20, size - start)
        made = list(iter_articles(start, start + count))
        cost = _save(store, made)
        text += sum(len(article.text.encode()) for article in made)
        say(f"{start + count:,} stored: {cost.cpu:.3f} ms CPU, {cost.wall:.3f} ms wall")
    return text


def _costs(store: Store, folder: Path, starts: range) -> tuple[list[Cost], list[Cost]]:
    """Return the costs of windows of ``starts.step``, early and late, taken in turn."""
    early, late = [], []
    for number, start in enumerate(starts):
        late.append(_save(store, list(iter_articles(start, start + starts.step))))
        with open_store(f"sqlite:///{folder}/early-{number}.db") as small:
            _save(small, list(iter_articles(0, EARLY)))
            made = list(iter_articles(EARLY, EARLY + starts.step))
            early.append(_save(small, made))
        say(f"round {number + 1}: late {late[-1]}, early {early[-1]}")
    return early, late


def _save(store: Store, articles: Iterable[Article]) -> Cost:
    """Save *articles* as one run of a job does, from listing to visit."""
    remaining, count = iter(articles), 0
    run = store.jobs.begin(_JOB, clock.now())
    cpu, wall = time.thread_time(), time.perf_counter()
    while batch := list(islice(remaining, BATCH)):
        _visit(store, run, batch)
        count += len(batch)
    cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
    store.jobs.end(run, clock.now(), "")
    return Cost(cpu / count * 1000, wall / count * 1000)


def _visit(store: Store, run: int, batch: list[Article]) -> None:
    """List, lease and settle *batch*: one transaction each."""
    jobs, at = store.jobs, clock.now()
    listed = {a.url: Address(a.url, time=a.published_at) for a in batch}
    jobs.add(_JOB, listed.values(), at=at)
    wanted = Wanted(run=run, began=at, at=at, limit=len(batch))
    places = {each.address.url: each.position for each in jobs.lease(_JOB, wanted)}
    visits = [
        Visit(position=places[a.url], at=at, result=Result.READ, etag=_TAG, article=a)
        for a in batch
    ]
    jobs.settle(_JOB, visits, run=run, at=at)


def _searches(store: Store) -> list[Cost]:
    """Return the milliseconds of each query."""
    costs = []
    for query in QUERIES:
        spans = []
        for _ in range(ROUNDS):
            cpu, wall = time.thread_time(), time.perf_counter()
            hits = store.search(query)
            spans.append((time.thread_time() - cpu, time.perf_counter() - wall))
        cost = Cost(*(median(span) * 1000 for span in zip(*spans, strict=True)))
        say(f"{query}: {cost.cpu:.1f} ms CPU, {cost.wall:.1f} ms, {len(hits)} hits")
        costs.append(cost)
    return costs


def _bytes(path: Path) -> int:
    """Return the size of the store at *path*, what waits in its log included."""
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


def _mean(costs: list[Cost]) -> Cost:
    return Cost(mean(cost.cpu for cost in costs), mean(cost.wall for cost in costs))
