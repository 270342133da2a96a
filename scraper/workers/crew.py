"""The workers of a pool, and what becomes of the pages given to them.

pebble kills a worker that takes too long and replaces one that died. Three things it
leaves to us: an idle worker that is killed from outside breaks its pool (5.2, "All
workers expired"); pages in the queue of a broken pool are forgotten; a worker killed
while it holds the channel's lock stalls the others for good. So one thread of the crew
looks after the pool and, where it is broken or stands still, puts a new one in its place
and gives it the pages that wait.
"""

from __future__ import annotations

import atexit
import logging
import threading
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessPool

from scraper.clock import monotonic
from scraper.workers.child import prepare_worker
from scraper.workers.context import worker_context
from scraper.workers.outcome import given_up, judge
from scraper.workers.task import Failure, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.items import Page
    from scraper.workers.quarantine import Quarantine

logger = logging.getLogger(__name__)
R = TypeVar("R")

ATTEMPTS = 3
"""Pools that a page may see break before it is given up."""
GRACE = 30.0
"""Seconds beyond the time-out without any answer after which a pool stands still."""
_TICK = 0.2


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pool is started with; *timeout* in seconds, *recycle* in pages."""

    workers: int
    timeout: float
    recycle: int


@dataclass(eq=False, slots=True)
class _Job:
    page: Page
    task: Callable[[Page], object]
    promise: Future[Any]
    attempts: int = 0
    answer: Future[bytes | Failure] | None = None


class Crew:
    """The pool of the moment, the pages it owes, and the thread that looks after it."""

    def __init__(self, terms: Terms, quarantine: Quarantine | None) -> None:
        self._terms = terms
        self._quarantine = quarantine
        self._lock = threading.RLock()
        self._jobs: dict[Future[Any], _Job] = {}
        self._taking = True
        self._dismissed = threading.Event()
        self._last_answer = monotonic()
        self._pool = self._start_pool()
        self._warden = threading.Thread(
            target=self._look_after_pool, name="reader-pool-warden", daemon=True
        )
        self._warden.start()
        atexit.register(self.dismiss)  # before the locks of multiprocessing go

    def take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        """Return the promise of what *task* makes of *page* in a worker."""
        job = _Job(page, task, Future())
        with self._lock:
            if not self._taking:
                raise RuntimeError(f"{page.url}: the reader pool is closed")
            if not self._jobs:
                self._last_answer = monotonic()
            self._jobs[job.promise] = job
            self._schedule(job)
        job.promise.add_done_callback(partial(self._forget, job))
        return job.promise

    def stop_taking(self) -> list[Future[Any]]:
        """Take no more pages; return the promises still open."""
        with self._lock:
            self._taking = False
            return list(self._jobs)

    def dismiss(self) -> None:
        """End the workers and cancel what is still open."""
        atexit.unregister(self.dismiss)
        self._dismissed.set()
        self._warden.join()
        _end(self._pool)
        with self._lock:
            promises = list(self._jobs)
        for promise in promises:
            promise.cancel()

    def _start_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._terms.workers,
            max_tasks=self._terms.recycle,
            initializer=prepare_worker,
            context=worker_context(),
        )

    def _schedule(self, job: _Job) -> None:
        """Hand *job* to the pool; where that is broken, the warden will do it."""
        try:
            answer = self._pool.schedule(
                run, args=(job.task, job.page), timeout=self._terms.timeout
            )
        except RuntimeError:
            if self._pool.active:
                raise
            return
        job.answer = answer
        answer.add_done_callback(partial(self._settle, job))

    def _forget(self, job: _Job, promise: Future[Any]) -> None:
        with self._lock:
            self._jobs.pop(promise, None)
            answer = job.answer
        if promise.cancelled() and answer is not None:
            answer.cancel()

    def _settle(self, job: _Job, answer: Future[bytes | Failure]) -> None:
        """Pass *answer* on; one from a pool that was given up, or broken, is none."""
        if answer.cancelled() or isinstance(answer.exception(), BrokenProcessPool):
            return
        with self._lock:
            if answer is not job.answer or not self._jobs.pop(job.promise, None):
                return
            self._last_answer = monotonic()
        outcome = judge(answer, job.page, self._terms.timeout)
        if isinstance(outcome, Failure) and outcome.harmful and self._quarantine:
            self._quarantine.keep(
                job.page, reason=outcome.message, traceback=outcome.traceback
            )
        _keep_promise(job.promise, outcome)

    def _look_after_pool(self) -> None:
        self._is_sound()  # starts the workers before the first page comes
        while not self._dismissed.wait(_TICK):
            with self._lock:
                waiting = bool(self._jobs)
                silent = monotonic() - self._last_answer
            if waiting and not self._is_sound():
                self._replace_pool("it broke")
            elif waiting and silent > self._terms.timeout + GRACE:
                self._replace_pool(f"no answer for {silent:.0f} s")

    def _is_sound(self) -> bool:
        """Tell whether the pool runs, or cannot yet: take() raises the reason then."""
        try:
            return bool(self._pool.active)
        except RuntimeError:
            return True

    def _replace_pool(self, why: str) -> None:
        """Start anew; pages that have seen too many pools break are given up."""
        with self._lock:
            broken, self._pool = self._pool, self._start_pool()
            self._last_answer = monotonic()
            jobs = list(self._jobs.values())
            for job in jobs:
                job.answer = None
                job.attempts += 1
        logger.warning("worker pool replaced, %d pages wait: %s", len(jobs), why)
        _end(broken)
        for job in jobs:
            if job.attempts >= ATTEMPTS:
                _keep_promise(job.promise, given_up(job.page, job.attempts))
            elif not job.promise.cancelled():
                self._schedule(job)


def _keep_promise(promise: Future[Any], outcome: object) -> None:
    if not promise.set_running_or_notify_cancel():
        return
    if isinstance(outcome, Failure):
        promise.set_exception(outcome.error(outcome.message))
    else:
        promise.set_result(outcome)


def _end(pool: ProcessPool) -> None:
    """Kill the workers of *pool* and wait for its threads."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
