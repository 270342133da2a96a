"""What only PostgreSQL does: its locks, its full-text index, its error codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from scraper.errors import StorageError
from scraper.storage import views
from scraper.storage.rows import STORED, to_words
from scraper.storage.tables import (
    WRITES,
    articles,
    frontier,
    metadata,
    models,
    runs,
    sketch_keys,
    stored_article,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.storage.finding import Term

BYTEWISE = "C"
PLACE: tuple[sa.ColumnElement[Any], ...] = (
    sa.literal_column(
        "(SELECT oid FROM pg_database WHERE datname = current_database())"
    ),
    # As a function: '…'::regclass would be looked up once a connection.
    sa.literal_column("CAST(to_regclass('stored_runs') AS oid)"),
)
"""A database, or a table, that was dropped and restored has another OID."""
_PATIENCE = 10
"""Seconds that making a connection may take."""
_OPTIONS = "-c timezone=UTC -c lock_timeout=30s -c client_min_messages=warning"
_TAKE_TURNS = sa.text("SELECT pg_advisory_xact_lock(7463121)")
"""One transaction writes at a time, as in SQLite: it assigns positions and numbers."""

_CREATE_FULL_TEXT = (
    "ALTER TABLE stored_texts ADD COLUMN words tsvector NOT NULL",
    "CREATE INDEX stored_texts_words ON stored_texts USING gin (words)",
)
_LONGEST_WORD = 500
_MOST_BYTES = 1_000_000
"""PostgreSQL accepts words of 2 kB, and little more than this many bytes of them in a
text; the rest is not indexed."""
_SHORTER_IS_BETTER = 1
_LARGEST = 2**63 - 1

_texts = sa.table(
    texts.name, *(sa.column(c.name, c.type) for c in texts.c), sa.column("words")
)
_INSERT_TEXT = sa.insert(_texts).values(
    {column.name: sa.bindparam(column.name) for column in texts.c}
    | {"words": sa.cast(sa.bindparam("words"), TSVECTOR)}
)
_LAST_TAKEN = sa.text(
    "SELECT first, (SELECT max(recency) FROM stored_texts"
    " WHERE recency >= first AND recency < first + :slots)"
    " FROM unnest(CAST(:firsts AS bigint[])) AS first"
)

_FAILURES = {
    "08": "was lost on the way: is the server running?",
    "57": "was shut down by its server: try again when it is back",
    "42P01": "has lost its tables: was it dropped, or is it being restored?",
    "42501": "may not be written by this user: grant it the rights on the database",
    "25006": "cannot be written, it is read-only: name the primary server",
    "53100": "could not be written, the disk is full: free some space; what was stored"
    " before is safe",
    "53300": "has too many connections: allow more of them, or run fewer crawls",
    "55P03": "is locked by another process: stop that process, or try again when it is"
    " done",
    "XX": "is damaged: restore a copy",
}
_LOST = ("08", "57")


def explain(error: BaseException) -> str | None:
    """Return what is wrong and what to do; None if the code is unknown."""
    code = _state(error)
    if code is None:
        return _unreachable(error) if is_lost(error) else None
    return _FAILURES.get(code) or _FAILURES.get(code[:2])


def is_lost(error: BaseException) -> bool:
    """Return True if a connection broke, or could not be made."""
    if not type(error).__module__.startswith("psycopg"):
        return False
    code = _state(error)
    return code[:2] in _LOST if code else type(error).__name__ == "OperationalError"


def _unreachable(error: BaseException) -> str:
    """Return libpq's own message, which has no code, from the server's last line."""
    said = " ".join(str(error).split()).rpartition("FATAL: ")[2].strip()
    return f"cannot be reached ({said}): are server, database, user and password right?"


def _state(error: BaseException) -> str | None:
    state: str | None = getattr(error, "sqlstate", None)
    return state


def create_engine(url: sa.URL) -> sa.Engine:
    """Return an engine for *url*; a connection is tried before each transaction.

    Raises StorageError if the driver is not installed.
    """
    try:
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={
                "options": _OPTIONS,
                "connect_timeout": _PATIENCE,
                "application_name": "tinsach",
            },
        )
    except ImportError:
        raise StorageError(
            "a PostgreSQL store needs a driver that is not installed:"
            " pip install 'tinsach[postgres]'"
        ) from None
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        connection.execute(_TAKE_TURNS)


def prepare(_engine: sa.Engine) -> None:
    """Do nothing: readers do not block writers."""


def mark(_connection: sa.Connection, _token: str) -> None:
    """Do nothing: a server keeps databases apart."""


def flush(_engine: sa.Engine) -> None:
    """Do nothing: the server does so."""


def hold_still(connection: sa.Connection) -> None:
    """Fix the snapshot that the transaction just begun sees."""
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def count_on(connection: sa.Connection) -> None:
    """Continue the sequences after the rows that were copied in."""
    for table in (articles, frontier, models, runs):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'position'),"  # noqa: S608
            f" coalesce(max(position), 0) + 1, false) FROM {table.name}"
        )


def create_tables(connection: sa.Connection) -> None:
    """Create the newest tables in an empty database."""
    metadata.create_all(connection, checkfirst=False)
    for statement in (*_CREATE_FULL_TEXT, *views.POSTGRESQL):
        connection.exec_driver_sql(statement)


def insert_texts(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Insert rows of ``stored_texts`` with their folded words."""
    connection.execute(_INSERT_TEXT, [row | {"words": _vector(row)} for row in rows])


