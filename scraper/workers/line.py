"""Pages that wait for a worker, and how many of them it is given at a time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from scraper.items import Page

BATCH = 8
"""Pages that a worker is given in one message at most."""
BATCH_BYTES = 2 << 20
"""Bytes after which no further page goes into a message; articles have some 300 kB."""


@dataclass(eq=False, slots=True)
class Job:
    """A page with what is to be done, and the *promise* of what comes of it.

    *attempts* counts the pools that broke meanwhile. One that is *alone* gets a message
    to itself, since it or one beside it ended a worker.
    """

    page: Page
    task: Callable[[Page], object]
    promise: Future[Any]
    attempts: int = 0
    alone: bool = False


class Line:
    """Jobs in order; not safe for threads by itself."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job) -> None:
        self._jobs.append(job)

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Let *jobs* be the next, in their order."""
        self._jobs.extendleft(reversed(list(jobs)))

    def clear(self) -> None:
        self._jobs.clear()

    def next_batch(self) -> list[Job]:
        """Take the jobs of the next message; none where none waits.

        A worker's share of those that wait, so that none of them waits for more to
        come; jobs whose promise was cancelled are left out.
        """
        share = min(BATCH, -(-len(self._jobs) // self._workers))
        batch: list[Job] = []
        size = 0
        while (self._jobs and not batch) or self._has_more(batch, share, size):
            job = self._jobs.popleft()
            if not job.promise.cancelled():
                batch.append(job)
                size += len(job.page.body)
        return batch

    def _has_more(self, batch: list[Job], share: int, size: int) -> bool:
        if not self._jobs or len(batch) >= share or size >= BATCH_BYTES:
            return False
        return not (batch[-1].alone or self._jobs[0].alone)
