"""The HTTP server around Datasette: who may ask, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn

from scraper.browsing.plugin import NAME, make_datasette
from scraper.errors import ConfigurationError
from scraper.storage import open_read_only
from scraper.storage.location import locate
from scraper.storage.viewing import VIEW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
    from pathlib import Path

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]


_READING = frozenset({"GET", "HEAD"})
_OURS = frozenset({"", "none", "same-origin"})
"""Sec-Fetch-Site of requests not made by pages of other servers, and of old browsers."""
_AT_ONCE = 3
"""Concurrent responses; one of 64 MiB takes some 150 MB until it is sent."""
_LONGEST_SLOT = 60.0
"""Seconds after which a slow reader no longer holds up the next response."""
_HEADERS = {
    b"content-security-policy": b"default-src 'self' 'unsafe-inline';"
    b" img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
"""Of responses that do not set them; the pages of Datasette contain scripts."""


class Guard:
    """Passes on reading requests that are addressed to this server by its own pages.

    A web page may let its own host name resolve to 127.0.0.1 and then read what is served
    there (DNS rebinding). The Host header reveals that: it is neither an IP address nor
    localhost nor *name*. Pages of other servers cannot read a response, but could keep
    the store busy, so they may only link here. _AT_ONCE requests are answered at a time,
    the others wait. Once *is_there* returns False, because the store was moved or
    replaced, every request is refused.
    """

    def __init__(self, app: App, name: str, *, is_there: Callable[[], bool]) -> None:
        self._app = app
        self._is_there = is_there
        self._names = {"localhost", name.lower()}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS.items() if pair[0] not in said]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send_with_headers)
        elif refusal := self._refusal(scope):
            await _answer(send, *refusal)
        else:
            async with self._slot():
                await self._app(scope, receive, send_with_headers)
                gc.collect()  # Datasette leaves the rows of an answer in cycles

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """Wait for a slot, and hold it during the block, but at most _LONGEST_SLOT."""
        await self._slots.acquire()
        left = [self._slots.release]

        def end() -> None:
            while left:
                left.pop()()

        timer = asyncio.get_running_loop().call_later(_LONGEST_SLOT, end)
        try:
            yield
        finally:
            timer.cancel()
            end()

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        """Return the status and the reason if this request is refused."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] not in _READING:
            return 405, "this server is read only"
        host = _host(headers.get(b"host", ""))
        if host not in self._names and not _is_address(host):
            return 421, "use the IP address, or start tinsach browse with --host NAME"
        asked_by = headers.get(b"sec-fetch-site", "")
        if asked_by not in _OURS and headers.get(b"sec-fetch-mode") != "navigate":
            return 403, "pages of other servers may not fetch this"
        if not self._is_there():
            return 503, "the store was moved or replaced: start tinsach browse again"
        return None


def is_loopback(host: str) -> bool:
    """Return True if only this machine can reach a server that listens on *host*."""
    if _is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host(header: str) -> str:
    """Return the host of a Host header without its port, or "" if it is invalid."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


async def _answer(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})


_PATIENCE = 3
"""Seconds that a response may take after a signal."""


class Server(uvicorn.Server):
    """Calls *ready* once it accepts requests, and *interrupt* before it gives up on them.

    A signal has its usual effect after the shutdown.
    """

    def __init__(
        self, app: Guard, *, ready: Callable[[], None], interrupt: Callable[[], None]
    ) -> None:
        config = uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        super().__init__(config)
        self._ready = ready
        self._interrupt = interrupt

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # exempt present objects from the collections of the guard
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(_PATIENCE - 1, self._interrupt)
        # Do not log responses that the shutdown interrupts as errors.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        self._interrupt()


def run(
    url: str | None, *, host: str, port: int, started: Callable[[str], None]
) -> None:
    """Serve the SQLite store at *url*; see :func:`scraper.browsing.serve`."""
    with open_read_only(url) as store, _listen(host, port) as listener:
        datasette = make_datasette(url, store)
        address = _address(host, listener) + datasette.urls.table(NAME, VIEW)
        server = Server(
            Guard(datasette.app(), host, is_there=_same_file(locate(url).path)),
            ready=lambda: started(address),
            interrupt=datasette.get_database(NAME).interrupt,
        )
        server.run([listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on port {port} of {host} ({error.strerror or error}):"
            " choose another --port or --host"
        ) from error


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


def _same_file(path: Path) -> Callable[[], bool]:
    """Return a function that returns True while *path* is still the same file."""
    begun = path.stat()

    def is_there() -> bool:
        try:
            return os.path.samestat(begun, path.stat())
        except OSError:
            return False

    return is_there
