"""Where a command writes: results to standard output or files, the rest to stderr.

Results are UTF-8 whatever the locale, since other programs read them. Messages use the
encoding of the terminal. Text of a page can neither move the cursor nor change the title
of the window nor turn the direction of a line.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TextIO

from scraper.errors import ConfigurationError, ScraperError
from scraper.exports import FORMATS, PAGE_FORMATS
from scraper.options import is_quiet
from scraper.text import harmless
from scraper.urls import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.progress import Progress
    from rich.segment import Segment

    from scraper.changes import Change
    from scraper.items import Article

_NOT_IN_NAMES = re.compile(r"[^\w.,()+-]+")
_LONGEST_NAME = 200
"""Bytes. File systems take 255, with the extension and the suffix of a partial file."""


def say(message: str) -> None:
    """Write one line to standard error, or nothing if it is closed."""
    with suppress(OSError, ValueError):
        sys.stderr.write(masked(harmless(message)) + "\n")
        sys.stderr.flush()


def note(message: str) -> None:
    """Write a line that needs no reaction to standard error, unless --quiet is given."""
    if not is_quiet():
        say(message)


def write_text(text: str) -> None:
    """Write *text* to standard output as UTF-8."""
    stream = results()
    stream.write(harmless(text).encode("utf-8", "replace"))
    stream.flush()


def write_json(record: Mapping[str, Any]) -> None:
    """Write *record* as one indented JSON object."""
    write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def write_json_lines(records: Iterable[Mapping[str, Any]]) -> None:
    """Write each of *records* as one JSON object on a line of its own."""
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    write_text("".join(f"{line}\n" for line in lines))


def print_rows(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print *rows* as a table on a terminal, else as tab-separated lines without a head."""
    if not is_terminal(sys.stdout):
        write_text("".join("\t".join(row) + "\n" for row in rows))
        return
    from rich.table import Table

    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    make_console(sys.stdout).print(table)


