"""HTTP/1.1 over asyncio: enough of it to be crawled, and fast."""

from __future__ import annotations

import asyncio
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from scraper.demo.markup import gzipped, plain

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.demo.site import Answer, Site

MAX_HEAD = 16_384
_SEND_BUFFER = 1 << 20


class Request(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    keep: bool


class Malformed(ValueError):  # noqa: N818  named after what was sent
    """The bytes are no HTTP request."""


def parse(head: bytes) -> Request:
    """Return the request whose *head* (to the empty line) this is; raises Malformed."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[0].isalpha() or not words[2].startswith("HTTP/1."):  # noqa: PLR2004
        raise Malformed(f"request line {first[:80]!r}: expected METHOD TARGET HTTP/1.1")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Malformed(f"header line {line[:80]!r}: expected Name: value")
        headers[name.lower()] = value.strip()
    connection = headers.get("connection", "").lower()
    keep = connection != "close" and (words[2] != "HTTP/1.0" or "keep" in connection)
    return Request(words[0], _path(words[1]), headers, keep)


def _path(target: str) -> str:
    if target.startswith("http://"):
        return "/" + target[7:].partition("/")[2]
    if not target.startswith("/"):
        raise Malformed(f"target {target[:80]!r}: expected a path")
    return target


def respond(site: Site, request: Request) -> list[bytes]:
    """Return head and body of the response to *request*, to be written in turn."""
    if request.method not in {"GET", "HEAD"}:
        return _bare(
            HTTPStatus.METHOD_NOT_ALLOWED,
            request.keep,
            "Allow: GET, HEAD\r\n",
            site.date(),
        )
    answer = site.answer(request.target)
    tag = site.etag(request.target) if answer.tag is None else answer.tag
    known = tag if answer.status == HTTPStatus.OK else ""
    validators = _validators(known, answer) if known else ""
    if known and _is_fresh(request.headers, known, answer):
        return _bare(HTTPStatus.NOT_MODIFIED, request.keep, validators, site.date())
    packed = "gzip" in request.headers.get("accept-encoding", "").lower()
    body = gzipped(answer.parts) if packed else plain(answer.parts)
    fields = f"Content-Type: {answer.content_type}\r\nVary: Accept-Encoding\r\n"
    if packed:
        fields += "Content-Encoding: gzip\r\n"
    if answer.location:
        fields += f"Location: {answer.location}\r\n"
    length = f"Content-Length: {sum(map(len, body))}\r\n"
    head = _head(answer.status, request.keep, fields + validators + length, site.date())
    return [head] if request.method == "HEAD" else [head, *body]


def _bare(status: HTTPStatus, keep: bool, fields: str, date: str) -> list[bytes]:
    size = "" if status == HTTPStatus.NOT_MODIFIED else "Content-Length: 0\r\n"
    return [_head(status, keep, fields + size, date)]


def _head(status: HTTPStatus, keep: bool, fields: str, date: str) -> bytes:
    connection = "keep-alive" if keep else "close"
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nServer: replica\r\n"
        f"Date: {date}\r\n{fields}Connection: {connection}\r\n\r\n"
    ).encode()


def _validators(tag: str, answer: Answer) -> str:
    return f"ETag: {tag}\r\nLast-Modified: {_http_date(answer.modified)}\r\n"


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _is_fresh(headers: dict[str, str], tag: str, answer: Answer) -> bool:
    """Tell whether the client's copy is good (RFC 9110, section 13.2.2)."""
    known = headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or tag in (
            part.strip() for part in known.split(",")
        )
    try:
        since = parsedate_to_datetime(headers["if-modified-since"])
        return answer.modified.astimezone(UTC) <= since.astimezone(UTC)
    except (KeyError, ValueError):
        return False


class Connection(asyncio.Protocol):
    """One client: requests in, responses out, in order."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pending = b""
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  narrows the type
        self._transport = transport
        transport.set_write_buffer_limits(high=_SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        self._pending += data
        self._serve()

    def pause_writing(self) -> None:
        self._paused = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._paused = False
        self._transport.resume_reading()
        self._serve()

    def _serve(self) -> None:
        while not self._paused and not self._transport.is_closing():
            head, end, rest = self._pending.partition(b"\r\n\r\n")
            if not end:
                if len(head) > MAX_HEAD:
                    self._refuse()
                return
            self._pending = rest
            self._reply(head)

    def _reply(self, head: bytes) -> None:
        """Answer the request of that *head*."""
        try:
            request = parse(head)
        except Malformed:
            self._refuse()
            return
        self._transport.writelines(respond(self._site, request))
        if not request.keep:
            self._transport.close()

    def _refuse(self) -> None:
        self._transport.writelines(
            _bare(HTTPStatus.BAD_REQUEST, False, "", self._site.date())
        )
        self._transport.close()
