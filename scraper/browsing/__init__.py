"""The store in a web browser, read only: Datasette, with our search and article pages.

This module, with the SQLite connection that Datasette gets, can be imported without the
extra ``browse``; :mod:`scraper.browsing.server` needs it. The view and the functions belong
to the connection; the store is not changed.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.storage.databases import storage_errors
from scraper.storage.finding import parse_query
from scraper.storage.location import locate
from scraper.storage.sqlite import expression, read_any_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    import sqlalchemy as sa


__all__ = ["serve"]


def serve(
    url: str | None, *, host: str, port: int, started: Callable[[str], None]
) -> None:
    """Serve the SQLite store at *url* until SIGINT or SIGTERM, which then have their effect.

    Calls *started* with the URL of the articles. *port* 0 chooses a free one. Raises
    ConfigurationError without Datasette, for a store on a server and if it cannot listen,
    and StorageError as open_read_only() does.
    """
    try:
        from scraper.browsing.server import run
    except ModuleNotFoundError:
        raise ConfigurationError(
            "browse needs Datasette, which is not installed:"
            " pip install 'tinsach[browse]'"
        ) from None
    location = locate(url)
    if location.file is None:
        raise ConfigurationError(
            f"store {location.name} is not an SQLite file, so it cannot be browsed:"
            f" `tinsach store copy {location.name} FILE` makes one"
        )
    run(url, host=host, port=port, started=started)


MOST_SLOW = 10
"""Slow functions in one query. Each takes 0.4 s at most, with the longest values."""
_SLOW = frozenset({"instr", "replace", "like", "glob"})
"""Their time is the product of two lengths."""
_MADE_LONG = re.compile(r"\*|[0-9]{6}")
"""A width or precision that is an argument or may be large: ``%.*c`` took 5 s."""


class SlowCalls:
    """An authorizer that refuses a statement with more than MOST_SLOW slow functions."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> None:
        """Reset the count for another query."""
        self._count = 0

    def __call__(self, action: int, _: object, name: str | None, *_of: object) -> int:
        if action == sqlite3.SQLITE_FUNCTION and name in _SLOW:
            self._count += 1
            if self._count > MOST_SLOW:
                return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK


def replace_slowest(connection: sqlite3.Connection) -> None:
    """Replace the functions of which a single call takes too long.

    SQLite's own trim() takes 13 s for 250 kB. Here texts are Python's: trim() fails for one
    that is not UTF-8.
    """
    for name in ("trim", "ltrim", "rtrim"):
        trim = partial(_trim, left=name != "rtrim", right=name != "ltrim")
        connection.create_function(name, 2, trim, deterministic=True)
    plain = sqlite3.connect(":memory:", check_same_thread=False)
    for name in ("printf", "format"):
        call = partial(_format, plain, name)
        connection.create_function(name, -1, call, deterministic=True)


def _trim(value: object, marks: object, *, left: bool, right: bool) -> str | None:
    if value is None or marks is None:
        return None
    text, known = _text(value), frozenset(_text(marks))
    if left:
        text = text[sum(1 for _ in takewhile(known.__contains__, text)) :]
    if right:
        cut = sum(1 for _ in takewhile(known.__contains__, reversed(text)))
        text = text[: len(text) - cut]
    return text


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _format(plain: sqlite3.Connection, name: str, *values: object) -> Any:  # noqa: ANN401
    """Return the result of SQLite's own function *name* for *values*.

    None, as SQLite returns for a result that is too long, if a width may be large.
    """
    if values and _MADE_LONG.search(_text(values[0])):
        return None
    marks = ", ".join("?" * len(values))
    return plain.execute(f"SELECT {name}({marks})", values).fetchone()[0]


VIEW = "articles"

_DEFINITION = """CREATE TEMP VIEW articles AS SELECT
title,
published_at,
tinsach_day(published_at) AS day,
site,
nullif(section, '') AS section,
kind,
nullif(agency, '') AS agency,
(SELECT group_concat(value, ', ') FROM json_each(
 CASE WHEN json_valid(authors) THEN authors END)) AS authors,
nullif(lead, '') AS lead,
revision,
canonical_url,
id
FROM main.articles"""
"""The columns for a reader, over the store's own view. The day is that of :func:`scraper.clock.zone`."""

MATCHES = """+id IN (SELECT id FROM main.stored_articles WHERE position IN
(SELECT position FROM main.stored_texts WHERE recency IN
(SELECT rowid FROM articles_fts WHERE articles_fts MATCH tinsach_query({words}))))"""
"""The condition that an article of the view has all of the words, as of Store.search().

The plus keeps the order by time: the newest hundred hits of a common word among 50,000
articles come in 30 ms. By position every hit was read and sorted: 2.8 s.
"""


_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 250_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 250,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
}
"""Bytes of one value, of a pattern and of a statement. No function is interrupted before it
returns, and some take the product of two lengths: instr() of such values 0.4 s, of a
megabyte 8 s."""
_HEAP = 256 * 1024 * 1024
"""Bytes that SQLite may take in the process, sorting and caches included."""
MOST_ANSWERED = 64 * 1024 * 1024
"""Bytes of texts and blobs in all rows of one answer."""


class BoundedRows:
    """A row factory: rows of sqlite3.Row, until an answer holds MOST_ANSWERED bytes.

    Raises sqlite3.OperationalError then, which ends the query as a time limit does.
    """

    def __init__(self) -> None:
        self._sizes: WeakKeyDictionary[sqlite3.Cursor, int] = WeakKeyDictionary()

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        size = sum(len(value) for value in row if isinstance(value, str | bytes))
        self._sizes[cursor] = self._sizes.get(cursor, 0) + size
        if self._sizes[cursor] > MOST_ANSWERED:
            raise sqlite3.OperationalError(
                f"the rows hold more than {MOST_ANSWERED >> 20} MiB; select fewer"
            )
        return sqlite3.Row(cursor, row)


class Connection(sqlite3.Connection):
    """*slow* counts the slow functions of a query; call its begin() before each."""

    slow: SlowCalls


def connect(url: str | None = None) -> Connection:
    """Return a connection, for any thread, that reads the store and shows it as the view.

    The memory of a query is bounded; the caller bounds its time. Raises StorageError if
    the store is not a SQLite file or cannot be opened.
    """
    location = locate(url)
    target = location.read_only
    with storage_errors(location.name):
        connection = _connect(target)
        connection.create_function("tinsach_query", 1, _query, deterministic=True)
        day = partial(_day, zone=clock.zone())
        connection.create_function("tinsach_day", 1, day, deterministic=True)
        connection.execute(_DEFINITION)
        connection.execute(f"PRAGMA hard_heap_limit = {_HEAP}")
        replace_slowest(connection)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.slow = SlowCalls()
    connection.set_authorizer(connection.slow)
    return connection


def _query(words: object) -> str:
    return expression(parse_query(str(words)))


def _day(moment: str | None, *, zone: ZoneInfo) -> str | None:
    try:
        return datetime.fromisoformat(moment or "").astimezone(zone).date().isoformat()
    except (OverflowError, TypeError, ValueError):  # NULL, or damaged
        return None


def _connect(url: sa.URL) -> Connection:
    arguments: Any
    arguments, options = url.get_dialect()().create_connect_args(url)
    connection = Connection(*arguments, **options)
    read_any_text(connection)
    return connection
