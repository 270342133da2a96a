"""A WARC file as the HTTP answers it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.items import Page
from scraper.saved.files import MAX_PAGE_BYTES, SavedPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_RECORD_BYTES = MAX_PAGE_BYTES + 64 * 1024  # with its headers


def iter_archive(path: Path, file: BinaryIO | None = None) -> Iterator[SavedPage]:
    """Yield every response and resource record of the WARC file at *path*, or *file* there.

    Whatever the status and the media type: feeds, images and redirects too. A damaged
    or cut file yields what could be read, then one error that names the file.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.response | WarcRecordType.resource
    count = 0
    try:
        source = file or str(path)
        for record in ArchiveIterator(source, parse_http=False, fsspec_args=False):
            _check_header(record)
            if record.record_type & wanted:
                count += 1
                yield load_record(path, record)
    except (OSError, ValueError) as error:
        message = f"{path}: damaged after {count} records ({error})"
        yield SavedPage(path.name, error=message)


def _check_header(record: Any) -> None:  # noqa: ANN401  untyped
    """Raise ValueError where FastWARC ended a record within its header."""
    if record.headers.get("WARC-Type") is None:
        raise ValueError("the file ends within a record's header")


def load_record(path: Path, record: Any) -> SavedPage:  # noqa: ANN401  untyped
    """Return the page of one FastWARC *record* of *path*, or why there is none."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    record_id = (record.record_id or "").strip("<>").removeprefix("urn:uuid:")
    try:
        return SavedPage(record_id, _page(record, url, _payload(record)), url)
    except (OSError, ValueError) as error:
        message = f"{path}: the record of {url}: {error}"
        return SavedPage(record_id, url=url, error=message)


def _payload(record: Any) -> bytes:  # noqa: ANN401  untyped
    """Return the body, decoded; FastWARC alone would pass a cut record as whole."""
    length = record.content_length
    if length <= _MAX_RECORD_BYTES:
        record.freeze()
        if record.content_length < length:
            raise ValueError(f"cut after {record.content_length} of {length} bytes")
        record.parse_http(auto_decode="all")
        body = bytes(record.reader.read(MAX_PAGE_BYTES + 1))
        if len(body) <= MAX_PAGE_BYTES:
            return body
    raise ValueError(f"larger than {MAX_PAGE_BYTES // 2**20} MB, not read")


def _page(record: Any, url: str, body: bytes) -> Page:  # noqa: ANN401  untyped
    headers = record.http_headers
    return Page(
        url,
        body,
        content_type=_content_type(record),
        encoding=record.http_charset if headers else None,
        status=(headers and headers.status_code) or 200,
        fetched_at=record.record_date,
    )


def _content_type(record: Any) -> str | None:  # noqa: ANN401  untyped
    if record.http_headers:
        return record.http_content_type or None
    return record.headers.get("Content-Type") or None
