"""What differs between databases; the rest of this room is the same SQL for all.

A module a database has these functions: :mod:`scraper.storage.sqlite` and
:mod:`scraper.storage.postgresql`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from scraper.storage import postgresql, sqlite
from scraper.storage.tables import WRITES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import sqlalchemy as sa

    from scraper.storage.words import Term


class Database(Protocol):
    """The functions of such a module.

    *BYTEWISE* is its collation that compares bytes, *PLACE* the columns that tell a
    database from another one with the same content.
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
        """Write a part of *token* where the database keeps it beside its tables."""

    def flush(self, engine: sa.Engine) -> None:
        """Write what a log holds of a new store into its file."""

    def hold_still(self, connection: sa.Connection) -> None:
        """Let a transaction that begins see the store as it is now, to its end."""

    def count_on(self, connection: sa.Connection) -> None:
        """Let new rows be numbered from those on that were copied in."""

    def insert_texts(
        self, connection: sa.Connection, rows: list[dict[str, Any]]
    ) -> None:
        """Insert rows of ``stored_texts`` and make them found by their folded words."""

    def catch_up(self, connection: sa.Connection) -> None:
        """Let the index hold the words of the texts that are there, whoever changed them."""

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

        Some may be there: of an article that was forgotten, whose position is given again.
        """

    def matching(
        self, terms: Sequence[Term], *, limit: int, most: int, site: str | None = None
    ) -> sa.Select[Any]:
        """Return the select of what holds all *terms*, newest first, then by rank.

        The newest *most* of the hits, to the minute, are looked at, *limit* are returned;
        only those of *site* where one is given.
        """


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Yield a connection whose transaction takes its turn to write, committed at the end."""
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
