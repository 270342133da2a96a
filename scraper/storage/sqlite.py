"""Everything that only SQLite does: pragmas, write locks, FTS5, its error codes.

Another database brings a module with the same functions; all other SQL of this room
is portable.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.clock import monotonic
from scraper.storage.tables import articles, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.storage.words import Term

BUSY_SECONDS = 30.0
WRITES = "tinsach_writes"
"""Execution option of a connection whose transactions take the write lock at once."""

_ADD = """INSERT INTO articles_fts(rowid, title_folded, text_folded)
    VALUES (new.position, new.title_folded, new.text_folded);"""
_TAKE_OUT = """INSERT INTO articles_fts(articles_fts, rowid, title_folded, text_folded)
    VALUES ('delete', old.position, old.title_folded, old.text_folded);"""
CREATE_FULL_TEXT = (
    # The words are folded and split already: the ascii tokenizer leaves them so.
    """CREATE VIRTUAL TABLE articles_fts USING fts5(
    title_folded, text_folded,
    content='texts', content_rowid='position', tokenize='ascii')""",
    f"""CREATE TRIGGER articles_fts_insert
    AFTER INSERT ON texts
    BEGIN {_ADD} END""",
    f"""CREATE TRIGGER articles_fts_delete
    AFTER DELETE ON texts
    BEGIN {_TAKE_OUT} END""",
    f"""CREATE TRIGGER articles_fts_update
    AFTER UPDATE OF title_folded, text_folded ON texts
    BEGIN {_TAKE_OUT} {_ADD} END""",
)

_LARGEST = 2**63 - 1
_FTS = sa.table("articles_fts", sa.column("rowid"), sa.column("rank"))

_FAILURES = {
    "SQLITE_BUSY": "is locked by another process: stop that process, or try again"
    " when it is done",
    "SQLITE_LOCKED": "is locked by another connection of this process",
    "SQLITE_READONLY": "cannot be written, it is read-only: make the file and its"
    " folder writable, or choose another store",
    "SQLITE_CANTOPEN": "cannot be opened: check that its folder exists and that both"
    " may be read and written",
    "SQLITE_NOTADB": "is not a SQLite database: choose another file, or move this one"
    " away",
    "SQLITE_CORRUPT": "is damaged: restore a copy, or save what is left with"
    " `sqlite3 FILE .recover`",
    "SQLITE_FULL": "could not be written, the disk is full: free some space; what was"
    " stored before is safe",
    "SQLITE_IOERR": "could not be read or written, the disk failed or is full: free"
    " some space or check the disk; what was stored before is safe",
}


def explain(error: BaseException) -> str | None:
    """Return what befell the store and what to do; None where the code is not known."""
    name = getattr(error, "sqlite_errorname", "") or ""
    code = "_".join(name.split("_")[:2])
    return _FAILURES.get(code)


def create_engine(url: sa.URL) -> sa.Engine:
    """Return an engine for *url*; its transactions begin when SQLAlchemy says so.

    ``timeout=`` in the URL is the number of seconds to wait for a lock (30).
    """
    timeout = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=timeout)
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins too late for reads and DDL
    connection.execute("PRAGMA foreign_keys = ON")
    # With WAL this survives the end of the process; only a power cut can take the
    # last transactions, and none in half.
    connection.execute("PRAGMA synchronous = NORMAL")


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def use_wal(engine: sa.Engine) -> None:
    """Let readers go on while one process writes; a read-only store stays as it is."""
    with engine.connect() as pooled:
        driver: Any = pooled.connection.driver_connection
        if driver.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        try:
            _switch_to_wal(driver)
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_READONLY"):
                raise


def _switch_to_wal(driver: sqlite3.Connection) -> None:
    """Switch, and wait for others as they do: this pragma ignores the busy time-out."""
    wait = driver.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    deadline = monotonic() + wait
    while True:
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def matching(terms: Sequence[Term], *, limit: int) -> sa.Select[tuple[str]]:
    """Return the select of the records that hold all *terms*, newest first."""
    expression = " ".join('"' + " ".join(term) + '"' for term in terms)
    newest = (
        sa.select(articles.c.position, articles.c.published_at, _FTS.c.rank)
        .join(_FTS, _FTS.c.rowid == articles.c.position)
        .where(sa.text("articles_fts MATCH :expression"))
        .params(expression=expression)
        .order_by(articles.c.published_at.desc().nulls_last(), _FTS.c.rank)
        .limit(min(limit, _LARGEST))
        .subquery()
    )
    return (
        sa.select(texts.c.record)
        .join(newest, newest.c.position == texts.c.position)
        .order_by(newest.c.published_at.desc().nulls_last(), newest.c.rank)
    )
