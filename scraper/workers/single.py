"""SingleReader: read one page at once, without starting a pool."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, TypeVar, cast

from scraper.workers.pool import timed_out, unpack, worker_ended
from scraper.workers.process import may_have_children, prepare_worker
from scraper.workers.reader import Reader
from scraper.workers.task import Failure, read_page, run_all, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from scraper.items import Article, Page
    from scraper.workers.reader import ReaderPool

R = TypeVar("R")
_SLACK = 5.0
"""Seconds beyond the time-out after which a child that does not answer is killed."""
_THREADS = Path("/proc/self/task")
_CHECKS, _BETWEEN_CHECKS = 20, 0.002


class SingleReader(Reader):
    """A Reader for one or two pages, each read at once in a fork of this process.

    A pool would start an interpreter that loads extraction once more. The limits of time
    and memory are those of a pool's workers. A fork is safe on Linux while this process
    has one thread; otherwise a pool with one worker is used. A thread that ends before
    the first fork loads extraction; with *warm*, if the page takes time to arrive, it
    also reads a sample page.
    """

    def __init__(
        self,
        *,
        timeout: float | None = None,
        task: Callable[..., Article] = read_page,
        warm: bool = False,
    ) -> None:
        super().__init__(1, timeout, task)
        self._pool: ReaderPool | None = None
        self._loading = threading.Thread(
            target=warm_up if warm else _load_reader, daemon=True
        )
        self._loading.start()

    def _take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        if self._pool is None:
            self._loading.join()
            if not _is_fork_safe():
                self._start_pool()
        if self._pool is not None:
            return self._pool.run(page, task)
        future: Future[R] = Future()
        outcome = self._fork(page, task)
        if isinstance(outcome, Failure):
            future.set_exception(outcome.as_error())
        else:
            future.set_result(cast("R", outcome))
        return future

    def _fork(self, page: Page, task: Callable[[Page], R]) -> object:
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(
            target=_answer, args=(sender, page, task, self._timeout), daemon=True
        )
        with may_have_children():
            child.start()
        sender.close()
        try:
            with receiver:
                if not receiver.poll(self._timeout + _SLACK):
                    return timed_out(page, self._timeout)
                return unpack(receiver.recv())
        except EOFError:
            child.join()
            return worker_ended(page, child.exitcode or 0, self._timeout)
        finally:
            child.kill()
            child.join()

    def _start_pool(self) -> None:
        from scraper.workers.reader import ReaderPool

        self._pool = ReaderPool(workers=1, timeout=self._timeout)

    def close(self) -> None:
        """End the pool if there is one; all submitted pages are done."""
        if self._pool is not None:
            self._pool.close()
        self._models.remove()

    def terminate(self) -> None:
        """End the pool at once if there is one."""
        if self._pool is not None:
            self._pool.terminate()
        self._models.remove()


def _load_reader() -> None:
    import scraper.reading  # noqa: F401


def _is_fork_safe() -> bool:
    """Return True if this process has one thread; wait shortly for one that is ending."""
    if sys.platform != "linux":
        return False
    for _ in range(_CHECKS):
        if sum(1 for _ in _THREADS.iterdir()) == 1:
            return True
        sleep(_BETWEEN_CHECKS)
    return False


def _answer(
    sender: Connection, page: Page, task: Callable[[Page], object], limit: float
) -> None:
    """Send the result of *task* for *page*, within the limits of a worker."""
    prepare_worker()
    sender.send(run_all([(task, page)], limit)[0])
