"""The workers of a pool, and what becomes of the pages given to them.

pebble kills a worker that takes too long and replaces one that died. Three things it
leaves to us: an idle worker that is killed from outside breaks its pool (5.2, "All
workers expired"); pages in the queue of a broken pool are forgotten; a worker killed
while it holds the channel's lock stalls the others for good. So one thread of the crew
looks after the pool and, where it is broken or stands still, puts a new one in its place
and gives it the pages that wait.

A message to a worker holds several pages where several wait. Each has its own time-out
all the same; a worker that ends takes its message along, and the pages of that are read
again, each by itself, to find the one that did it. So is a page that was alone with it.
"""

from __future__ import annotations

import atexit
import logging
import pickle
import signal
import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from scraper.clock import monotonic
from scraper.errors import ExtractionError, ExtractionTimeout
from scraper.workers.child import MEMORY_ABOVE_START, prepare_worker, worker_context
from scraper.workers.task import OUT_OF_MEMORY, Failure, run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.items import Page
    from scraper.workers.quarantine import Quarantine

    Answers = Future[list[bytes | Failure]]


OWN_LIMITS = frozenset({-signal.SIGALRM, OUT_OF_MEMORY})
"""Exit codes of a worker that its page's time, or memory, has ended."""


def ended(page: Page, exitcode: int, limit: float) -> Failure:
    """Return what it says of *page*, alone with a process, that this ended so."""
    if exitcode == -signal.SIGALRM:
        return timed_out(page, limit)
    return _harmful(page, _cause_of_death(exitcode))


def timed_out(page: Page, limit: float) -> Failure:
    message = (
        f"{page.url or 'a page without URL'}: reading took longer than {limit:g} s"
    )
    return Failure(ExtractionTimeout, message, harmful=True)


def not_given(page: Page, error: BaseException) -> Failure:
    return _harmful(page, f"no worker could be given it: {error!r}")


def given_up(page: Page, attempts: int) -> Failure:
    return _harmful(page, f"given up after {attempts} worker pools broke")


def unpack(answer: bytes | Failure) -> object:
    """Return what a worker made of a page, or the Failure it met."""
    if isinstance(answer, Failure):
        return answer
    made: object = pickle.loads(answer)  # noqa: S301  our own worker wrote it
    return made


def _harmful(page: Page, what: str) -> Failure:
    return Failure(ExtractionError, f"{page.url}: {what}", harmful=True)


def _cause_of_death(exitcode: int) -> str:
    if exitcode == OUT_OF_MEMORY:
        return f"reading needed more than {MEMORY_ABOVE_START >> 20} MiB of memory"
    if exitcode < 0:
        return f"reading killed its worker ({signal.Signals(-exitcode).name})"
    return f"reading ended its worker (exit code {exitcode})"


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


logger = logging.getLogger(__name__)
R = TypeVar("R")

