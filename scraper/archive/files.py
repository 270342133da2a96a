"""Pages kept on disk: HTML files, folders, manifests, WARC files, standard input."""

from __future__ import annotations

import gzip
import json
import re
import sys
import zlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.archive.warc import MAX_PAGE_BYTES, SavedPage, iter_archive
from scraper.errors import ConfigurationError
from scraper.items import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_GZIP = b"\x1f\x8b"


def load_page(page_id: str, source: Path | BinaryIO, *, url: str = "") -> SavedPage:
    """Return the page in *source*.

    Without *url* its URL is the one that it declares, else that of its file.
    """
    try:
        body = _read(source)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        return SavedPage(page_id, url=url, error=f"{_name(source)}: {_reason(error)}")
    if len(body) > MAX_PAGE_BYTES:
        limit = f"larger than {MAX_PAGE_BYTES // 2**20} MB, not read"
        return SavedPage(page_id, url=url, error=f"{_name(source)}: {limit}")
    page = Page(url, body)
    if not page.url:
        page = replace(page, url=_own_address(source))
    return SavedPage(page_id, page, page.url)


def read_limited(file: BinaryIO, size: int) -> bytes:
    """Return at most *size* bytes of *file*, decompressed if it is gzip.

    Raises OSError, EOFError or zlib.error for a damaged or truncated gzip file.
    """
    start = file.read(2)
    rest = _Rejoined(start, file)
    if start != _GZIP:
        return rest.read(size)
    with gzip.GzipFile(fileobj=rest) as stream:  # type: ignore[call-overload]
        return bytes(stream.read(size))


class _Rejoined:
    """A stream whose first bytes were read already; standard input cannot seek."""

    def __init__(self, start: bytes, file: BinaryIO) -> None:
        self._start = start
        self._file = file

    def read(self, size: int) -> bytes:
        if not self._start:
            return self._file.read(size)
        part, self._start = self._start[:size], self._start[size:]
        return part + self._file.read(size - len(part))


def _read(source: Path | BinaryIO) -> bytes:
    if not isinstance(source, Path):
        return read_limited(source, MAX_PAGE_BYTES + 1)
    with source.open("rb") as file:
        return read_limited(file, MAX_PAGE_BYTES + 1)


def _name(source: Path | BinaryIO) -> str:
    return str(source) if isinstance(source, Path) else "standard input"


def _own_address(source: Path | BinaryIO) -> str:
    return source.absolute().as_uri() if isinstance(source, Path) else ""


def _reason(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the gzip file is cut short; fetch or copy it again"
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return f"damaged gzip file ({error})"
    return getattr(error, "strerror", None) or str(error)


_PLACES = ("pages/{}.html", "pages/{}.html.gz", "{}.html", "{}.html.gz")


def iter_manifest(
    path: Path, *, wants: Callable[[str], bool] = lambda _: True
) -> Iterator[SavedPage]:
    """Yield the pages that the manifest at *path* lists, in its order.

    A page is not opened, and left out, unless *wants* returns True for its id.

    A line may leave out ``path``; the page is then ``pages/<id>.html`` or
    ``<id>.html`` beside the manifest, plain or ``.gz``. ``encoding``,
    ``content_type``, ``status`` and ``fetched_at`` are optional. A malformed line is a
    :class:`SavedPage` without id whose error names the line.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):
            if line.strip() and (saved := _load_line(path, number, line, wants)):
                yield saved


def _load_line(
    manifest: Path, number: int, line: bytes, wants: Callable[[str], bool]
) -> SavedPage | None:
    try:
        entry = _parse_entry(line)
    except ValueError as error:
        return SavedPage("", error=f"{manifest}, line {number}: {error}", line=number)
    page_id = str(entry.get("id") or entry.get("url") or entry["path"])
    if not wants(page_id):
        return None
    saved = load_page(
        page_id, _place(manifest.parent, entry, page_id), url=entry.get("url") or ""
    )
    if saved.page is None:
        return replace(saved, line=number)
    return replace(saved, line=number, page=replace(saved.page, **_headers(entry)))


def _parse_entry(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(entry, dict):
        raise ValueError(f"a JSON object is wanted, found {type(entry).__name__}")  # noqa: TRY004
    for name in ("path", "url", "encoding", "content_type", "fetched_at"):
        if not isinstance(entry.get(name), str | None):
            raise ValueError(f'"{name}" is not a text')  # noqa: TRY004
    if not isinstance(entry.get("status"), int | None):
        raise ValueError('"status" is not a number')  # noqa: TRY004
    if not any(entry.get(name) for name in ("id", "url", "path")):
        raise ValueError('neither "id" nor "url" nor "path"')
    if entry.get("fetched_at"):
        entry["fetched_at"] = _aware(entry["fetched_at"])
    return entry


def _aware(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"fetched_at" is not an ISO 8601 time: {text}') from None
    if moment.tzinfo is None:
        raise ValueError(f'"fetched_at" has no UTC offset: {text}')
    return moment


def _place(folder: Path, entry: dict[str, Any], page_id: str) -> Path:
    if entry.get("path"):
        return folder / str(entry["path"])
    candidates = [folder / place.format(page_id) for place in _PLACES]
    return next(filter(_is_there, candidates), candidates[0])


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with what no file name has
        return False


def _headers(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("encoding", "content_type", "status", "fetched_at")
    return {name: entry[name] for name in names if entry.get(name)}


_PAGE = re.compile(r"(?i)\.(x?html?|htm)(\.gz)?$")
_ARCHIVE = re.compile(r"(?i)\.warc(\.gz|\.zst|\.lz4)?$")
_MANIFEST = "manifest.jsonl"


def iter_saved(path: Path) -> Iterator[SavedPage]:
    """Yield the pages kept at *path*, in a stable order, one in memory at a time.

    *path* is an HTML file (plain or gzip), a WARC file, a manifest (``.jsonl``), a
    folder (its ``manifest.jsonl``, else every page and WARC file below it, by name) or
    ``-`` for one page on standard input. A file that cannot be read is a
    :class:`SavedPage` with an error.

    Raises ConfigurationError if *path* does not exist.
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
