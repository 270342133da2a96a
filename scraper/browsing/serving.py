"""Datasette over the store: put together, and served until a signal comes."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.browsing.guard import Guard
from scraper.errors import ConfigurationError
from scraper.storage import open_read_only
from scraper.storage.location import locate
from scraper.storage.viewing import VIEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasette.app import Datasette

    from scraper.storage import Store

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
    from scraper.browsing.server import Server

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

    from scraper.browsing import plugin
    from scraper.browsing.database import NAME, StoreDatabase

    rich.reconfigure(quiet=True)  # Datasette prints a traceback for each page not found
    pm.register(plugin)
    made = Datasette(
        metadata={"databases": {NAME: {"tables": {VIEW: _ARTICLES}}}},
        settings=_SETTINGS,
        template_dir=str(Path(__file__).with_name("templates")),
    )
    made.remove_database("_memory")
    made.add_database(StoreDatabase(made, url, store), name=NAME)
    return made
