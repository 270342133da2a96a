"""Datasette over the store: put together, and served until a signal comes."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import socket
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import uvicorn

from scraper.errors import ConfigurationError
from scraper.storage import open_read_only
from scraper.storage.location import locate
from scraper.storage.viewing import VIEW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping

    from datasette.app import Datasette

    from scraper.storage import Store

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]


_READING = frozenset({"GET", "HEAD"})
_OURS = frozenset({"", "none", "same-origin"})
"""Sec-Fetch-Site of a request that no page of another server makes; old browsers send none."""
_AT_ONCE = 3
"""Answers that are made at a time; one of 64 MiB takes some 150 MB until it is sent."""
_LONGEST_TURN = 60.0
"""Seconds after which another one is made though a reader has not taken all of his."""
_HEADERS = {
    b"content-security-policy": b"default-src 'self' 'unsafe-inline';"
    b" img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
"""Of answers that do not say otherwise; Datasette's pages have scripts in them."""


class Guard:
    """Passes on what reads, was asked of this server by its name, and by none but its pages.

    A page of the web may let its own name resolve to 127.0.0.1 and then read as its own
    what is served there (DNS rebinding). The name it asks for gives it away: it is no
    address, nor localhost, nor *name*. Other pages can read nothing, but keep the
    store busy: they may lead here by a link, and that is all. _AT_ONCE are answered at a
    time, the others wait. Once *is_there* returns False, because the store was moved or
    replaced, every request is refused.
    """

    def __init__(self, app: App, name: str, *, is_there: Callable[[], bool]) -> None:
        self._app = app
        self._is_there = is_there
        self._names = {"localhost", name.lower()}
        self._turns = asyncio.Semaphore(_AT_ONCE)

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
            async with self._turn():
                await self._app(scope, receive, send_with_headers)
                gc.collect()  # Datasette leaves the rows of an answer in cycles

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a turn; it ends with the block, or after _LONGEST_TURN."""
        await self._turns.acquire()
        left = [self._turns.release]

        def end() -> None:
            while left:
                left.pop()()

        timer = asyncio.get_running_loop().call_later(_LONGEST_TURN, end)
        try:
            yield
        finally:
            timer.cancel()
            end()

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        """Return the status and the reason where this request is not answered."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] not in _READING:
            return 405, "nothing can be written here"
        host = _host(headers.get(b"host", ""))
        if host not in self._names and not _is_address(host):
            return 421, "ask by address, or start tinsach browse with --host NAME"
        asked_by = headers.get(b"sec-fetch-site", "")
        if asked_by not in _OURS and headers.get(b"sec-fetch-mode") != "navigate":
            return 403, "this is not served to the pages of other servers"
        if not self._is_there():
            return 503, "the store was moved or replaced: start tinsach browse again"
        return None


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches what listens on *host*."""
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
    """Return the host in a Host header without its port; "" where it is none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


async def _answer(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})


_PATIENCE = 3
"""Seconds that an answer may still take after a signal."""


class Server(uvicorn.Server):
    """Calls *ready* when it answers, and minds signals: they take their course afterwards.

    It calls *break_off* a second before its patience with answers ends.
    """

    def __init__(
        self, app: Guard, *, ready: Callable[[], None], break_off: Callable[[], None]
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
        self._break_off = break_off

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # the guard collects after each answer: what is there now stays
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(_PATIENCE - 1, self._break_off)
        # Answers that the shutdown breaks off are not logged as errors.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        self._break_off()


_SETTINGS = {
    "allow_download": False,
    "default_cache_ttl": 0,
    "default_facet_size": 10,
    "facet_time_limit_ms": 500,
    "sql_time_limit_ms": 5000,
    "suggest_facets": False,
}
"""A facet that takes longer is left out of the page, a question of SQL is broken off."""
_ARTICLES = {
    "title": "Articles",
    "sort_desc": "published_at",
    "facets": ["site", "section", "day"],
}


def serve(
    url: str | None, *, host: str, port: int, started: Callable[[str], None]
) -> None:
    """Serve the SQLite store at *url* until SIGINT or SIGTERM, which then take their course.

    *started* is called with the address of its articles; *port* 0 is any free one.
    Raises ConfigurationError without Datasette, for a store of a server and where it
    cannot listen, StorageError as open_read_only() does.
    """
    _check_installed()
    from scraper.browsing.database import NAME
    from scraper.browsing.serving import Server

    _refuse_server(url)
    with open_read_only(url) as store, _listen(host, port) as listener:
        datasette = _make_datasette(url, store)
        address = _address(host, listener) + datasette.urls.table(NAME, VIEW)
        server = Server(
            Guard(datasette.app(), host, is_there=_same_file(locate(url).path)),
            ready=lambda: started(address),
            break_off=datasette.get_database(NAME).break_off,
        )
        server.run([listener])


def _check_installed() -> None:
    try:
        import datasette.app  # noqa: F401  it brings uvicorn
    except ImportError:
        raise ConfigurationError(
            "browse needs Datasette, which is not installed:"
            " pip install 'tinsach[browse]'"
        ) from None


def _refuse_server(url: str | None) -> None:
    location = locate(url)
    if location.file is None:
        raise ConfigurationError(
            f"store {location.name} is no SQLite file, and no other can be browsed:"
            f" `tinsach store copy {location.name} FILE` makes one"
        )


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
    """Return what tells whether the file at *path* is still the one that is there now."""
    begun = path.stat()

    def is_there() -> bool:
        try:
            return os.path.samestat(begun, path.stat())
        except OSError:
            return False

    return is_there


def _make_datasette(url: str | None, store: Store) -> Datasette:
    import rich
    from datasette.app import Datasette
    from datasette.plugins import pm

    from scraper.browsing import article_page
    from scraper.browsing.database import NAME, StoreDatabase

    rich.reconfigure(quiet=True)  # Datasette prints a traceback for each page not found
    pm.register(article_page)
    made = Datasette(
        metadata={"databases": {NAME: {"tables": {VIEW: _ARTICLES}}}},
        settings=_SETTINGS,
        template_dir=str(Path(__file__).with_name("templates")),
    )
    made.remove_database("_memory")
    made.add_database(StoreDatabase(made, url, store), name=NAME)
    return made
