"""Where a command writes: results to standard output, all else to standard error.

Results are UTF-8 whatever the locale, since another tool reads them; messages give way
to what the terminal can show.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console


def say(message: str) -> None:
    """Write one line to standard error; nothing where nobody can read it."""
    with suppress(OSError, ValueError):
        sys.stderr.write(message + "\n")
        sys.stderr.flush()


def write_text(text: str) -> None:
    """Write *text* to standard output as UTF-8."""
    stream = results()
    stream.write(text.encode("utf-8", "replace"))
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

    width = None if is_terminal(stream) else 100
    return Console(file=stream, width=width, highlight=False, emoji=False)


def tolerate_any_encoding() -> None:
    """Print a mark instead of failing on a letter that the terminal does not have."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def finish(code: int) -> int:
    """Flush what is left; a reader that has gone is no failure."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard_results()
    return code


def discard_results() -> None:
    """Let nothing more reach standard output, whose reader has gone."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Yield a binary stream: standard output for None, else a file that appears whole.

    The file takes its name when the block ends well; else nothing is left. Raises
    ConfigurationError where it cannot be made.
    """
    if path is None or str(path) == "-":
        yield results()
        results().flush()
        return
    scratch = _make_scratch(path)
    try:
        with scratch.open("wb") as stream:
            yield stream
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _make_scratch(path: Path) -> Path:
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; name a file in it")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error}") from error
    os.close(handle)
    scratch = Path(name)
    scratch.chmod(0o666 & ~_umask())
    return scratch


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
