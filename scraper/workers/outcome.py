"""What a worker's answer, or its death, says about the page."""

from __future__ import annotations

import pickle
import signal
from typing import TYPE_CHECKING

from scraper.errors import ExtractionError, ExtractionTimeout
from scraper.workers.child import MEMORY_ABOVE_START
from scraper.workers.task import OUT_OF_MEMORY, Failure

if TYPE_CHECKING:
    from scraper.items import Page


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
