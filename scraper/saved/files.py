"""One HTML file, plain or gzip, as a page."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from scraper.items import Page

MAX_PAGE_BYTES = 20 * 1024 * 1024
"""A saved page above this, after decompression, is refused: the crawl's own limit."""

_GZIP = b"\x1f\x8b"
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page kept on disk, or why it could not be read.

    *id* is what the manifest states, the file's name without endings, or the record's
    id in a WARC file; "" where a line of a manifest states none. Exactly one of *page*
    and *error* says something; *line* counts from 1 in a manifest, else 0.
    """

    id: str
    page: Page | None = None
    url: str = ""
    error: str = ""
    line: int = 0

    @property
    def is_asked_for(self) -> bool:
        """False for a WARC file's images, feeds, redirects and error pages."""
        if self.line or self.page is None:
            return True
        kind = self.page.content_type or "text/html"
        return self.page.status == HTTPStatus.OK and kind in _HTML


def load_page(page_id: str, source: Path | BinaryIO, *, url: str = "") -> SavedPage:
    """Return the page in *source*.

    Without *url* it has the one that it declares, else that of its file.
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
    """Return at most *size* bytes of *file*, decompressed where it is gzip.

    Raises OSError, EOFError or zlib.error for a damaged or cut gzip file.
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
