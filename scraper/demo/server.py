"""The replica as a process of its own: started, announced, ended."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scraper.demo.pages import gzipped, plain
from scraper.demo.portal import Portal
from scraper.demo.site import Site
from scraper.demo.story import this_hour
from scraper.import_path import module_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from scraper.demo.site import Answer


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


@lru_cache(maxsize=4096)
def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _is_fresh(headers: dict[str, str], tag: str, answer: Answer) -> bool:
    """Return True if the client's copy is good (RFC 9110, section 13.2.2)."""
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


_START_LIMIT = 30.0
_END_LIMIT = 5.0


@dataclass(frozen=True)
class Served:
    """A running replica: its address, its truth, the id of its process."""

    base: str
    portal: Portal
    pid: int


@contextmanager
def serving(
    size: int = 300, *, seed: int = 0, now: datetime | None = None, port: int = 0
) -> Iterator[Served]:
    """Run the replica in a child process for the length of the block.

    The child ends when the block does, and when this process dies: it watches its
    standard input. Ctrl-C is left to this process. Raises RuntimeError if the child does
    not start within 30 seconds.
    """
    moment = now or this_hour()
    options = {"size": size, "seed": seed, "port": port, "now": moment.isoformat()}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with spawned("scraper.demo", "--until-eof", *arguments) as (child, base):
        yield Served(base, Portal(size, seed, base, moment), child.pid)


@contextmanager
def spawned(
    module: str, *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run *module*, a server, for the length of the block; yield it and its address.

    It is to print where it listens and to end with its standard input. Raises
    RuntimeError if it does not start within 30 seconds.
    """
    with subprocess.Popen(  # noqa: S603  our own module
        module_command(module, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            yield child, _address(child)
        finally:
            _end(child)


def _address(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None  # noqa: S101  it is a pipe
    alarm = threading.Timer(_START_LIMIT, child.kill)
    alarm.start()
    try:
        line = child.stdout.readline()
    finally:
        alarm.cancel()
    if not line.startswith(READY):
        raise RuntimeError(f"the replica portal did not start: it said {line!r}")
    return line.removeprefix(READY).strip()


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None  # noqa: S101  it is a pipe
    with suppress(BrokenPipeError):  # it died with a line unread
        child.stdin.close()
    try:
        child.wait(_END_LIMIT)
    except subprocess.TimeoutExpired:
        child.kill()


_Site = TypeVar("_Site", bound=Site)
HOST = "127.0.0.1"
READY = "listening on "


def run(
    size: int,
    *,
    port: int = 0,
    seed: int = 0,
    now: datetime | None = None,
    until_eof: bool = False,
) -> None:
    """Serve until SIGTERM, SIGINT or, if *until_eof*, the end of standard input.

    Prints one line when it listens; port 0 is any free one. Raises OSError if the
    port is taken, ValueError as :class:`Portal` does.
    """

    def make(base: str) -> Site:
        return Site(Portal(size, seed, base, now))

    serve(make, port, _ignored if until_eof else None)


def serve(
    make: Callable[[str], _Site],
    port: int,
    on_line: Callable[[_Site, str], None] | None,
    *,
    connection: Callable[[_Site], Connection] = Connection,
) -> None:
    """Serve the site that *make* makes of its base address, as :func:`run` does.

    *connection* makes what talks to one client.

    *on_line* is called with the site and each line of standard input, between requests;
    the end of the input ends the server. None leaves the input alone.
    """
    with socket.create_server((HOST, port), backlog=256) as listener:
        site = make(f"http://{HOST}:{listener.getsockname()[1]}")
        gc.freeze()
        take_line = partial(on_line, site) if on_line else None
        asyncio.run(_serve(site, listener, take_line, partial(connection, site)))


async def _serve(
    site: Site,
    listener: socket.socket,
    take_line: Callable[[str], None] | None,
    connect: Callable[[], Connection],
) -> None:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    if take_line:
        arguments = (loop, done, take_line)
        threading.Thread(target=_watch, args=arguments, daemon=True).start()
    server = await loop.create_server(connect, sock=listener)
    print(f"{READY}{site.portal.base}", flush=True)  # noqa: T201  the contract
    await done.wait()
    server.close()


def _watch(
    loop: asyncio.AbstractEventLoop,
    done: asyncio.Event,
    take_line: Callable[[str], None],
) -> None:
    pending = b""
    while data := os.read(sys.stdin.fileno(), 4096):
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            loop.call_soon_threadsafe(take_line, line.decode())
    loop.call_soon_threadsafe(done.set)


def _ignored(_site: Site, _line: str) -> None:
    """Leave a line of the input unread: only its end matters."""
