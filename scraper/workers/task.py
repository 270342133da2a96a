"""What a worker does with one page."""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from scraper.errors import ExtractionError, ScraperError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel

R = TypeVar("R")
OUT_OF_MEMORY = 77
"""Exit code of a worker whose page needed more memory than it may have."""
PAGES_PER_RESET = 200
MODELS = 16
"""Models that a worker keeps in memory, some 200 kB each."""
_pages_read = count(1)

Errand = tuple["Callable[[Page], object]", "Page"]
"""A page, and what is to be done with it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing came of a page, in types that cross a process border.

    *harmful*: the page stalled or killed its worker or met a fault of ours, and should
    be looked at.
    """

    error: type[ScraperError]
    message: str
    traceback: str = ""
    harmful: bool = False

    def as_error(self) -> ScraperError:
        error = self.error(self.message)
        if isinstance(error, ExtractionError):
            error.harmful = self.harmful
        return error


def read_page(page: Page, model: Path | None = None) -> Article:
    """Return the article of *page* without its ledger, by the *model* in that file.

    Raises :class:`~scraper.errors.ExtractionError` where the page is none.
    """
    from scraper.reading import read

    _reset_now_and_then()
    return read(page, _load(model), with_ledger=False)


def explain_page(page: Page, model: Path | None = None) -> Article:
    """Return the article of *page* read the careful way, with a ledger that says why."""
    from scraper.reading import read

    _reset_now_and_then()
    return read(page, _load(model), full=True, weigh=True)


def study_page(page: Page, model: Path | None = None) -> Reading:
    """Return what :func:`read_page` does, and the digest of the page read alone."""
    from scraper.reading import study

    _reset_now_and_then()
    return study(page, _load(model))


def meet_page(page: Page, model: Path) -> Article | Reading:
    """Return the article of *page*; its reading where the model knows no such design."""
    from scraper.reading import read_or_study

    _reset_now_and_then()
    return read_or_study(page, _load_file(model))


def find_links(
    page: Page,
    parse: Callable[..., list[R]],
    **options: Any,  # noqa: ANN401  those of parse
) -> list[R]:
    """Return what *parse*, a function of scraper.discovery, finds in *page*.

    Raises :class:`~scraper.errors.DiscoveryError` where the page is not of that sort.
    """
    return parse(page.body, url=page.url, **options)


def _reset_now_and_then() -> None:
    if next(_pages_read) % PAGES_PER_RESET == 0:
        from courlan.meta import clear_caches
        from htmldate.meta import reset_caches

        reset_caches()
        clear_caches()


def _load(model: Path | None) -> SiteModel | None:
    return _load_file(model) if model else None


@lru_cache(maxsize=MODELS)
def _load_file(path: Path) -> SiteModel:
    """Return the model at *path*, whose content never changes."""
    from scraper.sitemodel import SiteModel

    return SiteModel.from_json(path.read_text("utf-8"))


def run_all(errands: Sequence[Errand], limit: float) -> list[bytes | Failure]:
    """Return what :func:`run` makes of each errand, each within *limit* seconds.

    Past the limit the process ends by SIGALRM, also inside C code that never returns:
    a Python handler would wait for it.
    """
    answers = []
    for task, page in errands:
        signal.setitimer(signal.ITIMER_REAL, limit)
        answers.append(run(task, page))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return answers


def run(task: Callable[[Page], object], page: Page) -> bytes | Failure:
    """Return, pickled, what *task* makes of *page*, or why there is nothing.

    Pickled here, so that what cannot be is a failure like any other. A worker that ran
    out of memory is not trusted with another page: it exits with OUT_OF_MEMORY.
    """
    try:
        return pickle.dumps(task(page))
    except ScraperError as error:
        return Failure(_known_class(error), str(error))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:  # SystemExit too: the worker goes on
        message = f"{page.url}: reading it raised {type(error).__name__}: {error}"
        return Failure(ExtractionError, message, traceback.format_exc(), True)


def _known_class(error: ScraperError) -> type[ScraperError]:
    """Return the nearest class of the error tree: it exists on both sides."""
    for cls in type(error).__mro__:
        if cls.__module__ == ScraperError.__module__:
            return cls
    return ScraperError
