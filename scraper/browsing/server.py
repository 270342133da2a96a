"""Datasette with our pages of search and articles: who may ask, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode, urlsplit

import datasette
import rich
import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.filters import FilterArguments
from datasette.plugins import pm
from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from scraper import browsing, clock
from scraper.browsing import MATCHES, VIEW, BoundedRows
from scraper.changes import Change, steps_of
from scraper.errors import ConfigurationError, StorageError
from scraper.items import BlockKind
from scraper.storage import open_read_only
from scraper.storage.location import locate
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, MutableMapping, Sequence

    from datasette.utils.asgi import Request

    from scraper.browsing import Connection
    from scraper.items import Article, Block
    from scraper.storage import Store

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]


NAME = "tinsach"
LONGEST = 5.0
"""Seconds of one query; its result so far is discarded then."""


class StoreDatabase(Database):  # type: ignore[misc]  # it has no types
    """Opens every connection with :func:`~scraper.browsing.connect`, even one for writing.

    *store* is the same store, for the pages of articles.
    """

    def __init__(self, datasette: Datasette, url: str | None, store: Store) -> None:
        super().__init__(datasette, path=store.name, is_mutable=True)
        self.store = store
        self._url = url
        self._active: set[Connection] = set()
        self._ended = False

    def connect(self, write: bool = False) -> Connection:
        return browsing.connect(self._url)

    def interrupt(self) -> None:
        """Interrupt the running queries, and every later one."""
        self._ended = True
        for connection in self._active.copy():
            connection.interrupt()

    async def execute_fn(self, fn: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        """Limit the time also between two rows: Datasette checks every 1,000 steps."""

        def watched(connection: Connection) -> Any:  # noqa: ANN401
            timer = threading.Timer(LONGEST, connection.interrupt)
            timer.daemon = True
            timer.start()
            connection.slow.begin()
            self._active.add(connection)
            try:
                if self._ended:
                    raise sqlite3.OperationalError("interrupted")
                return fn(connection)
            finally:
                self._active.discard(connection)
                timer.cancel()

        return await super().execute_fn(watched)

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Do not log an SQL error, whose message could control the terminal."""
        options["log_sql_errors"] = False
        try:
            return await super().execute(sql, *arguments, **options)
        except MemoryError:
            raise sqlite3.OperationalError("the query takes too much memory") from None

    async def hidden_table_names(self) -> list[str]:
        names: list[str] = await self.table_names()
        return names


_SETTINGS = {
    "allow_download": False,
    "default_cache_ttl": 0,
    "default_facet_size": 10,
    "facet_time_limit_ms": 500,
    "sql_time_limit_ms": 5000,
    "suggest_facets": False,
}
"""A slower facet is left out of the page; a slower SQL query is interrupted."""
_ARTICLES = {
    "title": "Articles",
    "sort_desc": "published_at",
    "facets": ["site", "section", "day"],
}


def make_datasette(url: str | None, store: Store) -> Datasette:
    """Return Datasette over *store*, which is the store at *url*."""
    rich.reconfigure(quiet=True)  # Datasette prints a traceback for each page not found
    pm.register(sys.modules[__name__])
    made = Datasette(
        metadata={"databases": {NAME: {"tables": {VIEW: _ARTICLES}}}},
        settings=_SETTINGS,
        template_dir=str(Path(__file__).with_name("templates")),
    )
    made.remove_database("_memory")
    made.add_database(StoreDatabase(made, url, store), name=NAME)
    return made


_F = TypeVar("_F", bound=Callable[..., Any])


def _hook(*, trylast: bool = False) -> Callable[[_F], _F]:
    return cast("Callable[[_F], _F]", datasette.hookimpl(trylast=trylast))


@_hook(trylast=True)
def filters_from_request(request: Request, table: str) -> FilterArguments | None:
    """Search as ``tinsach search`` does; last, since Datasette cannot search a view."""
    if table != VIEW:
        return None
    words = request.args.get("_search") or ""
    shown = {"supports_search": True, "search": words}
    if not words.strip():
        return FilterArguments([], extra_context=shown)
    said = [f'search matches "{words}"']
    return FilterArguments(
        [MATCHES.format(words=":words")], {"words": words}, said, shown
    )


