"""The file that a command writes: it appears whole, or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from scraper.cli import output
from scraper.errors import ConfigurationError, ScraperError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_EXTENSIONS = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".txt": "text",
    ".html": "html",
    ".parquet": "parquet",
    ".db": "sqlite",
    ".sqlite": "sqlite",
}
"""The formats of files that commands write, by extension."""
_PAGE_EXTENSIONS = {"json": ".json", "markdown": ".md", "text": ".txt", "html": ".html"}
"""The extensions of files that hold one page, by format."""
_NOT_IN_NAMES = re.compile(r"[^\w.,()+-]+")
_LONGEST_NAME = 200
"""Bytes: file systems take 255 with the extension and the name until it is whole."""


def format_of(path: Path | None, *, among: Collection[str]) -> str | None:
    """Return which format of *among* the extension of *path* names.

    None for standard output and for a file without extension. Raises
    ConfigurationError for an extension that names none of them.
    """
    extension = path.suffix.lower() if path else ""
    found = _EXTENSIONS.get(extension)
    if not extension or found in among:
        return found
    known = ", ".join(name for name, each in _EXTENSIONS.items() if each in among)
    raise ConfigurationError(
        f"{path}: {extension} is no extension of what this command writes; use {known}"
    )


def is_folder(path: str) -> bool:
    """Return True if *path* names a folder: one that exists, or a name that ends with /."""
    return path.endswith(("/", os.sep)) or Path(path).is_dir()


class FileNames:
    """Names of files in *folder*, made where it is missing, with the extension of *fmt*.

    Raises ConfigurationError where the folder cannot be made.
    """

    def __init__(self, folder: Path, fmt: str) -> None:
        self._folder, self._extension = folder, _PAGE_EXTENSIONS[fmt]
        self._taken: dict[str, int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = output.reason_of(error)
            raise ConfigurationError(f"{folder} cannot be made: {reason}") from error

    def of(self, page_id: str, instead: str) -> Path:
        """Return a file for the page *page_id*, *instead* if no file can be called so.

        Pages of the same id are numbered from the second on.
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
    """Yield a binary stream: standard output for None, else a file that appears whole.

    The file takes its name when the block ends well; else nothing is left. A device or
    a named pipe is written to as it is, a link keeps pointing to the file. Raises
    ConfigurationError where it cannot be made, ScraperError where it cannot be written
    to its end.
    """
    if path is None or str(path) == "-":
        with _named("standard output"):
            try:
                yield output.results()
                output.results().flush()
            except OSError:
                output.discard_results()  # or its buffer fails again at the end
                raise
    elif path.exists() and not path.is_file() and not path.is_dir():
        with _named(str(path)), path.open("wb") as stream:
            yield stream
    else:
        with (
            _named(str(path)),
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
def _named(name: str) -> Iterator[None]:
    """Raise a failure to write as an error about *name*; a closed pipe stays one."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ScraperError(
            f"{name} could not be written: {output.reason_of(error)}"
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
