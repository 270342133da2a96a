"""How far a command is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from scraper import clock
from scraper.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

SECONDS_A_LINE = 5.0


class Report(Protocol):
    """Pages done, pages known to be waiting, articles kept."""

    def __call__(self, done: int, queued: int, stored: int) -> None: ...


@contextmanager
def show_progress(what: str) -> Iterator[Report]:
    """Yield a function to call as often as wanted; it draws on standard error."""
    if not output.is_terminal(sys.stderr):
        yield Lines(what)
        return
    with _make_bar() as bar:
        task = bar.add_task(what, total=None, stored=0)
        yield lambda done, queued, stored: _draw(bar, task, done, queued, stored)


class Lines:
    """Writes one line every few seconds, and none for a short run."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last = clock.monotonic()

    def __call__(self, done: int, queued: int, stored: int) -> None:
        if clock.monotonic() - self._last < SECONDS_A_LINE:
            return
        self._last = clock.monotonic()
        output.say(
            f"{self._what}: {done} pages done, {queued} waiting, {stored} articles"
        )


def _make_bar() -> Progress:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages, {task.fields[stored]} articles"),
        TimeElapsedColumn(),
        console=output.make_console(sys.stderr),
        transient=True,
    )


def _draw(bar: Progress, task: TaskID, done: int, queued: int, stored: int) -> None:
    bar.update(task, completed=done, total=done + queued, stored=stored)
