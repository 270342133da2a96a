"""What differs between databases; the rest of this package is the same SQL for all.

Each database has a module with the functions of :class:`Database`:
:mod:`scraper.storage.sqlite` and :mod:`scraper.storage.postgresql`.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import contextmanager
from functools import wraps
from inspect import isfunction
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from scraper.clock import monotonic
from scraper.errors import StorageError
from scraper.storage import postgresql, sqlite
from scraper.storage.tables import WRITES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import sqlalchemy as sa

    from scraper.storage.finding import Term
    from scraper.storage.store import Sessions

    P = ParamSpec("P")
    R = TypeVar("R")
    C = TypeVar("C", bound=type)


PATIENCE = 120.0
"""Seconds that a server may be away: it restarts within them."""
_PAUSE = 0.5
_logger = logging.getLogger(__name__)


class StoreLostError(StorageError):
    """The connection to the store broke; the statement under way may have taken effect."""


class StoreMovedError(StorageError):
    """The store that was opened is no longer at its location."""


class DamagedStoreError(StorageError):
    """The pages of the store's file are damaged."""


@contextmanager
def storage_errors(name: str) -> Iterator[None]:
    """Convert errors of the database into StorageError about the store *name*."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite's own message quotes what is damaged
        raise DamagedStoreError(f"store {name} {sqlite.IS_DAMAGED}") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        lost = isinstance(error, DBAPIError) and postgresql.is_lost(cause)
        kind = StoreLostError if lost else StorageError
        kind = DamagedStoreError if sqlite.is_damaged(cause) else kind
        raise kind(f"store {name} {_reason(cause)}") from error


def _reason(cause: BaseException) -> str:
    return sqlite.explain(cause) or postgresql.explain(cause) or f"failed: {cause}"


def again(method: Callable[P, R]) -> Callable[P, R]:
    """Return *method*, retried for PATIENCE seconds if the connection is lost.

    The first call may have taken effect, so *method* must be idempotent.
    """

    @wraps(method)
    def patient(*args: P.args, **kwargs: P.kwargs) -> R:
        began = monotonic()
        while True:
            try:
                return method(*args, **kwargs)
            except StoreLostError as error:
                if monotonic() - began > PATIENCE:
                    raise
                _logger.warning("%s; trying again", error)
                time.sleep(_PAUSE)

    return patient


def salvaging(method: Callable[P, R]) -> Callable[P, R]:
    """Return *method*, retried once the store of its object has been salvaged."""

    @wraps(method)
    def undaunted(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except DamagedStoreError:
            sessions: Sessions = args[0]._transaction  # type: ignore[attr-defined]
            if not sessions.salvage():
                raise
            return method(*args, **kwargs)

    return undaunted


def patient(cls: C) -> C:
    """Wrap every public method of *cls* in :func:`again` and :func:`salvaging`."""
    for name, method in list(vars(cls).items()):
        if isfunction(method) and not name.startswith("_") and name != "close":
            setattr(cls, name, salvaging(again(method)))
    return cls


class Database(Protocol):
    """The functions that the module of a database has.

    *BYTEWISE* is its collation that compares bytes, *PLACE* the columns by which a
    database differs from another one with the same content.
    """

    BYTEWISE: str
    PLACE: tuple[sa.ColumnElement[Any], ...]

    def create_engine(self, url: sa.URL) -> sa.Engine:
        """Return an engine whose write transactions take turns."""

    def prepare(self, engine: sa.Engine) -> None:
        """Set the database up for the tables that come next."""

    def create_tables(self, connection: sa.Connection) -> None:
        """Create the newest tables in an empty database."""

    def mark(self, connection: sa.Connection, token: str) -> None:
        """Write a part of *token* outside the tables, if the database has a place for it."""

    def flush(self, engine: sa.Engine) -> None:
        """Write what a log holds of a new store into its file."""

    def hold_still(self, connection: sa.Connection) -> None:
        """Fix the snapshot that the transaction just begun sees."""

    def count_on(self, connection: sa.Connection) -> None:
        """Continue the numbers of rows after those that were copied in."""

    def insert_texts(
        self, connection: sa.Connection, rows: list[dict[str, Any]]
    ) -> None:
        """Insert rows of ``stored_texts`` and index their folded words."""

    def catch_up(self, connection: sa.Connection) -> None:
        """Update the full-text index for texts that other programs changed or deleted."""

    def last_taken(
        self, connection: sa.Connection, firsts: Iterable[int], slots: int
    ) -> dict[int, int]:
        """Return the highest recency within *slots* from each of *firsts*, if any."""

    def listed(self, numbers: Iterable[int]) -> sa.Select[tuple[int]]:
        """Return a select of *numbers*: more of them than a statement takes parameters."""

    def insert_keys(
        self, connection: sa.Connection, rows: list[tuple[int, int]]
    ) -> None:
        """Insert *rows* of ``sketch_keys``.

        Some may exist: those of a forgotten article whose position is used again.
        """

    def matching(
        self, terms: Sequence[Term], *, limit: int, most: int, site: str | None = None
    ) -> sa.Select[Any]:
        """Return the select of what holds all *terms*, newest first, then by rank.

        The newest *most* hits, to the minute, are ranked, *limit* are returned; only
        those of *site* if one is given.
        """


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection in a write transaction, which is committed at the end."""
    options = {WRITES: True}
    with (
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection


_BY_NAME: dict[str, Database] = {"sqlite": sqlite, "postgresql": postgresql}


def database_of(bind: sa.Engine | sa.Connection) -> Database:
    """Return the functions for the database behind *bind*."""
    return _BY_NAME[bind.dialect.name]


def database_at(url: sa.URL) -> Database:
    """Return the functions for the database that *url* names."""
    return _BY_NAME[url.get_backend_name()]


@contextmanager
def engine_at(url: sa.URL) -> Iterator[sa.Engine]:
    """Yield an engine for the database at *url*, disposed of at the end."""
    engine = database_at(url).create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
