"""What a worker's answer, or its death, says about the page."""

from __future__ import annotations

import pickle
import signal
from typing import TYPE_CHECKING

from pebble import ProcessExpired

from scraper.errors import ExtractionError, ExtractionTimeout
from scraper.workers.child import MEMORY_ABOVE_START
from scraper.workers.task import OUT_OF_MEMORY, Failure

if TYPE_CHECKING:
    from concurrent.futures import Future

    from scraper.items import Page


def judge(answer: Future[bytes | Failure], page: Page, limit: float) -> object:
    """Return what the finished *answer* holds, or the Failure it stands for."""
    error = answer.exception()
    match error:
        case None:
            return _unpack(answer.result())
        case ProcessExpired():
            return _harmful(page, _cause_of_death(error.exitcode))
        case TimeoutError():
            message = f"{page.url}: reading took longer than {limit:g} s"
            return Failure(ExtractionTimeout, message, harmful=True)
        case _:
            return _harmful(page, f"no worker could be given it: {error!r}")


def given_up(page: Page, attempts: int) -> Failure:
    return _harmful(
        page,
        f"given up after {attempts} worker pools broke. Where no page gets read: do "
        "workers start? A script runs what it does below "
        "'if __name__ == \"__main__\":'",
    )


def _unpack(answer: bytes | Failure) -> object:
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
