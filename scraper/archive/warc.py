"""WARC files: captures of HTTP responses as records, and records as pages."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from scraper.archive.members import LargeMemberError, iter_members
from scraper.items import Page
from scraper.storage import Address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.archive.members import Member


MAX_PAGE_BYTES = 20 * 1024 * 1024
"""A saved page above this, after decompression, is refused: the crawl's own limit."""

LISTED = "Tinsach-Listed"
"""The header of a response record with the listing of the page, as JSON."""
_LEFT_OUT = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page kept on disk, or why it could not be read.

    *id* is what the manifest states, the file's name without extensions, or the record's
    id in a WARC file; "" if a line of a manifest states none. Exactly one of *page* and
    *error* is set; *line* counts from 1 in a manifest, else it is 0.
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


_Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """A page with its time, its listing, and the headers of request and response.

    The body is decoded, so the headers about its encoding are left out.
    """

    page: Page
    listed: Address
    asked: _Pairs = ()
    answered: _Pairs = ()

    @property
    def moment(self) -> datetime:
        """When it was fetched; raises ValueError for a page without a time."""
        if self.page.fetched_at is None:
            raise ValueError(f"{self.page.url}: the page has no time")
        return self.page.fetched_at.astimezone(UTC)


def records_of(capture: Capture) -> tuple[bytes, bytes]:
    """Return the response and the request record of *capture*, not compressed."""
    response_id = f"<{uuid.uuid4().urn}>"
    page = capture.page
    answered = [p for p in capture.answered if p[0].lower() not in _LEFT_OUT]
    answered.append(("Content-Length", str(len(page.body))))
    status = f"{page.status} {_phrase(page.status)}".strip()
    extra = {"WARC-Record-ID": response_id, LISTED: _to_header(capture.listed)}
    response = _record(capture, "response", status, answered, extra)
    parts = urlsplit(page.url)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    asked = [("Host", parts.netloc), *capture.asked]
    extra = {"WARC-Concurrent-To": response_id}
    return response, _record(capture, "request", f"GET {path}", asked, extra)


def parse_records(content: bytes) -> Iterator[Any]:
    """Yield the FastWARC records in *content*; raises OSError, ValueError."""
    from fastwarc.warc import ArchiveIterator

    yield from ArchiveIterator(io.BytesIO(content), parse_http=False)


def listed_in(header: str | None, url: str) -> Address:
    """Return the listing of the page at *url* from the *header* of its record."""
    try:
        said = json.loads(header or "{}")
        time = said.get("time") and datetime.fromisoformat(said["time"])
        section, dated = str(said.get("section", "")), bool(said.get("dated"))
    except (AttributeError, TypeError, ValueError):  # of another program
        return Address(url)
    return Address(url, section=section, time=time or None, dated=dated)


def _to_header(listed: Address) -> str:
    time = listed.time.isoformat() if listed.time else None
    said = {"section": listed.section, "time": time, "dated": listed.dated}
    return json.dumps({name: value for name, value in said.items() if value})


def _record(
    capture: Capture,
    kind: str,
    first: str,
    headers: list[tuple[str, str]],
    extra: dict[str, str],
) -> bytes:
    """Return one record, with digests that are each computed in one call.

    warcio computes them in steps of 16 kB, and takes the interpreter lock after each.
    """
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    is_request = kind == "request"
    body = b"" if is_request else capture.page.body
    http: Any = (
        StatusAndHeaders(f"{first} HTTP/1.1", headers, is_http_request=True)
        if is_request
        else StatusAndHeaders(first, headers, protocol="HTTP/1.1")
    )
    http.compute_headers_buffer()
    fields = {
        "WARC-Date": f"{capture.moment:%Y-%m-%dT%H:%M:%S.%fZ}",
        "WARC-Payload-Digest": _digest(body),
        "WARC-Block-Digest": _digest(http.headers_buff, body),
    }
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        capture.page.url,
        kind,
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=http,
        warc_headers_dict=fields | extra,
    )
    writer.write_record(record)
    return buffer.getvalue()


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return f"sha1:{base64.b32encode(digest.digest()).decode()}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


_GZIP = b"\x1f\x8b"
_WANTED = frozenset({"response", "resource"})
_MAX_RECORD_BYTES = MAX_PAGE_BYTES + 64 * 1024  # with its headers


def iter_archive(path: Path, file: BinaryIO | None = None) -> Iterator[SavedPage]:
    """Yield every response and resource record of the WARC file at *path*, or *file* there.

    Every status and media type counts: feeds, images and redirects too. If each record is
    compressed by itself, as the standard recommends, a damaged one is an error with its
    place, and the others are yielded. Any other file is read up to the first damage, which
    is one error.
    """
    try:
        with nullcontext(file) if file else path.open("rb") as source:
            if source.read(len(_GZIP)) == _GZIP:
                yield from _iter_members(path, source)
                return
        yield from _iter_stream(path, file)
    except LargeMemberError:
        yield from _iter_stream(path, file)
    except OSError as error:
        yield SavedPage(path.name, error=f"{path}: {error}")


def _iter_members(path: Path, file: BinaryIO) -> Iterator[SavedPage]:
    """Yield the pages of *file*; raises LargeMemberError before the first one, OSError."""
    for member in iter_members(file):
        if member.damage:
            yield _unreadable(path, member)
            continue
        try:
            yield from _pages(path, parse_records(member.content))
        except ValueError as error:
            line = f"{damaged_record(path, member)} ({error})"
            yield SavedPage(path.name, error=line)


def _iter_stream(path: Path, file: BinaryIO | None) -> Iterator[SavedPage]:
    from fastwarc.warc import ArchiveIterator

    if file is not None:
        file.seek(0)
    count, source = 0, file or str(path)
    try:
        records = ArchiveIterator(source, parse_http=False, fsspec_args=False)
        for page in _pages(path, records):
            yield page
            count += 1
    except (OSError, ValueError) as error:
        message = f"{path}: damaged after {count} records ({error})"
        yield SavedPage(path.name, error=message)


def _pages(path: Path, records: Iterator[Any]) -> Iterator[SavedPage]:
    for record in records:
        _check_header(record)
        if record.headers["WARC-Type"] in _WANTED:
            yield load_record(path, record)


def _unreadable(path: Path, member: Member) -> SavedPage:
    name = f"{path.name}#{member.start}"
    return SavedPage(name, url=member.url, error=damaged_record(path, member))


def damaged_record(path: Path, member: Member) -> str:
    """Return the message about the damaged *member* of *path*."""
    of = f" of {member.url}" if member.url else ""
    fault = "cut short" if member.is_half else "damaged"
    return f"{path}: the record{of} at byte {member.start:,} is {fault}"


def _check_header(record: Any) -> None:  # noqa: ANN401  untyped
    """Raise ValueError if FastWARC ended a record within its header."""
    if record.headers.get("WARC-Type") is None:
        raise ValueError("the file ends within a record's header")


def load_record(path: Path, record: Any) -> SavedPage:  # noqa: ANN401  untyped
    """Return the page of one FastWARC *record* of *path*, or the error."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    record_id = (record.record_id or "").strip("<>").removeprefix("urn:uuid:")
    try:
        return SavedPage(record_id, _page(record, url, _payload(record)), url)
    except (OSError, ValueError) as error:
        message = f"{path}: the record of {url}: {error}"
        return SavedPage(record_id, url=url, error=message)


def _payload(record: Any) -> bytes:  # noqa: ANN401  untyped
    """Return the decoded body; raises ValueError for a truncated record, unlike FastWARC."""
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
