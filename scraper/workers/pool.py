"""ReaderPool: pages in, articles out, in processes that may die."""

from __future__ import annotations

import os
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from scraper.workers.crew import Crew, Terms
from scraper.workers.quarantine import Quarantine
from scraper.workers.reader import Reader, check_numbers
from scraper.workers.task import read_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.items import Article, Page

R = TypeVar("R")


class ReaderPool(Reader):
    """A Reader whose processes live on: a page that harms one leaves the others alone.

    A page that takes longer than its time-out is given up and its worker replaced; the
    time in the queue does not count. So is one that kills its worker; the others go on.
    Both, and pages on which reading raises what is no ExtractionError, are kept in the
    folder *quarantine*. A worker is replaced after *recycle* messages. *workers* defaults
    to the cores this process may use.

    Callbacks of the futures run in a thread of the pool and should be short.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        timeout: float | None = None,
        recycle: int = 3000,
        quarantine: Path | None = None,
        task: Callable[..., Article] = read_page,
    ) -> None:
        super().__init__(usable_cores() if workers is None else workers, timeout, task)
        check_numbers(recycle=recycle)
        terms = Terms(self.workers, self._timeout, recycle)
        self._crew = Crew(terms, Quarantine(quarantine) if quarantine else None)

    def _take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        return self._crew.take(page, task)

    def close(self) -> None:
        """Wait for what was submitted, then end the workers; twice does no harm.

        The wait is bounded by what the pages may take at most.
        """
        pending = self._crew.stop_taking()
        rounds = -(-len(pending) // self.workers)
        wait(pending, timeout=rounds * (self._timeout + 1) + 10)
        self._end()

    def terminate(self) -> None:
        """End the workers at once; pages under way are cancelled."""
        self._crew.stop_taking()
        self._end()

    def _end(self) -> None:
        self._crew.dismiss()
        self._models.remove()


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