def print_pairs(title: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Print a table of names and right-aligned values, on a terminal or not."""
    from rich.table import Table

    table = Table(title=title, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for pair in pairs:
        table.add_row(*pair)
    make_console(sys.stdout).print(table)


def print_changes(console: Console, changes: Iterable[Change]) -> None:
    """Print each changed paragraph as it was (-) and as it is (+)."""
    from rich.text import Text

    for change in changes:
        for mark, text, style in (
            ("-", change.before, "red"),
            ("+", change.after, "green"),
        ):
            if text:
                console.print(Text(f"  {mark} {text}", style), soft_wrap=True)


def results() -> BinaryIO:
    """Return standard output as a binary stream."""
    sys.stdout.flush()
    return sys.stdout.buffer


def is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def make_console(stream: TextIO) -> Console:
    """Return a console that honours NO_COLOR and does not wrap lines in a pipe."""
    from rich.console import Console

    class Plain(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterator[Segment]:
            for each in super().render(renderable, options):
                yield each._replace(text=masked(harmless(each.text)))

        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704  called in an except block, where rich would exit with 1

    width = None if is_terminal(stream) else 100
    return Plain(file=stream, width=width, highlight=False, emoji=False)


class Report(Protocol):
    """Takes the pages done, the pages known to be waiting, and the articles kept."""

    def __call__(self, done: int, queued: int, stored: int) -> None: ...


@contextmanager
def show_progress(what: str) -> Iterator[Report]:
    """Yield a function that updates a progress bar on standard error."""
    if not _is_progress_shown():
        yield lambda _done, _queued, _stored: None
        return
    with _make_bar() as bar:
        task = bar.add_task(what, total=None, stored=0)
        yield lambda done, queued, stored: bar.update(
            task, completed=done, total=done + queued, stored=stored
        )


@contextmanager
def show_count(what: str) -> Iterator[Callable[[Iterable[Article]], Iterator[Article]]]:
    """Yield a function that passes articles through and shows their number.

    Shows nothing if the results themselves go to the terminal.
    """
    if is_terminal(sys.stdout):
        yield iter
        return

    def counted(articles: Iterable[Article]) -> Iterator[Article]:
        for count, article in enumerate(articles, 1):
            report(count, 0, count)
            yield article

    with show_progress(what) as report:
        yield counted


@contextmanager
def show_waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner on standard error; yield a function that changes its text."""
    if not _is_progress_shown():
        yield lambda _: None
        return
    with make_console(sys.stderr).status(what) as status:
        yield status.update


def _is_progress_shown() -> bool:
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


def prepare_streams() -> None:
    """Print "?" for characters that the terminal lacks, and open closed streams.

    A closed stream (``>&-``) is connected to the null device, so that no file that is
    opened later takes its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def finish(code: int) -> int:
    """Flush standard output and return *code*, or 1 if the disk is full.

    A closed pipe is not an error.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard_results()
    except OSError as error:
        return fail(error)
    return code


def fail(error: OSError) -> int:
    """Report *error* of the system, discard further results, and return the exit code."""
    about = f"{error.filename}: " if error.filename else "the system refused: "
    say(f"tinsach: {about}{reason_of(error)}")
    discard_results()
    return 1


def discard_results() -> None:
    """Redirect standard output, whose reader has gone, to the null device."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reason_of(error: OSError) -> str:
    """Return why the system refused an operation, in words."""
    if error.errno == errno.ENOSPC:
        return "the disk is full; free some space"
    return error.strerror or str(error)


def format_of(path: Path | None, *, among: Collection[str]) -> str | None:
    """Return the format of *among* whose extension *path* has.

    Returns None for standard output and for a file without an extension. Raises
    ConfigurationError for any other extension.
    """
    extension = path.suffix.lower() if path else ""
    if not extension:
        return None
    known = {end: name for name in among for end in FORMATS[name].extensions}
    if extension in known:
        return known[extension]
    raise ConfigurationError(
        f"{path}: this command does not write {extension} files; use {', '.join(known)}"
    )


def is_folder(path: str) -> bool:
    """Return True if *path* is an existing folder or ends with a slash."""
    return path.endswith(("/", os.sep)) or Path(path).is_dir()


class FileNames:
    """Names files in *folder* with the extension of *fmt*; creates the folder.

    Raises ConfigurationError if the folder cannot be created.
    """

    def __init__(self, folder: Path, fmt: str) -> None:
        self._folder, self._extension = folder, PAGE_FORMATS[fmt].page_extension
        self._taken: dict[str, int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = reason_of(error)
            raise ConfigurationError(f"{folder} cannot be created: {reason}") from error

    def of(self, page_id: str, instead: str) -> Path:
        """Return the file of the page *page_id*, named *instead* if the id is no name.

        Further pages with the same id get a number.
        """
        stem = _NOT_IN_NAMES.sub("_", page_id).strip("._-")
        while len(os.fsencode(stem)) > _LONGEST_NAME:
            stem = stem[:-1]
        stem = name = stem or instead
        key = stem.casefold()
        while name.casefold() in self._taken:
            self._taken[key] += 1
            name = f"{stem}-{self._taken[key]}"
        self._taken.setdefault(name.casefold(), 1)
        return self._folder / f"{name}{self._extension}"


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Yield a binary stream to *path*, or to standard output for None or "-".

    A file appears under its name when the block ends without an error; otherwise nothing
    is left. A device or named pipe is written directly, and a link keeps its target.
    Raises ConfigurationError if the file cannot be created, ScraperError if it cannot be
    written completely.
    """
    if path is None or str(path) == "-":
        with _errors_about("standard output"):
            try:
                yield results()
                results().flush()
            except OSError:
                discard_results()  # or flushing its buffer fails again at the exit
                raise
    elif path.exists() and not path.is_file() and not path.is_dir():
        with _errors_about(str(path)), path.open("wb") as stream:
            yield stream
    else:
        with (
            _errors_about(str(path)),
            _appearing_whole(Path(os.path.realpath(path))) as stream,
        ):
            yield stream


@contextmanager
def _appearing_whole(path: Path) -> Iterator[BinaryIO]:
    scratch = _make_scratch(path)
    try:
        with scratch.open("wb") as stream:
            yield stream
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _errors_about(name: str) -> Iterator[None]:
    """Raise a failed write as a ScraperError about *name*, except for a closed pipe."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ScraperError(
            f"{name} could not be written: {reason_of(error)}"
        ) from error


def _make_scratch(path: Path) -> Path:
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; name a file in it")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror or error}"
        ) from error
    os.close(handle)
    scratch = Path(name)
    scratch.chmod(0o666 & ~_umask())
    return scratch


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
