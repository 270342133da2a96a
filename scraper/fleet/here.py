"""Sites crawled on this machine, some side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from scraper.fleet.task import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.fleet.task import Ended, Task


def iter_ended(tasks: Sequence[Task], *, jobs: int) -> Iterator[Ended]:
    """Run *tasks* in their order, *jobs* at a time; yield each as it ends.

    The threads only wait for the processes.
    """
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(run, task) for task in tasks]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
