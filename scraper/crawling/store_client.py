"""The store of a crawl: one process writes it, one thread calls that process."""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy import signals

from scraper import clock
from scraper.errors import JobHeld, StorageError
from scraper.storage import Jobs, open_store
from scraper.storage.databases import DamagedStoreError, StoreMovedError
from scraper.storage.jobs import BEAT, this_process
from scraper.workers.process import StoreProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Concatenate

    from scrapy.crawler import Crawler

    from scraper.storage import Settled, Visit
    from scraper.workers.process import P, Part, R

    Waiting = tuple[Visit, Future[Settled]]


INTERVAL = BEAT.total_seconds()
_logger = logging.getLogger(__name__)
BATCH = 50
LINGER = 0.1
"""Seconds that a batch may fill: its visits share what a transaction costs, some 4 ms.

With .02 seconds the store's process took .45 ms more a page (2026-11-30).
"""
_PAUSE = 0.05


class Heartbeat:
    """Call *beat* every INTERVAL in a thread of its own, from start() to stop().

    A thread, because a page, a plug-in or a name server may block the event loop, and a
    crawl may wait for minutes (Retry-After) without anything to store.
    """

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._stopped = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def start(self) -> None:
        threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Begin no further beat; idempotent."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            self._beat()


class StoreClient:
    """The store of one crawl, the setting TINSACH_STORE (default as in open_store).

    All components of the crawl share it, see :meth:`of`; it closes after them. *job*
    and *run* are those of the crawl, once it has begun one. *has_lost_job* is True if
    another run has taken over. Methods raise StorageError.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.job, self.run = "", 0
        self.has_lost_job = False
        self.knows_nothing = bool(crawler.settings.get("TINSACH_REPLAY"))
        self._url: str | None = crawler.settings.get("TINSACH_STORE")
        self._process: StoreProcess | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self._is_urgent = threading.Event()
        self._heartbeat = Heartbeat(self._show_life)
        self._ended: Callable[[StorageError], object] = _logger.error
        self._crawler = weakref.ref(crawler)
        crawler.signals.connect(self._close_at_end, signals.engine_stopped)

    @classmethod
    def of(cls, crawler: Crawler) -> StoreClient:
        """Return the client of *crawler*, always the same one."""
        if crawler not in _clients:
            _clients[crawler] = cls(crawler)
        return _clients[crawler]

    def open(self) -> None:
        """Open or create the store; idempotent."""
        if self._process is None:
            open_store(self._url).close()  # refused before anything is fetched
            self._process = StoreProcess(self._url)

    async def begin(
        self,
        job: str,
        at: datetime,
        *,
        host: str,
        ended: Callable[[StorageError], None],
    ) -> None:
        """Begin a run of *job* and send heartbeats until it ends, see Jobs.begin().

        *ended* is called, in the event loop of the caller, if the run loses its job or
        its store meanwhile.
        """
        loop = asyncio.get_running_loop()
        self._ended = lambda error: loop.call_soon_threadsafe(ended, error)
        self.run = await self.call(Jobs.begin, job, at, host=host, owner=this_process())
        self.job = job
        self._heartbeat.start()

    async def end(self, record: str, outdated: tuple[int, str] | None = None) -> None:
        """End the run, see Jobs.end()."""
        self._heartbeat.stop()
        now = clock.now()
        await self.call(Jobs.end, self.run, now, record, outdated=outdated)

    async def call(
        self,
        method: Callable[Concatenate[Part, P], R],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> R:
        """Return what *method* returns in the process of the store.

        As in ``await client.call(Jobs.lease, job, wanted)``.
        """
        called = self._thread.submit(lambda: self._call(method, *arguments, **options))
        self._is_urgent.set()
        return await asyncio.wrap_future(called)

    async def settle(self, visit: Visit, *, expected: int = BATCH) -> Settled:
        """Return the result of *visit*, once it is committed.

        Visits that arrive while others are being written, or within LINGER of the
        first, are written in one batch. It waits no longer once it is full, as many as
        *expected* wait, or another call does.
        """
        done: Future[Settled] = Future()
        with self._lock:
            self._waiting.append((visit, done))
            waiting = len(self._waiting)
        if waiting == 1:
            self._is_urgent.clear()
            self._thread.submit(self._settle_waiting)
        if waiting >= min(expected, BATCH):
            self._is_urgent.set()
        return await asyncio.wrap_future(done)

    async def _close_at_end(self) -> None:
        """Close after the handlers of spider_closed, which save the run's report.

        A signal that arrives while they run stops the engine before they are done.
        """
        while self._is_closing():  # noqa: ASYNC110  Scrapy has no event for it
            await asyncio.sleep(_PAUSE)
        self.close()

    def _is_closing(self) -> bool:
        crawler = self._crawler()
        engine = crawler.engine if crawler else None
        return engine is not None and engine.spider is not None

    def close(self) -> None:
        """Write the waiting visits, then end the process; idempotent."""
        self._heartbeat.stop()
        self._is_urgent.set()
        self._thread.shutdown()
        process, self._process = self._process, None
        if process:
            process.close()

    def _call(
        self,
        method: Callable[Concatenate[Part, P], R],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> R:
        self.open()
        assert self._process is not None  # noqa: S101  open() made it
        try:
            return self._process.call(method, *arguments, **options)
        except JobHeld:
            self.has_lost_job = bool(self.run)
            raise

    def _show_life(self) -> None:
        """Write a heartbeat; the next batch reports errors."""
        try:
            beat = self._thread.submit(self._beat)
        except RuntimeError:  # closed meanwhile
            return
        beat.result()

    def _beat(self) -> None:
        if self._heartbeat.is_stopped:
            return
        try:
            self._call(Jobs.beat, self.run, clock.now())
        except (JobHeld, StoreMovedError) as error:
            self._heartbeat.stop()
            self._ended(error)
        except StorageError as error:
            _logger.debug("the heartbeat could not be written: %s", error)

    def _settle_waiting(self) -> None:
        self._is_urgent.wait(LINGER)
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), BATCH):
            self._settle_batch(waiting[start : start + BATCH])

    def _settle_batch(self, batch: list[Waiting]) -> None:
        visits = [visit for visit, _ in batch]
        now, anew = clock.now(), self.knows_nothing
        try:
            settled = self._call(
                Jobs.settle, self.job, visits, run=self.run, at=now, anew=anew
            )
        except Exception as error:  # a caller waits for it, whatever it is
            if len(batch) > 1 and _is_of_one(error):
                for each in batch:
                    self._settle_batch([each])
                return
            for _, done in batch:
                if done.set_running_or_notify_cancel():
                    done.set_exception(error)
        else:
            for (_, done), what in zip(batch, settled, strict=True):
                if done.set_running_or_notify_cancel():
                    done.set_result(what)


def _is_of_one(error: Exception) -> bool:
    """Return True if *error* may be due to one damaged row of the batch."""
    return isinstance(error, DamagedStoreError) or not isinstance(error, StorageError)


_clients: WeakKeyDictionary[Crawler, StoreClient] = WeakKeyDictionary()
