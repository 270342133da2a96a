"""Where a command writes: results to standard output, all else to standard error.

Results are UTF-8 whatever the locale, since another tool reads them; messages give way
to what the terminal can show.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from scraper.options import is_quiet
from scraper.text import harmless
from scraper.urls import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment


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
