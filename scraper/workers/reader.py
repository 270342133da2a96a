"""What reads pages in other processes, however many there are."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self, TypeVar

from scraper.errors import ConfigurationError, ExtractionError
from scraper.options import read
from scraper.scratch import scratch_folder
from scraper.workers.task import (
    explain_page,
    find_links,
    meet_page,
    read_page,
    study_page,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from types import TracebackType

    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel


class ModelFiles:
    """A temporary folder, made for the first model, with one file a version."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._paths: dict[int, tuple[SiteModel, Path]] = {}

    def path_of(self, model: SiteModel) -> Path:
        """Return the file that holds *model*; it is written once, or if it is gone."""
        known = self._paths.get(id(model))
        if known is None or not known[1].exists():
            known = model, _write(model, self._own_folder())
            self._paths[id(model)] = known
        return known[1]

    def _own_folder(self) -> Path:
        """Return the folder; a new one where something has cleaned up the old one."""
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


R = TypeVar("R")
_TIMEOUT = "TINSACH_READ_TIMEOUT"
_LONGEST = 86_400
"""Seconds, or workers: a day is more than any page needs, and no clock overflows."""
WINDOW = 3
"""Pages that read_all() keeps under way for each worker."""


class Reader(ABC):
    """Reads pages in *workers* processes, each page within *timeout* seconds.

    *timeout* defaults to the environment's TINSACH_READ_TIMEOUT, else to 30. *task*,
    importable by name, stands in for reading. Raises ConfigurationError for numbers that
    make no sense.
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

        Read the careful way, where the ledger holds every block.
        """
        return self._take(page, self._with(explain_page, model))

    def study(self, page: Page, model: SiteModel | None = None) -> Future[Reading]:
        """Return the future of *page*'s article, as of submit(), and of its digest."""
        return self._take(page, self._with(study_page, model))

    def meet(self, page: Page, model: SiteModel) -> Future[Article | Reading]:
        """Return the future of *page*'s article, or reading if *model* knows it not."""
        return self._take(page, self._with(meet_page, model))

    def run(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        """Return the future of what *task*, importable by name, makes of *page*."""
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

        *pages* may be endless: no more than WINDOW a worker are taken ahead.
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
        """Return *task* with the file that a worker finds *model* in."""
        return partial(task, model=self._models.path_of(model)) if model else task

    @abstractmethod
    def _take(self, page: Page, task: Callable[[Page], R]) -> Future[R]:
        """Return the future of what *task* makes of *page* in another process."""

    @abstractmethod
    def close(self) -> None:
        """Wait for what was submitted, then end the processes; twice does no harm."""

    @abstractmethod
    def terminate(self) -> None:
        """End the processes at once; pages under way are cancelled."""

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
    """Return the seconds that the environment gives the reading of a page.

    Raises ConfigurationError if it gives no number.
    """
    return float(read(_TIMEOUT, os.environ.get(_TIMEOUT)))


def check_numbers(**numbers: float) -> None:
    """Raise ConfigurationError for the first of *numbers* that is not more than 0.

    Nor may it be more than a system's clock can wait for; TypeError if it is no number.
    """
    for name, number in numbers.items():
        if not isinstance(number, int | float):
            raise TypeError(f"{name} must be a number, not {type(number).__name__}")
        if not 0 < number <= _LONGEST:
            bounds = f"more than 0, and {_LONGEST:,} at most"
            raise ConfigurationError(
                f"{name} is {str(number)[:40]}; it must be {bounds}"
            )


def _outcome(future: Future[R]) -> R | ExtractionError:
    try:
        return future.result()
    except ExtractionError as error:
        return error
