"""Read pages in other processes, which are recycled; and the models of their sites."""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from concurrent.futures import Future, wait
from functools import cache, partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from scraper.errors import ConfigurationError, ExtractionError
from scraper.options import read
from scraper.scratch import scratch_folder
from scraper.urls import site_of
from scraper.workers.process import may_have_children, prepare_worker
from scraper.workers.task import (
    Failure,
    Quarantine,
    explain_page,
    find_links,
    read_page,
    run_all,
    study_if_unknown,
    study_page,
    timed_out,
    unpack,
    warm_up,
    worker_ended,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType

    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel
    from scraper.sitemodel.learn import Learned


R = TypeVar("R")
_logger = logging.getLogger(__name__)
_TIMEOUT = "TINSACH_READ_TIMEOUT"
_LARGEST_NUMBER = 86_400
"""The most seconds, or workers: a day; a larger number may overflow a clock."""
WINDOW = 3
"""Pages that read_all() submits ahead for each worker."""
RECYCLED_AFTER = 3000
"""Messages, of up to BATCH pages each, after which a worker process is replaced."""


class ModelFiles:
    """A temporary folder, created for the first model, with one file a version."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._paths: dict[int, tuple[SiteModel, Path]] = {}

    def path_of(self, model: SiteModel) -> Path:
        """Return the file of *model*; write it on the first call, or if it was deleted."""
        known = self._paths.get(id(model))
        if known is None or not known[1].exists():
            known = model, _write(model, self._own_folder())
            self._paths[id(model)] = known
        return known[1]

    def _own_folder(self) -> Path:
        """Return the folder; a new one if something has deleted the old one."""
        if self._folder is None or not Path(self._folder.name).is_dir():
            self.remove()
            self._folder = TemporaryDirectory(
                prefix="models-", dir=scratch_folder(), ignore_cleanup_errors=True
            )
        return Path(self._folder.name)

    def remove(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = None
        self._paths.clear()


def _write(model: SiteModel, folder: Path) -> Path:
    path = folder / f"{model.version}.json"
    part = path.with_suffix(".part")
    part.write_text(model.to_json(), "utf-8")
    part.replace(path)
    return path


class Reader(ABC):
    """Read pages in *workers* processes, each page within *timeout* seconds.

    *timeout* defaults to the environment's TINSACH_READ_TIMEOUT, else to 30. *task*,
    importable by name, replaces reading. Raises ConfigurationError for numbers out of
    range.
    """

    def __init__(
        self,
        workers: int,
        timeout: float | None = None,
        task: Callable[..., Article] = read_page,
    ) -> None:
        self.workers = workers
        self._timeout = read_timeout() if timeout is None else timeout
        check_numbers(workers=workers, timeout=self._timeout)
        self._read = task
        self._models = ModelFiles()

    def submit(self, page: Page, model: SiteModel | None = None) -> Future[Article]:
        """Return the future of *page*'s article by *model*; it has no ledger.

        The future raises ExtractionError, ExtractionTimeout past the limit. Cancelling
        it stops the work. Raises RuntimeError once the pool is closed.
        """
        return self._take(page, self._with(self._read, model))

    def explain(self, page: Page, model: SiteModel | None = None) -> Future[Article]:
        """Return the future of *page*'s article, as of submit(), with its ledger.

        The page takes full extraction, so that the ledger holds every block.
        """
        return self._take(page, self._with(explain_page, model))

    def study(self, page: Page, model: SiteModel | None = None) -> Future[Reading]:
        """Return the future of *page*'s article, as of submit(), and of its digest."""
        return self._take(page, self._with(study_page, model))

    def study_if_unknown(
        self, page: Page, model: SiteModel
    ) -> Future[Article | Reading]:
        """Return the future of *page*'s article, or reading if *model* does not know it."""
        return self._take(page, self._with(study_if_unknown, model))

    def run(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        """Return the future of what *task*, importable by name, returns for *page*."""
        return self._take(page, task)

    def find_links(
        self,
        page: Page,
        parse: Callable[..., list[R]],
        **options: Any,  # noqa: ANN401  those of parse
    ) -> Future[list[R]]:
        """Return the future of what *parse*, of scraper.discovery, finds: mostly links.

        It raises DiscoveryError, or ExtractionError as of submit().
        """
        return self._take(page, partial(find_links, parse=parse, **options))

    def read_all(
        self,
        pages: Iterable[Page],
        *,
        model_of: Callable[[Page], SiteModel | None] = lambda _: None,
    ) -> Iterator[tuple[Page, Article | ExtractionError]]:
        """Yield each page with its article or error, in the order of *pages*.

        *pages* may be endless: at most WINDOW pages a worker are read ahead.
        """
        return self._in_order(pages, lambda page: self.submit(page, model_of(page)))

    def study_all(
        self, pages: Iterable[Page]
    ) -> Iterator[tuple[Page, Reading | ExtractionError]]:
        """Yield each page with its reading or error, as read_all() does."""
        return self._in_order(pages, self.study)

    def _in_order(
        self, pages: Iterable[Page], submit: Callable[[Page], Future[R]]
    ) -> Iterator[tuple[Page, R | ExtractionError]]:
        source = iter(pages)
        window = deque(
            (page, submit(page)) for page in islice(source, WINDOW * self.workers)
        )
        try:
            while window:
                page, future = window.popleft()
                outcome = _outcome(future)
                window.extend((p, submit(p)) for p in islice(source, 1))
                yield page, outcome
        finally:
            for _, future in window:
                future.cancel()

    def _with(
        self, task: Callable[..., R], model: SiteModel | None
    ) -> Callable[..., R]:
        """Return *task* with the file from which a worker loads *model*."""
        return partial(task, model=self._models.path_of(model)) if model else task

    @abstractmethod
    def _take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        """Return the future of what *task* returns for *page* in another process."""

    @abstractmethod
    def close(self) -> None:
        """Wait for the submitted pages, then end the processes; idempotent."""

    @abstractmethod
    def terminate(self) -> None:
        """End the processes at once and cancel unfinished pages."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.terminate()


def read_timeout() -> float:
    """Return the time-out of a page in seconds, as the environment sets it.

    Raises ConfigurationError if it is not a number.
    """
    return float(read(_TIMEOUT, os.environ.get(_TIMEOUT)))


def check_numbers(**numbers: float) -> None:
    """Raise ConfigurationError for the first of *numbers* that is out of range.

    Raises TypeError if it is not a number.
    """
    for name, number in numbers.items():
        if not isinstance(number, int | float):
            raise TypeError(f"{name} must be a number, not {type(number).__name__}")
        if not 0 < number <= _LARGEST_NUMBER:
            bounds = f"more than 0, and {_LARGEST_NUMBER:,} at most"
            raise ConfigurationError(
                f"{name} is {str(number)[:40]}; it must be {bounds}"
            )


def _outcome(future: Future[R]) -> R | ExtractionError:
    try:
        return future.result()
    except ExtractionError as error:
        return error


class ReaderPool(Reader):
    """A Reader whose processes are reused; a harmful page does not affect the others.

    A page that exceeds its time-out, or kills its worker, fails, and the worker is
    replaced; time in the queue does not count. Such pages, and those that raise anything
    but ExtractionError, are kept in the folder *quarantine*. A worker is replaced after
    *recycle* messages. *workers* defaults to the cores that this process may use.

    Callbacks of the futures run in a thread of the pool and should be short.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        timeout: float | None = None,
        recycle: int = RECYCLED_AFTER,
        quarantine: Path | None = None,
        task: Callable[..., Article] = read_page,
    ) -> None:
        from scraper.workers.pool import PoolOptions, WorkerPool

        super().__init__(usable_cores() if workers is None else workers, timeout, task)
        check_numbers(recycle=recycle)
        options = PoolOptions(self.workers, self._timeout, recycle)
        self._pool = WorkerPool(options, Quarantine(quarantine) if quarantine else None)

    def _take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        return self._pool.submit(page, task)

    def close(self) -> None:
        """Wait for the submitted pages, then end the workers; idempotent.

        The wait is bounded by the time-outs of the pages.
        """
        pending = self._pool.close()
        rounds = -(-len(pending) // self.workers)
        wait(pending, timeout=rounds * (self._timeout + 1) + 10)
        self._end()

    def terminate(self) -> None:
        """End the workers at once and cancel unfinished pages."""
        self._pool.close()
        self._end()

    def _end(self) -> None:
        self._pool.terminate()
        self._models.remove()


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
                self._pool = ReaderPool(workers=1, timeout=self._timeout)
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


def learn_sites(
    pages: Iterable[Page],
    *,
    workers: int | None = None,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Learned:
    """Return a model of each site of *pages* that has enough of them.

    Pages that the sample of their site would not keep are not read. Pages that cannot be
    read are skipped. *progress* is called with pages done, waiting (0) and articles.
    """
    with ReaderPool(workers=workers) as pool:
        return learn_by(pool, pages, progress=progress)


def learn_by(
    reader: Reader,
    pages: Iterable[Page],
    *,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Learned:
    """Return what learn_sites() does, with *pages* read by *reader*."""
    from scraper.sitemodel.learn import SiteSamples

    samples = SiteSamples()
    done = articles = 0
    for page, reading in reader.study_all(filter(samples.wants, pages)):
        done += 1
        progress(done, 0, articles)
        if isinstance(reading, ExtractionError):
            continue
        samples.add(page, reading)
        articles += reading.digest.has_text
    progress(done, 0, articles)
    return samples.learn()


def stored_models(store: str | None) -> Callable[[Page], SiteModel | None]:
    """Return a function that returns the model of a page's site in *store*, cached.

    None is the default store, as in open_store(). A damaged model is reported once and
    not used. Raises StorageError if the store cannot be read.
    """
    from scraper.storage.location import is_missing

    if is_missing(store):
        return lambda _: None
    from scraper.sitemodel import SiteModel
    from scraper.storage import stored_model

    @cache
    def of_site(site: str) -> SiteModel | None:
        record = stored_model(site, store)
        try:
            return SiteModel.from_json(record) if record else None
        except ConfigurationError as error:
            _logger.warning(
                "%s: its stored model is not used: %s; `tinsach doctor --repair` removes"
                " a damaged one, and a crawl learns it again",
                *(site, error),
            )
            return None

    return lambda page: of_site(site_of(page.url))
