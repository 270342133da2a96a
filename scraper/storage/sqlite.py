"""What only SQLite does: pragmas, write locks, FTS5, its error codes."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa

from scraper.clock import monotonic
from scraper.storage import views
from scraper.storage.rows import STORED, to_words
from scraper.storage.tables import (
    BATCH,
    WRITES,
    articles,
    metadata,
    sketch_keys,
    stored_article,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.storage.finding import Term

    _Id = tuple[int, int]

BYTEWISE = "BINARY"
PLACE: tuple[sa.ColumnElement[Any], ...] = ()
"""None: device and inode identify its files, see :class:`Files`."""
BUSY_SECONDS = 30.0

_PAGE_SIZE = 16384
"""Bytes. A text of 3 kB leaves a third of SQLite's pages of 4096 empty, see
docs/choices.md."""
_LOG_PAGES = 256
"""Pages of the log before a checkpoint: 4 MiB, SQLite's default."""
_MOST_LOG = 2 * _LOG_PAGES * _PAGE_SIZE
"""Bytes of the log's file that a checkpoint leaves: a merge of the index takes 34 MB."""

_CREATE_FULL_TEXT = (
    # Words are already folded and split: the ascii tokenizer leaves them unchanged. They
    # are not stored beside the texts. The first column costs nothing in the index, the
    # second two bytes for each of its words.
    """CREATE VIRTUAL TABLE articles_fts USING fts5(
    text_folded, title_folded, content='', tokenize='ascii')""",
    # Sixteen segments are merged at once instead of four: an article is rewritten half as
    # often, and a query reads a few more segments.
    "INSERT INTO articles_fts(articles_fts, rank) VALUES ('automerge', 16)",
    # Only we can fold the words of a deleted text, which waits here for catch_up().
    """CREATE TABLE stale_texts (
    recency INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL)""",
    """CREATE TRIGGER stored_texts_delete AFTER DELETE ON stored_texts BEGIN
    INSERT OR IGNORE INTO stale_texts VALUES (old.recency, old.title, old.text); END""",
    """CREATE TRIGGER stored_texts_update
    AFTER UPDATE OF recency, title, text ON stored_texts BEGIN
    INSERT OR IGNORE INTO stale_texts VALUES (old.recency, old.title, old.text); END""",
)

_INDEX = sa.text(
    "INSERT INTO articles_fts(rowid, text_folded, title_folded)"
    " VALUES (:recency, :text_folded, :title_folded)"
)
_UNINDEX = sa.text(
    "INSERT INTO articles_fts(articles_fts, rowid, text_folded, title_folded)"
    " VALUES ('delete', :recency, :text_folded, :title_folded)"
)
_STALE = sa.table("stale_texts", *map(sa.column, ("recency", "title", "text")))
_STALE_FIRST = sa.select(_STALE).order_by(_STALE.c.recency).limit(BATCH)
_STALE_NUMBERS = sa.select(_STALE.c.recency)
_SEARCHED = sa.select(texts.c.recency, texts.c.title, texts.c.text)
# One row, because each row takes Python's interpreter lock.
_LAST_TAKEN = sa.text(
    "SELECT json_group_object(value, (SELECT max(recency) FROM stored_texts"
    " WHERE recency >= value AND recency < value + :slots)) FROM json_each(:firsts)"
)
_LARGEST = 2**63 - 1
_FTS = sa.table("articles_fts", sa.column("rowid"), sa.column("rank"))

_DAMAGED = (
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_ROWID",
    "SQLITE_CONSTRAINT_UNIQUE",
)
IS_DAMAGED = "is damaged: `tinsach doctor --repair` saves what can be read of it; or restore a copy"
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
    "SQLITE_CORRUPT": IS_DAMAGED,
    "SQLITE_FULL": "could not be written, the disk is full: free some space; what was"
    " stored before is safe",
    "SQLITE_IOERR": "could not be read or written, the disk failed, is full or became"
    " read-only: free some space or check the disk; what was stored before is safe",
}


def explain(error: BaseException) -> str | None:
    """Return what is wrong and what to do; None if the code is unknown."""
    code = "_".join(_name(error).split("_")[:2])
    return _FAILURES.get(code) or (IS_DAMAGED if is_damaged(error) else None)


def is_damaged(error: BaseException) -> bool:
    """Return True if *error* says that the file is not what SQLite wrote.

    Our statements violate no key unless rows and indexes contradict each other.
    """
    return _name(error).startswith(_DAMAGED)


def _name(error: BaseException) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


def is_damage(error: BaseException | None) -> bool:
    """Return True if *error* says that a file is damaged, or has no tables of ours."""
    name = getattr(getattr(error, "orig", error), "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"))