@_hook()
def render_cell(
    row: sqlite3.Row, value: object, column: str, table: str, datasette: Datasette
) -> Markup | str | None:
    """Link a title to the page of its article, and show times in the zone of days."""
    if table != VIEW or not value:
        return None
    if column == "title" and "canonical_url" in row.keys():  # noqa: SIM118  of a Row
        address = page_of(datasette, row["canonical_url"])
        return Markup('<a href="{}">{}</a>').format(address, value)
    if column == "published_at":
        return clock.shown(datetime.fromisoformat(str(value)))
    return None


@_hook()
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Limit the size of a result; replaces the row factory of Datasette."""
    conn.row_factory = BoundedRows()


@_hook()
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [(r"/$", _redirect_to_articles), (ROUTE, show_article)]


def _redirect_to_articles(datasette: Datasette) -> Response:
    return Response.redirect(datasette.urls.table(NAME, VIEW))


ROUTE = r"/-/article$"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No scripts and no images: nothing that gets past the escaping of a template runs."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of an article, with its changes."""

    article: Article
    changes: list[Change]


async def show_article(request: Request, datasette: Datasette) -> Response:
    """Return the page of the article whose current or former URL is ``?url=``."""
    url = request.args.get("url") or ""
    store = datasette.get_database(NAME).store
    try:
        history, alike = await asyncio.to_thread(_load, store, url)
    except StorageError as error:
        raise DatasetteError(str(error), status=500) from error
    if not history:
        raise NotFound(f"No article with the URL {url} is stored")
    article = history[-1]
    context = {
        "article": article,
        "facts": _facts(article),
        "runs": _runs(article.blocks),
        "revisions": _revisions(history),
        "alike": [(other.title, page_of(datasette, other.url)) for other in alike],
        "all_articles": datasette.urls.table(NAME, VIEW),
        "is_http": is_http,
        "shown": clock.shown,
    }
    page = await datasette.render_template("article.html", context, request=request)
    return Response.html(page, headers={"content-security-policy": _POLICY})


def page_of(datasette: Datasette, url: str) -> str:
    """Return the URL of the page of the article at *url*."""
    return f"{datasette.urls.path('/-/article')}?{urlencode({'url': url})}"


def _load(store: Store, url: str) -> tuple[list[Article], list[Article]]:
    """Return the revisions of an article, and its near-duplicates."""
    history = store.history(url)
    alike = store.near_duplicates(url) if history else []
    return history, [other for other in alike if other.id != history[-1].id]


def _facts(article: Article) -> list[tuple[str, str]]:
    """Return the non-empty fields of *article* with their labels."""
    facts = (
        ("Published", article.published_at and clock.shown(article.published_at)),
        ("Modified", article.modified_at and clock.shown(article.modified_at)),
        ("Byline", article.byline),
        ("Authors", ", ".join(article.authors)),
        ("Agency", article.agency),
        ("Site", article.site),
        ("Section", article.section),
        ("Tags", ", ".join(article.tags)),
        ("Kind", article.kind.value),
        ("Fetched", article.fetched_at and clock.shown(article.fetched_at)),
        ("Found taken down", article.gone_at and clock.shown(article.gone_at)),
        ("Raw page", article.archive),
    )
    return [(name, value) for name, value in facts if value]


def _runs(blocks: Sequence[Block]) -> list[tuple[str, list[Block]]]:
    """Return runs of list items, and other blocks alone, with their kinds."""
    numbered = groupby(
        enumerate(blocks),
        lambda pair: -1 if pair[1].kind is BlockKind.LIST_ITEM else pair[0],
    )
    runs = [[block for _, block in run] for _, run in numbered]
    return [(run[0].kind.value, run) for run in runs]


def _revisions(history: Sequence[Article]) -> list[Revision]:
    """Return all revisions, newest first, or none if there is only one."""
    if len(history) == 1:
        return []
    steps = zip(history, steps_of(history), strict=True)
    made = [Revision(article, changes) for article, changes in steps]
    return made[::-1]


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