ATTEMPTS = 3
"""Pools that a page may see break before it is given up."""
GRACE = 30.0
"""Seconds beyond the time-out without any answer after which a pool stands still."""
AHEAD = 2
"""Messages under way for each worker: one that it reads, one that lies ready."""
_SLACK = 5.0
"""Seconds beyond its pages' time-outs after which pebble ends a stopped worker."""
_TICK = 0.2


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pool is started with; *timeout* in seconds, *recycle* in messages."""

    workers: int
    timeout: float
    recycle: int


class Crew:
    """The pool of the moment, the pages it owes, and the thread that looks after it."""

    def __init__(self, terms: Terms, quarantine: Quarantine | None) -> None:
        self._terms = terms
        self._quarantine = quarantine
        self._lock = threading.RLock()
        self._jobs: dict[Future[Any], Job] = {}
        self._line = Line(terms.workers)
        self._under_way: dict[Answers, list[Job]] = {}
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
        job = Job(page, task, Future())
        with self._lock:
            if not self._taking:
                raise RuntimeError(f"{page.url}: the reader pool is closed")
            if not self._jobs:
                self._last_answer = monotonic()
            self._jobs[job.promise] = job
            self._line.add(job)
            self._hand_out()
        job.promise.add_done_callback(self._forget)
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

    def _hand_out(self) -> None:
        """Give the workers what waits; where the pool is broken, the warden will."""
        while len(self._under_way) < AHEAD * self._terms.workers:
            jobs = self._line.next_batch()
            if not jobs:
                return
            errands = [(job.task, job.page) for job in jobs]
            limit = self._terms.timeout
            try:
                answer = self._pool.schedule(
                    run_all, args=(errands, limit), timeout=limit * len(jobs) + _SLACK
                )
            except RuntimeError:
                if self._pool.active:
                    raise
                self._line.put_back(jobs)
                return
            self._under_way[answer] = jobs
            answer.add_done_callback(self._settle)

    def _forget(self, promise: Future[Any]) -> None:
        """Let go of a promise that was kept, or cancelled: then its work is stopped.

        It goes on where a page that is still wanted shares its message.
        """
        with self._lock:
            self._jobs.pop(promise, None)
            if not promise.cancelled():
                return
            idle = [
                answer
                for answer, jobs in self._under_way.items()
                if all(job.promise.cancelled() for job in jobs)
            ]
        for answer in idle:
            answer.cancel()

    def _settle(self, answer: Answers) -> None:
        """Pass *answer* on; what comes after the end, or from a broken pool, is none."""
        with self._lock:
            if self._dismissed.is_set() or _is_broken(answer):
                return
            jobs = self._under_way.pop(answer, [])
            self._last_answer = monotonic()
            if _proves_nothing(answer, jobs):
                _set_apart(jobs)
                self._line.put_back(jobs)
                jobs = []
            self._hand_out()
        for job, outcome in self._outcomes(jobs, answer):
            self._conclude(job, outcome)

    def _outcomes(
        self, jobs: list[Job], answer: Answers
    ) -> Iterator[tuple[Job, object]]:
        if not jobs or answer.cancelled():
            return
        if error := answer.exception():
            yield jobs[0], _judge(error, jobs[0].page, self._terms.timeout)
        else:
            yield from zip(jobs, map(unpack, answer.result()), strict=True)

    def _conclude(self, job: Job, outcome: object) -> None:
        with self._lock:
            if not self._jobs.pop(job.promise, None):
                return
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
                longest = max(map(len, self._under_way.values()), default=1)
            if waiting and not self._is_sound():
                self._replace_pool("it broke")
            elif waiting and silent > self._terms.timeout * longest + GRACE:
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
            for batch in self._under_way.values():
                _set_apart(batch)
            self._under_way.clear()
            self._line.clear()
            jobs = list(self._jobs.values())
        logger.warning("worker pool replaced, %d pages wait: %s", len(jobs), why)
        _end(broken)
        for job in jobs:
            job.attempts += 1
            if job.attempts >= ATTEMPTS:
                self._conclude(job, given_up(job.page, job.attempts))
        with self._lock:
            self._line.put_back(job for job in jobs if job.promise in self._jobs)
            self._hand_out()


def _judge(error: BaseException, page: Page, limit: float) -> Failure:
    """Return the Failure that *error*, met by a page alone with its worker, stands for."""
    match error:
        case ProcessExpired(exitcode=code):
            return ended(page, code, limit)
        case TimeoutError():
            return timed_out(page, limit)
        case _:
            return not_given(page, error)


def _is_broken(answer: Answers) -> bool:
    return not answer.cancelled() and isinstance(answer.exception(), BrokenProcessPool)


def _proves_nothing(answer: Answers, jobs: list[Job]) -> bool:
    """Return True if a worker ended, and perhaps none of its *jobs* is the reason.

    They shared its message; or it ended for the first time, and not at a limit of ours: the
    system kills it where memory runs short, and it ends with its fork server.
    """
    if answer.cancelled() or not (error := answer.exception()):
        return False
    if len(jobs) > 1:
        return True
    has_ended = isinstance(error, ProcessExpired) and error.exitcode not in OWN_LIMITS
    return has_ended and any(not job.alone for job in jobs)


def _set_apart(jobs: list[Job]) -> None:
    for job in jobs:
        job.alone = True


def _keep_promise(promise: Future[Any], outcome: object) -> None:
    if not promise.set_running_or_notify_cancel():
        return
    if isinstance(outcome, Failure):
        promise.set_exception(outcome.as_error())
    else:
        promise.set_result(outcome)


def _end(pool: ProcessPool) -> None:
    """Kill the workers of *pool* and wait for its threads."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
