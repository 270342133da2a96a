"""Sites crawled, and shards read, on this machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from scraper.fleet.extracting import extract
from scraper.fleet.task import Running, run
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.fleet.extracting import Extracted, Job
    from scraper.fleet.task import Ended, Task


def iter_ended(tasks: Sequence[Task], *, jobs: int) -> Iterator[Ended]:
    """Run *tasks* in their order, *jobs* at a time; yield each as it ends.

    The threads only wait for the processes. Whoever stops, or is interrupted, ends the
    crawls that are under way first.
    """
    running = Running()
    pool = ThreadPoolExecutor(jobs)
    waiting = [pool.submit(run, task, running) for task in tasks]
    try:
        for done in as_completed(waiting):
            yield done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        running.end()


def iter_extracted(jobs: Iterable[Job], *, workers: int | None) -> Iterator[Extracted]:
    """Read the shards of *jobs* one after the other, their pages by *workers* processes."""
    with ReaderPool(workers=workers) as pool:
        for job in jobs:
            yield extract(job, pool)