def catch_up(_connection: sa.Connection) -> None:
    """Do nothing: the words of a text are in its row, and deleted with it."""


def _vector(row: dict[str, Any]) -> str:
    """Return the words of title and text, a position apart, in tsvector syntax."""
    folded = to_words(row)
    title, text = (folded[name].split(" ") for name in ("title_folded", "text_folded"))
    words = [*title, "", *text]
    places: dict[str, list[str]] = {}
    left = _MOST_BYTES
    for place, word in enumerate(words, 1):
        left -= len(word.encode()) + len(str(place)) + 2
        if left < 0:
            break
        if word:
            places.setdefault(word[:_LONGEST_WORD], []).append(str(place))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


def last_taken(
    connection: sa.Connection, firsts: Iterable[int], slots: int
) -> dict[int, int]:
    """Return the highest recency within *slots* from each of *firsts*, if any."""
    rows = connection.execute(_LAST_TAKEN, {"firsts": list(firsts), "slots": slots})
    return {first: last for first, last in rows if last is not None}


def listed(numbers: Iterable[int]) -> sa.Select[tuple[int]]:
    """Return a select of *numbers*, which are one parameter."""
    array = sa.cast(
        sa.literal(list(numbers), ARRAY(sa.BigInteger)), ARRAY(sa.BigInteger)
    )
    return sa.select(sa.func.unnest(array))


def insert_keys(connection: sa.Connection, rows: list[tuple[int, int]]) -> None:
    """Insert *rows* of sketch_keys: sixteen an article, in one statement."""
    if rows:
        keys, positions = zip(*rows, strict=True)
        insert = sa.text(
            f"INSERT INTO {sketch_keys.name} SELECT * FROM"  # noqa: S608
            " unnest(CAST(:keys AS bigint[]), CAST(:positions AS integer[]))"
            " ON CONFLICT DO NOTHING"
        )
        connection.execute(insert, {"keys": list(keys), "positions": list(positions)})


def matching(
    terms: Sequence[Term], *, limit: int, most: int, site: str | None = None
) -> sa.Select[Any]:
    """Return the select of what holds all *terms*, newest first, then by rank."""
    query = sa.cast(" & ".join(map(_phrase, terms)), TSQUERY)
    words = _texts.c.words
    rank = sa.func.ts_rank(words, query, _SHORTER_IS_BETTER)
    found = sa.select(_texts.c.position, rank.label("rank")).where(
        words.op("@@")(query)
    )
    if site is not None:
        found = found.join_from(
            _texts, articles, articles.c.position == _texts.c.position
        ).where(articles.c.site == site)
    hits = found.order_by(_texts.c.recency.desc()).limit(min(most, _LARGEST)).subquery()
    return (
        sa.select(*STORED)
        .join_from(hits, stored_article, articles.c.position == hits.c.position)
        .order_by(
            articles.c.published_at.desc().nulls_last(),
            hits.c.rank.desc(),
            hits.c.position,
        )
        .limit(min(limit, _LARGEST))
    )


def _phrase(term: Term) -> str:
    return "(" + " <-> ".join(f"'{word[:_LONGEST_WORD]}'" for word in term) + ")"
