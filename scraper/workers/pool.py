"""The worker processes of a reader, and the jobs given to them.

pebble kills a worker that exceeds its time-out and replaces one that died. It does not
handle three cases: killing an idle worker from outside breaks its pool (5.2, "All
workers expired"); the jobs queued in a broken pool are lost; a worker killed while it
holds the channel's lock stalls the others for good. Therefore a watchdog thread checks
the pool. If it is broken or stalled, the thread starts a new one and schedules the
waiting jobs there.

A message to a worker holds several jobs if several wait. Each has its own time-out.
If a worker dies, the jobs of its message are retried, each in a message of its own, to
find the page that is to blame. A job that was alone in its message is retried once.
"""

from __future__ import annotations

import atexit
import logging
import signal
import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from scraper.clock import monotonic
from scraper.workers.process import prepare_worker, worker_context
from scraper.workers.task import (
    OUT_OF_MEMORY,
    Failure,
    given_up,
    not_sent,
    run_all,
    timed_out,
    unpack,
    worker_ended,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.items import Page
    from scraper.workers.task import Quarantine

    Answer = Future[list[bytes | Failure]]


OWN_LIMITS = frozenset({-signal.SIGALRM, OUT_OF_MEMORY})
"""Exit codes of a worker that exceeded the time, or memory, allowed for a page."""
BATCH = 8
"""The most jobs in one message to a worker."""
BATCH_BYTES = 2 << 20
"""Bytes of pages after which a message is full; an article page has some 300 kB."""
_logger = logging.getLogger(__name__)
R = TypeVar("R")
ATTEMPTS = 3
"""Pools that may crash before a job is given up."""
GRACE = 30.0
"""Seconds without an answer, beyond the time-out, after which a pool is stalled."""
AHEAD = 2
"""Messages scheduled for each worker: one in progress, one ready."""
_SLACK = 5.0
"""Seconds beyond the time-outs of its jobs after which pebble kills a stopped worker."""
_TICK = 0.2


@dataclass(eq=False, slots=True)
class Job:
    """A page, the task to run on it, and the *future* of the result.

    *attempts* counts the pools that crashed meanwhile. A job that is *alone* gets a
    message of its own, because a message with it in it killed a worker.
    """

    page: Page
    task: Callable[[Page], object]
    future: Future[Any]
    attempts: int = 0
    alone: bool = False


class JobQueue:
    """Waiting jobs, first in, first out; not thread-safe."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job) -> None:
        self._jobs.append(job)

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Put *jobs* at the front of the queue, in their order."""
        self._jobs.extendleft(reversed(list(jobs)))

    def clear(self) -> None:
        self._jobs.clear()

    def next_batch(self) -> list[Job]:
        """Remove and return the jobs of the next message, [] if none waits.

        A message holds one worker's share of the waiting jobs, so that no worker stays
        idle. Cancelled jobs are left out.
        """
        share = min(BATCH, -(-len(self._jobs) // self._workers))
        batch: list[Job] = []
        size = 0
        while (self._jobs and not batch) or self._has_more(batch, share, size):
            job = self._jobs.popleft()
            if not job.future.cancelled():
                batch.append(job)
                size += len(job.page.body)
        return batch

    def _has_more(self, batch: list[Job], share: int, size: int) -> bool:
        if not self._jobs or len(batch) >= share or size >= BATCH_BYTES:
            return False
        return not (batch[-1].alone or self._jobs[0].alone)


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """*timeout* is in seconds a page, *recycle* in messages until a worker is replaced."""

    workers: int
    timeout: float
    recycle: int


class WorkerPool:
    """Worker processes, the unfinished jobs, and the watchdog thread.

    A harmful page is kept in *quarantine*.
    """

    def __init__(self, options: PoolOptions, quarantine: Quarantine | None) -> None:
        self._options = options
        self._quarantine = quarantine
        self._lock = threading.RLock()
        self._jobs: dict[Future[Any], Job] = {}
        self._queue = JobQueue(options.workers)
        self._running: dict[Answer, list[Job]] = {}
        self._is_open = True
        self._terminated = threading.Event()
        self._last_answer = monotonic()
        self._processes = self._start_processes()
        self._watchdog = threading.Thread(
            target=self._watch, name="reader-pool-watchdog", daemon=True
        )
        self._watchdog.start()
        atexit.register(self.terminate)  # before the locks of multiprocessing go

    def submit(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        """Return the future of what *task* returns for *page* in a worker.

        Raises RuntimeError once the pool is closed.
        """
        job = Job(page, task, Future())
        with self._lock:
            if not self._is_open:
                raise RuntimeError(f"{page.url}: the reader pool is closed")
            if not self._jobs:
                self._last_answer = monotonic()
            self._jobs[job.future] = job
            self._queue.add(job)
            self._schedule()
        job.future.add_done_callback(self._on_done)
        return job.future

    def close(self) -> list[Future[Any]]:
        """Accept no more jobs; return the futures of unfinished ones."""
        with self._lock:
            self._is_open = False
            return list(self._jobs)

    def terminate(self) -> None:
        """Kill the workers and cancel the unfinished jobs."""
        atexit.unregister(self.terminate)
        self._terminated.set()
        self._watchdog.join()
        _kill(self._processes)
        with self._lock:
            futures = list(self._jobs)
        for future in futures:
            future.cancel()

    def _start_processes(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._options.workers,
            max_tasks=self._options.recycle,
            initializer=prepare_worker,
            context=worker_context(),
        )

    def _schedule(self) -> None:
        """Send waiting jobs to the workers; the watchdog replaces a broken pool."""
        while len(self._running) < AHEAD * self._options.workers:
            jobs = self._queue.next_batch()
            if not jobs:
                return
            calls = [(job.task, job.page) for job in jobs]
            limit = self._options.timeout
            try:
                answer = self._processes.schedule(
                    run_all, args=(calls, limit), timeout=limit * len(jobs) + _SLACK
                )
            except RuntimeError:
                if self._processes.active:
                    raise
                self._queue.put_back(jobs)
                return
            self._running[answer] = jobs
            answer.add_done_callback(self._on_answer)

    def _on_done(self, future: Future[Any]) -> None:
        """Remove the job of *future*; if it was cancelled, stop its work.

        The work continues if another job of the same message is still wanted.
        """
        with self._lock:
            self._jobs.pop(future, None)
            if not future.cancelled():
                return
            idle = [
                answer
                for answer, jobs in self._running.items()
                if all(job.future.cancelled() for job in jobs)
            ]
        for answer in idle:
            answer.cancel()

    def _on_answer(self, answer: Answer) -> None:
        """Resolve the jobs of *answer*; ignore a broken pool and answers after the end."""
        with self._lock:
            if self._terminated.is_set() or _is_broken(answer):
                return
            jobs = self._running.pop(answer, [])
            self._last_answer = monotonic()
            if _is_inconclusive(answer, jobs):
                _isolate(jobs)
                self._queue.put_back(jobs)
                jobs = []
            self._schedule()
        for job, outcome in self._outcomes(jobs, answer):
            self._finish(job, outcome)

    def _outcomes(
        self, jobs: list[Job], answer: Answer
    ) -> Iterator[tuple[Job, object]]:
        if not jobs or answer.cancelled():
            return
        if error := answer.exception():
            yield jobs[0], _failure_of(error, jobs[0].page, self._options.timeout)
        else:
            yield from zip(jobs, map(unpack, answer.result()), strict=True)

    def _finish(self, job: Job, outcome: object) -> None:
        with self._lock:
            if not self._jobs.pop(job.future, None):
                return
        if isinstance(outcome, Failure) and outcome.harmful and self._quarantine:
            self._quarantine.keep(
                job.page, reason=outcome.message, traceback=outcome.traceback
            )
        _resolve(job.future, outcome)

    def _watch(self) -> None:
        self._is_active()  # starts the workers before the first job arrives
        while not self._terminated.wait(_TICK):
            with self._lock:
                waiting = bool(self._jobs)
                silent = monotonic() - self._last_answer
                longest = max(map(len, self._running.values()), default=1)
            if waiting and not self._is_active():
                self._replace_pool("it crashed")
            elif waiting and silent > self._options.timeout * longest + GRACE:
                self._replace_pool(f"no answer for {silent:.0f} s")

    def _is_active(self) -> bool:
        """Return False if the pool is broken; if it cannot start, submit() raises why."""
        try:
            return bool(self._processes.active)
        except RuntimeError:
            return True

    def _replace_pool(self, why: str) -> None:
        """Start a new pool; give up jobs that too many pools have crashed with."""
        with self._lock:
            broken, self._processes = self._processes, self._start_processes()
            self._last_answer = monotonic()
            for batch in self._running.values():
                _isolate(batch)
            self._running.clear()
            self._queue.clear()
            jobs = list(self._jobs.values())
        _logger.warning("worker pool replaced, %d pages wait: %s", len(jobs), why)
        _kill(broken)
        for job in jobs:
            job.attempts += 1
            if job.attempts >= ATTEMPTS:
                self._finish(job, given_up(job.page, job.attempts))
        with self._lock:
            self._queue.put_back(job for job in jobs if job.future in self._jobs)
            self._schedule()


def _failure_of(error: BaseException, page: Page, limit: float) -> Failure:
    """Return the Failure that *error* means for *page*, alone in its message."""
    match error:
        case ProcessExpired(exitcode=code):
            return worker_ended(page, code, limit)
        case TimeoutError():
            return timed_out(page, limit)
        case _:
            return not_sent(page, error)


def _is_broken(answer: Answer) -> bool:
    return not answer.cancelled() and isinstance(answer.exception(), BrokenProcessPool)


def _is_inconclusive(answer: Answer, jobs: list[Job]) -> bool:
    """Return True if a worker died and it is not clear which of *jobs* is to blame.

    Either several jobs shared its message, or it died for the first time and not at a
    limit of ours: the system kills workers if memory runs short, and they die with
    their fork server.
    """
    if answer.cancelled() or not (error := answer.exception()):
        return False
    if len(jobs) > 1:
        return True
    has_ended = isinstance(error, ProcessExpired) and error.exitcode not in OWN_LIMITS
    return has_ended and any(not job.alone for job in jobs)


def _isolate(jobs: list[Job]) -> None:
    for job in jobs:
        job.alone = True


def _resolve(future: Future[Any], outcome: object) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(outcome, Failure):
        future.set_exception(outcome.as_error())
    else:
        future.set_result(outcome)


def _kill(pool: ProcessPool) -> None:
    """Kill the workers of *pool* and wait for its threads."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