def create_engine(url: sa.URL) -> sa.Engine:
    """Return an engine for *url*; its transactions begin when SQLAlchemy says so.

    ``timeout=`` in the URL is the number of seconds to wait for a lock (30).
    """
    timeout = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=timeout)
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def read_any_text(connection: sqlite3.Connection) -> None:
    """Replace bytes that are not UTF-8 when a text is read, instead of failing."""
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    read_any_text(connection)
    connection.isolation_level = None  # the driver begins too late for reads and DDL
    connection.execute("PRAGMA foreign_keys = ON")
    # With WAL, transactions survive the end of the process; only a power cut can lose the
    # last ones, each as a whole.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {_MOST_LOG}")
    # Some builds write zeros over all that is deleted: a seventh of what merging the
    # index costs. FAST does so only if the page is written anyway.
    connection.execute("PRAGMA secure_delete = FAST")


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def prepare(engine: sa.Engine) -> None:
    """Let readers and a writer work at once; a read-only store stays unchanged."""
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
    """Switch, and wait for other processes: this pragma ignores the busy time-out."""
    wait = driver.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    deadline = monotonic() + wait
    while True:
        try:
            driver.execute(f"PRAGMA page_size = {_PAGE_SIZE}")  # of a new file
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def mark(connection: sa.Connection, token: str) -> None:
    """Write a part of *token* into the header: 31 bits of it, and no zero."""
    number = int(token[:8], 16) >> 1 or 1
    connection.exec_driver_sql(f"PRAGMA application_id = {number}")


def mark_of(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())


def flush(engine: sa.Engine) -> None:
    """Write the log of a new store into its file, above all the mark."""
    with engine.connect() as pooled:
        driver: Any = pooled.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def hold_still(_connection: sa.Connection) -> None:
    """Do nothing: every transaction sees one snapshot."""


def count_on(_connection: sa.Connection) -> None:
    """Do nothing: the next row is numbered after the last one."""


def create_tables(connection: sa.Connection) -> None:
    """Create the newest tables in an empty database."""
    metadata.create_all(connection, checkfirst=False)
    for statement in (*_CREATE_FULL_TEXT, *views.SQLITE):
        connection.exec_driver_sql(statement)


