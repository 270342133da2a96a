"""How far a command is: drawn on a terminal, said nowhere else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from scraper.cli import output
from scraper.options import is_quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.progress import Progress, TaskID

    from scraper.items import Article


class Report(Protocol):
    """Pages done, pages known to be waiting, articles kept."""

    def __call__(self, done: int, queued: int, stored: int) -> None: ...


@contextmanager
def show_progress(what: str) -> Iterator[Report]:
    """Yield a function to call as often as wanted; it draws on standard error."""
    if not _is_wanted():
        yield lambda _done, _queued, _stored: None
        return
    with _make_bar() as bar:
        task = bar.add_task(what, total=None, stored=0)
        yield lambda done, queued, stored: _draw(bar, task, done, queued, stored)


@contextmanager
def show_count(what: str) -> Iterator[Callable[[Iterable[Article]], Iterator[Article]]]:
    """Yield a function that passes articles on and draws how many; not among results."""
    if output.is_terminal(sys.stdout):
        yield iter
        return
    with show_progress(what) as report:
        yield lambda articles: _counted(articles, report)


def _counted(articles: Iterable[Article], report: Report) -> Iterator[Article]:
    for count, article in enumerate(articles, 1):
        report(count, 0, count)
        yield article


@contextmanager
def show_waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Yield a function that says what is done now; it is drawn beside a moving sign."""
    if not _is_wanted():
        yield lambda _: None
        return
    with output.make_console(sys.stderr).status(what) as status:
        yield status.update


def _is_wanted() -> bool:
    return output.is_terminal(sys.stderr) and not is_quiet()


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
