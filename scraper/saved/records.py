"""A fetched page as WARC records: its response, and the request that led to it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper.storage import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Page

LISTED = "Tinsach-Listed"
"""The header of a response that holds what the listing said of the page, as JSON."""
_LEFT_OUT = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """A page with its time, the address that led to it, headers of request and answer.

    The body is decoded, so the headers that speak of its encoding are left out.
    """

    page: Page
    listed: Address
    asked: _Pairs = ()
    answered: _Pairs = ()

    @property
    def moment(self) -> datetime:
        """When it was fetched; raises ValueError for a page that does not tell."""
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
    told = {"WARC-Record-ID": response_id, LISTED: _to_header(capture.listed)}
    response = _record(capture, "response", status, answered, told)
    parts = urlsplit(page.url)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    asked = [("Host", parts.netloc), *capture.asked]
    told = {"WARC-Concurrent-To": response_id}
    return response, _record(capture, "request", f"GET {path}", asked, told)


def parse_records(content: bytes) -> Iterator[Any]:
    """Yield the FastWARC records in *content*; raises OSError, ValueError."""
    from fastwarc.warc import ArchiveIterator

    yield from ArchiveIterator(io.BytesIO(content), parse_http=False)


def listed_in(header: str | None, url: str) -> Address:
    """Return what *header* of a record says of the listing of the page at *url*."""
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
    told: dict[str, str],
) -> bytes:
    """Return one record; the digests are made here, in one piece each.

    warcio makes them of 16 kB at a time, and asks for the interpreter's lock after each.
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
        warc_headers_dict=fields | told,
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