def insert_texts(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Insert rows of ``stored_texts`` and index their words."""
    catch_up(connection)
    connection.execute(sa.insert(texts), rows)
    _change_index(connection, _INDEX, rows)


def catch_up(connection: sa.Connection) -> None:
    """Update the full-text index for texts that other programs changed or deleted."""
    stale = _rows(connection, _STALE_FIRST)
    while stale:
        last = stale[-1]["recency"]
        try:
            _change_index(connection, _UNINDEX, stale)
        except sa.exc.DatabaseError as error:
            if error.orig is None or not is_damaged(error.orig):
                raise
            index_all(connection)  # it holds other words than the damaged text
            return
        is_there = sa.and_(texts.c.recency <= last, texts.c.recency.in_(_STALE_NUMBERS))
        _change_index(connection, _INDEX, _rows(connection, _SEARCHED.where(is_there)))
        connection.execute(sa.delete(_STALE).where(_STALE.c.recency <= last))
        stale = _rows(connection, _STALE_FIRST) if len(stale) == BATCH else []


def index_all(connection: sa.Connection) -> None:
    """Rebuild the full-text index from the texts."""
    connection.exec_driver_sql(
        "INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')"
    )
    connection.execute(sa.delete(_STALE))
    last = -1
    ordered = _SEARCHED.order_by(texts.c.recency).limit(BATCH)
    while rows := _rows(connection, ordered.where(texts.c.recency > last)):
        _change_index(connection, _INDEX, rows)
        last = rows[-1]["recency"]


def _rows(connection: sa.Connection, select: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select).mappings()]


def _change_index(
    connection: sa.Connection, statement: sa.TextClause, rows: list[dict[str, Any]]
) -> None:
    """Run *statement* for the words of each row, in the order of recency, which is fast."""
    in_order = sorted(rows, key=itemgetter("recency"))
    if in_order:
        words = [{"recency": row["recency"]} | to_words(row) for row in in_order]
        connection.execute(statement, words)


def last_taken(
    connection: sa.Connection, firsts: Iterable[int], slots: int
) -> dict[int, int]:
    """Return the highest recency within *slots* from each of *firsts*, if any."""
    values = {"firsts": json.dumps(list(firsts)), "slots": slots}
    found = json.loads(connection.execute(_LAST_TAKEN, values).scalar_one())
    return {int(first): last for first, last in found.items() if last is not None}


def listed(numbers: Iterable[int]) -> sa.Select[tuple[int]]:
    """Return a select of *numbers*: more of them than a statement takes parameters."""
    each = sa.func.json_each(json.dumps(list(numbers))).table_valued("value")
    return sa.select(each.c.value)


def insert_keys(connection: sa.Connection, rows: list[tuple[int, int]]) -> None:
    """Insert *rows* of sketch_keys: sixteen an article, so without SQLAlchemy's overhead."""
    if rows:
        insert = f"INSERT OR IGNORE INTO {sketch_keys.name} VALUES (?, ?)"  # noqa: S608
        connection.exec_driver_sql(insert, rows)


def expression(terms: Sequence[Term]) -> str:
    """Return the FTS5 expression for all *terms*; without any it matches nothing."""
    return " ".join('"' + " ".join(term) + '"' for term in terms) or '""'


def matching(
    terms: Sequence[Term], *, limit: int, most: int, site: str | None = None
) -> sa.Select[Any]:
    """Return the select of what holds all *terms*, newest first, then by rank."""
    found = (
        sa.select(_FTS.c.rowid, _FTS.c.rank)
        .where(
            sa.text("articles_fts MATCH :expression"),
            _FTS.c.rowid.not_in(_STALE_NUMBERS),
        )
        .params(expression=expression(terms))
    )
    if site is not None:
        found = (
            found.join_from(_FTS, texts, texts.c.recency == _FTS.c.rowid)
            .join(articles, articles.c.position == texts.c.position)
            .where(articles.c.site == site)
        )
    hits = found.order_by(_FTS.c.rowid.desc()).limit(min(most, _LARGEST)).subquery()
    order = articles.c.published_at.desc().nulls_last(), hits.c.rank
    newest = (
        sa.select(texts.c.position, articles.c.published_at, hits.c.rank)
        .join_from(hits, texts, texts.c.recency == hits.c.rowid)
        .join(articles, articles.c.position == texts.c.position)
        .order_by(*order)
        .limit(min(limit, _LARGEST))
        .subquery()
    )
    return (
        sa.select(*STORED)
        .join_from(newest, stored_article, articles.c.position == newest.c.position)
        .order_by(newest.c.published_at.desc().nulls_last(), newest.c.rank)
    )


class Files:
    """The file of a SQLite store and those beside it, as they were at the opening."""

    def __init__(self, connection: sa.Connection, file: Path) -> None:
        main = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
        self._path = file
        self._id = _id_of(self._path)
        self._beside = (Path(f"{main}-wal"), Path(f"{main}-shm"))
        self._mark = mark_of(connection)
        self._is_marked = False
        self._written: tuple[int, int] | None = None
        self.find_change(connection)

    def find_change(self, connection: sa.Connection) -> str:
        """Return what happened to the files, "" if they are those that were opened."""
        if change := self._find_replacement():
            return change
        for path in self._beside:  # SQLite creates them for the first connection
            now = _id_of(path)
            if change := _change(connection.info.setdefault(path, now), now):
                return f"lost {path}, which {change},"
        try:
            return self._find_overwriting()
        except (OSError, sqlite3.OperationalError):
            if change := self._find_replacement():  # meanwhile
                return change
            raise

    def _find_replacement(self) -> str:
        return _change(self._id, _id_of(self._path))

    def _find_overwriting(self) -> str:
        """Return what is wrong with the header; read if the file was written since.

        A new store's mark may still be in the log alone.
        """
        now = self._path.stat()
        if self._written == (now.st_mtime_ns, now.st_size):
            return ""
        is_marked = _mark_in(self._path) == self._mark
        if self._is_marked and not is_marked:
            return "was overwritten"
        self._is_marked = is_marked
        self._written = now.st_mtime_ns, now.st_size
        return ""


def _change(before: _Id | None, now: _Id | None) -> str:
    if before is None or now == before:
        return ""
    return "was replaced by another file" if now else "was moved or deleted"


def _id_of(path: Path) -> _Id | None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def _mark_in(path: Path) -> int | None:
    """Return the mark in the header of the file at *path*, None if it has no header.

    SQLite reads it, past the log and without locks: closing a file handle of our own would
    release the locks that SQLite holds on it (https://sqlite.org/howtocorrupt.html).
    """
    uri = f"file:{quote(str(path))}?immutable=1&mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as header:
            # Else the file may be shorter than its header says: a checkpoint is under way.
            header.execute("PRAGMA writable_schema = ON")
            return int(header.execute("PRAGMA application_id").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname != "SQLITE_NOTADB":
            raise
        return None
