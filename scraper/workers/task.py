"""The tasks that a worker process runs on a page, how they fail, and the quarantine."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import pickle
import signal
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from scraper.clock import now
from scraper.errors import ExtractionError, ExtractionTimeout, ScraperError
from scraper.urls import normalise_url
from scraper.workers.process import MEMORY_ABOVE_START

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scraper.items import Article, Page
    from scraper.reading import Reading
    from scraper.sitemodel import SiteModel


R = TypeVar("R")
OUT_OF_MEMORY = 77
"""Exit code of a worker that exceeded its memory limit."""
PAGES_PER_RESET = 200
MODELS = 16
"""The most models that a worker caches, some 200 kB each."""
_pages_read = count(1)

Call = tuple["Callable[[Page], object]", "Page"]
"""A task and the page to run it on."""
_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>Bản tin</title></head><body><article><h1>Bản tin buổi sáng</h1>
<p>12/07/2025 15:13</p><p>{}</p></article></body></html>""".format(
    "Đây là một đoạn văn đủ dài để được nhận ra là nội dung chính của trang. " * 8
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed, in types that can be pickled.

    *harmful* is True if the page stalled or killed its worker, or triggered a bug, and
    needs inspection.
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


def worker_ended(page: Page, exitcode: int, limit: float) -> Failure:
    """Return the failure of *page* if its process ended with *exitcode*."""
    if exitcode == -signal.SIGALRM:
        return timed_out(page, limit)
    return _harmful(page, _cause_of_death(exitcode))


def timed_out(page: Page, limit: float) -> Failure:
    message = (
        f"{page.url or 'a page without URL'}: reading took longer than {limit:g} s"
    )
    return Failure(ExtractionTimeout, message, harmful=True)


def not_sent(page: Page, error: BaseException) -> Failure:
    return _harmful(page, f"it could not be sent to a worker: {error!r}")


def given_up(page: Page, attempts: int) -> Failure:
    return _harmful(page, f"given up after {attempts} worker pools crashed")


def unpack(answer: bytes | Failure) -> object:
    """Return the result that a worker pickled, or its Failure."""
    if isinstance(answer, Failure):
        return answer
    result: object = pickle.loads(answer)  # noqa: S301  our own worker wrote it
    return result


def _harmful(page: Page, what: str) -> Failure:
    return Failure(ExtractionError, f"{page.url}: {what}", harmful=True)


def _cause_of_death(exitcode: int) -> str:
    if exitcode == OUT_OF_MEMORY:
        return f"reading needed more than {MEMORY_ABOVE_START >> 20} MiB of memory"
    if exitcode < 0:
        return f"reading killed its worker ({signal.Signals(-exitcode).name})"
    return f"reading ended its worker (exit code {exitcode})"


def read_page(page: Page, model: Path | None = None) -> Article:
    """Return the article of *page* without its ledger, by the *model* in that file.

    Raises :class:`~scraper.errors.ExtractionError` if the page cannot be read.
    """
    from scraper.reading import read

    _reset_caches_regularly()
    return read(page, _load(model), with_ledger=False)


def explain_page(page: Page, model: Path | None = None) -> Article:
    """Return the article of *page* by full extraction, with a ledger that explains it."""
    from scraper.reading import read

    _reset_caches_regularly()
    return read(page, _load(model), full=True, weigh=True)


def study_page(page: Page, model: Path | None = None) -> Reading:
    """Return what :func:`read_page` does, and the digest of the page read alone."""
    from scraper.reading import study

    _reset_caches_regularly()
    return study(page, _load(model))


def study_if_unknown(page: Page, model: Path) -> Article | Reading:
    """Return the article of *page*, or its reading if the model knows no such design."""
    from scraper.reading import study_if_unknown

    _reset_caches_regularly()
    return study_if_unknown(page, _load_file(model))


def find_links(
    page: Page,
    parse: Callable[..., list[R]],
    **options: Any,  # noqa: ANN401  those of parse
) -> list[R]:
    """Return what *parse*, a function of scraper.discovery, finds in *page*.

    Raises :class:`~scraper.errors.DiscoveryError` if the page is not of that type.
    """
    return parse(page.body, url=page.url, **options)


def _reset_caches_regularly() -> None:
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


def run_all(calls: Sequence[Call], limit: float) -> list[bytes | Failure]:
    """Return what :func:`run` returns for each call, each within *limit* seconds.

    Past the limit the process ends by SIGALRM, also inside C code that never returns:
    a Python handler would wait for it.
    """
    answers = []
    for task, page in calls:
        signal.setitimer(signal.ITIMER_REAL, limit)
        answers.append(run(task, page))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return answers


def run(task: Callable[[Page], object], page: Page) -> bytes | Failure:
    """Return the pickled result of *task* for *page*, or a Failure.

    Pickling here turns a result that cannot be pickled into a Failure too. A worker that
    ran out of memory exits with OUT_OF_MEMORY, since its state is not reliable.
    """
    try:
        return pickle.dumps(task(page))
    except ScraperError as error:
        return Failure(_known_class(error), str(error))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException as error:  # SystemExit too: the worker lives on
        message = f"{page.url}: reading it raised {type(error).__name__}: {error}"
        return Failure(ExtractionError, message, traceback.format_exc(), True)


def _known_class(error: ScraperError) -> type[ScraperError]:
    """Return the nearest base class from scraper.errors, which every process can load."""
    for cls in type(error).__mro__:
        if cls.__module__ == ScraperError.__module__:
            return cls
    return ScraperError


def warm_up() -> None:
    """Read a small article, and load what only a page without a date needs.

    Errors are ignored: they occur again, and are reported, when a page is read.
    """
    with suppress(Exception):
        import htmldate  # noqa: F401

        from scraper.items import Page

        read_page(Page("https://example.org/ban-tin.htm", _PAGE.encode()))


_logger = logging.getLogger(__name__)
_A_DAY = 86400


class Quarantine:
    """A folder of ``<id>.html`` (bytes as fetched) beside ``<id>.json`` (why).

    The JSON object holds url, reason, when (ISO 8601), traceback ("" if there is none)
    and content_type. It is written last: if it exists, the bytes are complete. A page
    that is kept again replaces its former files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, page: Page, *, reason: str, traceback: str = "") -> None:
        """Save *page*; a failure to write is logged, not raised."""
        record = {
            "url": page.url,
            "reason": reason,
            "when": now().isoformat(),
            "traceback": traceback,
            "content_type": page.content_type,
        }
        name = page_id(page)
        text = json.dumps(record, ensure_ascii=False, indent=2)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(f"{name}.html", page.body)
            self._write(f"{name}.json", text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            _logger.warning("%s could not be quarantined: %s", page.url, error)
        else:
            _logger.warning("quarantined as %s: %s", self._folder / name, reason)

    def prune(self, before: datetime | None, *, most: int = 0) -> int:
        """Remove pages kept *before*, and all but the *most* newest (0: no limit).

        Returns the number of removed pages. Raises OSError.
        """
        kept = {path: _when(path) for path in self._folder.glob("*.json")}
        newest = sorted(kept, key=kept.__getitem__, reverse=True)
        old = [
            path
            for rank, path in enumerate(newest)
            if (before and kept[path] < before) or (most and rank >= most)
        ]
        for path in old:
            path.unlink(missing_ok=True)
            path.with_suffix(".html").unlink(missing_ok=True)
        self._remove_partial()
        return len(old)

    def _remove_partial(self) -> None:
        """Remove partial files of killed processes, at least a day old."""
        for path in self._folder.glob(
            ".*.part"
        ):  # file times are real even if TINSACH_NOW is set
            if time.time() - path.stat().st_mtime > _A_DAY:
                path.unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        partial = self._folder / f".{name}.part"
        try:
            partial.write_bytes(content)
            partial.replace(self._folder / name)
        except OSError:
            partial.unlink(missing_ok=True)
            raise


def _when(path: Path) -> datetime:
    """Return when the page of *path* was kept; now if the record does not say."""
    try:
        moment = datetime.fromisoformat(json.loads(path.read_text("utf-8"))["when"])
        return moment if moment.tzinfo else now()
    except (KeyError, OSError, TypeError, ValueError):
        return now()


def page_id(page: Page) -> str:
    """Return 16 hex digits: a hash of the URL of *page*."""
    url = normalise_url(page.url).encode("utf-8", "backslashreplace")
    return hashlib.sha256(url).hexdigest()[:16]
