"""Pages kept on disk, of whatever sort: one after the other, with what went wrong."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from scraper.saved.archive import iter_archive
from scraper.saved.files import SavedPage, load_page, read_limited
from scraper.saved.manifest import iter_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAGE = re.compile(r"(?i)\.(x?html?|htm)(\.gz)?$")
_ARCHIVE = re.compile(r"(?i)\.warc(\.gz|\.zst|\.lz4)?$")
_MANIFEST = "manifest.jsonl"


def iter_saved(path: Path) -> Iterator[SavedPage]:
    """Yield the pages kept at *path*, in a stable order, one in memory at a time.

    *path* is an HTML file (plain or gzip), a WARC file, a manifest (``.jsonl``), a
    folder (its ``manifest.jsonl``, else every page and WARC file below it, by name) or
    ``-`` for one page on standard input. What cannot be read is a
    :class:`SavedPage` with an error.

    Raises ConfigurationError where nothing is there.
    """
    if str(path) == "-":
        return iter([load_page("-", sys.stdin.buffer)])
    if path.is_dir():
        return _iter_folder(path)
    if not path.exists():
        raise ConfigurationError(
            f"{path}: no such file or folder; give an HTML file, a folder, a WARC file, "
            "a manifest (.jsonl) or -"
        )
    return _iter_file(path)


def _iter_file(path: Path) -> Iterator[SavedPage]:
    if path.suffix == ".jsonl":
        return iter_manifest(path)
    if _ARCHIVE.search(path.name) or _starts_as_archive(path):
        return iter_archive(path)
    return iter([load_page(_PAGE.sub("", path.name), path)])


def _starts_as_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return read_limited(file, 5) == b"WARC/"
    except (OSError, EOFError):
        return False


def _iter_folder(folder: Path) -> Iterator[SavedPage]:
    if (folder / _MANIFEST).is_file():
        return iter_manifest(folder / _MANIFEST)
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and (_PAGE.search(path.name) or _ARCHIVE.search(path.name))
    )
    if not found:
        raise ConfigurationError(
            f"{folder}: no .html, .htm, .warc or .gz of these in this folder"
        )
    return (page for path in found for page in _iter_file(path))
