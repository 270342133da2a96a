"""Where a command writes: results to standard output, all else to standard error.

Results are UTF-8 whatever the locale, since another tool reads them; messages give way
to what the terminal can show.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TextIO

from scraper.options import is_quiet
from scraper.text import harmless
from scraper.urls import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.progress import Progress, TaskID
    from rich.segment import Segment

    from scraper.items import Article
    from scraper.monitoring.report import RunReport


_FIELDS = {
    "byline": "a byline",
    "lead": "a lead",
    "published_at": "a publication time",
    "section": "a section",
    "sure_text": "a text read with confidence",
}
"""What is written for a field whose name is not a word of its own."""


def print_summary(report: RunReport, verdict: str) -> None:
    """Print what the run did to standard output, where somebody reads it."""
    from rich.table import Table

    table = Table(title=f"{report.spider}: {verdict}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in _rows(report):
        table.add_row(name, value)
    try:
        make_console(sys.stdout).print(table)
    except BrokenPipeError:
        discard_results()


def _rows(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield what is not zero, and how long it took."""
    for label, count in _counts(report):
        if count:
            yield label, f"{count}"
    yield from _ways(report)
    yield from _coverage(report)
    yield from _blocks(report)
    yield "seconds", f"{report.seconds:.1f}"


def _counts(report: RunReport) -> Iterator[tuple[str, int]]:
    yield "pages fetched", report.pages
    yield "  not modified since the last visit", report.not_modified
    yield "sources read (feeds, sitemaps, sections)", report.sources
    yield "  with nothing new", report.unchanged_sources
    yield "articles listed", report.links
    yield "  outside the days asked for", report.out_of_range
    yield "  known already, or listed twice", report.known
    yield "articles visited again", report.revisited
    yield "  as they were", report.same
    yield "  taken down", report.gone
    yield "new articles stored", report.new
    yield "articles with a revised text", report.revised
    yield "articles changed otherwise", report.changed
    yield "articles stored already", report.unchanged
    yield "forgotten articles kept out", report.forgotten
    yield "articles that the store refused", report.store_errors
    yield "pages archived", report.archived
    yield "pages at which the archive failed", report.not_archived
    yield "pages rendered by the browser", report.rendered
    yield from _by_reason("failed", report.failed)
    yield from _by_reason("in quarantine", report.quarantined)
    yield from _by_reason("sources that failed", report.source_failures)
    yield from _by_reason("passed over", report.rejected)
    yield "pages read by the site model", report.followed
    yield "pages read again, once the model was good", report.read_again
    yield from _by_reason("pages beyond the site model", report.model_limited)


def _by_reason(label: str, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for reason, count in counts.items():
        words = reason.replace("_", " ").replace("/", ", ")
        yield f"{label}: {words}", count


def _coverage(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many articles have each field, and how late they were."""
    for name, count in sorted(report.fields.items()):
        if count and report.articles:
            words = _FIELDS.get(name, name)
            yield f"with {words}", f"{count} ({count / report.articles:.0%})"
    if report.latency_minutes is not None:
        late = f"{report.latency_minutes:g} ({report.latency_articles} articles)"
        yield "minutes from publication", late


def _ways(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many pages took the fast path, and what the audit of them found."""
    full = report.differed + sum(report.careful.values())
    read = report.fast + full
    if read:
        share = f"{report.fast / read:.0%} / {full / read:.0%}"
        yield "  fast path / full extraction", f"{report.fast} / {full} ({share})"
    if report.audited:
        yield "  audited / differed", f"{report.audited} / {report.differed}"
    if report.agreement is not None:
        yield "  agreement in words", f"{report.agreement:.1%}"


def _blocks(report: RunReport) -> Iterator[tuple[str, str]]:
    if report.blocks_kept or report.blocks_dropped:
        yield "blocks kept", f"{report.blocks_kept}"
        yield "blocks dropped", f"{report.blocks_dropped}"
    for rule, count in report.dropped.items():
        yield f"  by the rule {rule}", f"{count}"


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
    if is_terminal(sys.stdout):
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
    with make_console(sys.stderr).status(what) as status:
        yield status.update


def _is_wanted() -> bool:
    return is_terminal(sys.stderr) and not is_quiet()


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
        console=make_console(sys.stderr),
        transient=True,
    )


def _draw(bar: Progress, task: TaskID, done: int, queued: int, stored: int) -> None:
    bar.update(task, completed=done, total=done + queued, stored=stored)


def say(message: str) -> None:
    """Write one line to standard error; nothing where nobody can read it.

    Here, in write_text() and on the console, what a page says cannot move the cursor,
    change the title of the window or turn the direction of a line.
    """
    with suppress(OSError, ValueError):
        sys.stderr.write(masked(harmless(message)) + "\n")
        sys.stderr.flush()


def note(message: str) -> None:
    """Say what is good to know and asks for nothing, unless silence is wanted."""
    if not is_quiet():
        say(message)


def write_text(text: str) -> None:
    """Write *text* to standard output as UTF-8."""
    stream = results()
    stream.write(harmless(text).encode("utf-8", "replace"))
    stream.flush()


def results() -> BinaryIO:
    """Return standard output as bytes."""
    sys.stdout.flush()
    return sys.stdout.buffer


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def make_console(stream: TextIO) -> Console:
    """Return a console that honours NO_COLOR and writes whole lines into a pipe."""
    from rich.console import Console

    class Plain(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterator[Segment]:
            for each in super().render(renderable, options):
                yield each._replace(text=masked(harmless(each.text)))

        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704  called where it is handled; rich would exit with 1

    width = None if is_terminal(stream) else 100
    return Plain(file=stream, width=width, highlight=False, emoji=False)


def print_rows(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Draw *rows* as a table on a terminal; elsewhere a line each, with tabs, no heads."""
    if is_terminal(sys.stdout):
        print_table(columns, rows)
    else:
        write_text("".join("\t".join(row) + "\n" for row in rows))


def write_json_lines(records: Iterable[Mapping[str, Any]]) -> None:
    """Write each of *records* as one JSON object on a line of its own."""
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    write_text("".join(f"{line}\n" for line in lines))


def print_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Draw a table of results on the terminal."""
    from rich.table import Table

    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    make_console(sys.stdout).print(table)


def prepare_streams() -> None:
    """Print a mark instead of failing on a letter that the terminal does not have.

    A stream that is closed (``>&-``) leads nowhere, and no file opened later takes its
    number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def finish(code: int) -> int:
    """Flush what is left; a reader that has gone is no failure, a full disk is one."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard_results()
    except OSError as error:
        return fail(error)
    return code


def fail(error: OSError) -> int:
    """Say what the system refused, write no more results, return the exit code."""
    about = f"{error.filename}: " if error.filename else "the system refused: "
    say(f"tinsach: {about}{reason_of(error)}")
    discard_results()
    return 1


def discard_results() -> None:
    """Let nothing more reach standard output, whose reader has gone."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reason_of(error: OSError) -> str:
    """Return in words what the system refused."""
    if error.errno == errno.ENOSPC:
        return "the disk is full; free some space"
    return error.strerror or str(error)
