"""A damaged store: what can be read of it goes into a new file; the old one stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.errors import StorageError
from scraper.storage import sqlite, wal
from scraper.storage.backups import scratch_beside, url_of
from scraper.storage.failures import storage_errors
from scraper.storage.location import locate
from scraper.storage.opening import open_store
from scraper.storage.rows import STORED, UNREADABLE, to_article
from scraper.storage.tables import WRITES, articles, metadata, stored_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_AT_ONCE = 1000
"""Rows that are read in one go; where a page is damaged, half as many, down to one."""
_LEAST_ROW = 40
"""Bytes: no row takes less, which bounds their number where the file does not say it."""
_Span = tuple[int, int]
_UNREADABLE = "NOT (json_valid(blocks) AND json_valid(fields))"
_CHECK_INDEX = "INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')"
_INDEXED = "SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT recency FROM stale_texts)"
_SEARCHED = (
    "SELECT recency FROM stored_texts"
    " WHERE recency NOT IN (SELECT recency FROM stale_texts)"
)
_ODD = (
    (
        f"SELECT count(*) FROM stored_details WHERE {_UNREADABLE}",  # noqa: S608
        "{} articles of it cannot be read",
    ),
    (
        f"SELECT count(*) FROM ({_SEARCHED} EXCEPT {_INDEXED})",  # noqa: S608
        "{} articles are not in its index of words",
    ),
    (
        f"SELECT count(*) FROM ({_INDEXED} EXCEPT {_SEARCHED})",  # noqa: S608
        "its index of words holds {} articles that are gone",
    ),
)
"""What is counted, and what is said where there is any; the numbers of what is searched
are compared with those in the index."""
_SIDE_FILES = ("-wal", "-shm")
_NOTHING_LEFT = (
    "is no database any more: put a copy back with `tinsach store restore`, or begin a new"
    " one and read the archive into it with `tinsach crawl SPIDER --replay ARCHIVE`"
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """*articles* are in the new store, *lost* rows could not be read; *aside* is the old.

    An article counts as lost with each of its rows.
    """

    articles: int
    lost: int
    aside: Path


def find_damage(url: str | None) -> str:
    """Return what is wrong with the file of the store at *url*, "" where it is sound.

    Reads all of it, and compares the index of words with the texts there are. Raises
    StorageError for what is locked or no store. A server looks after its files itself.
    """
    location = locate(url)
    if location.file is None:
        return ""
    with storage_errors(location.name):
        if damage := wal.check(location.file):  # opening the file would drop it
            return str(damage)
        engine = sqlite.create_engine(location.url)
        try:
            with engine.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)")
                said = str(found.scalar_one())
                return _odd(connection) if said == "ok" else " ".join(said.split())
        except sa.exc.DatabaseError as error:
            if "SQLITE_CORRUPT" not in getattr(error.orig, "sqlite_errorname", ""):
                raise
            return "pages of it, or of its index of words, cannot be read"
        finally:
            engine.dispose()


def _odd(connection: sa.Connection) -> str:
    """Return what is wrong in a file whose pages are sound, "" where nothing is."""
    connection.exec_driver_sql(_CHECK_INDEX)
    for select, said in _ODD:
        if count := connection.exec_driver_sql(select).scalar_one():
            return said.format(count)
    return ""


def repair(url: str | None) -> Repaired:
    """Put what can be read of the store at *url* into a new one in its place.

    The damaged file gets the time into its name and stays beside it. An article whose
    text is lost is left out whole: the next crawl, or a replay of the archive, brings it
    again. Nobody else may use the store meanwhile. Raises StorageError where nothing can
    be read, or written.
    """
    location = locate(url)
    path = location.path
    with storage_errors(location.name), scratch_beside(path) as scratch:
        open_store(url_of(scratch)).close()
        lost = _copy(path, scratch)
        count, removed = _tidy(scratch)
        aside = _set_aside(path)
        scratch.replace(path)
    return Repaired(count, lost + removed, aside)


def _copy(damaged: Path, new: Path) -> int:
    """Copy every table that is no index; return how many rows could not be read."""
    with (
        closing(sqlite3.connect(f"{damaged.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(new)) as target,
    ):
        # Else a file that is shorter than its header says is not read at all.
        source.execute("PRAGMA writable_schema = ON")
        try:
            there = {name for (name,) in source.execute(_TABLES)}
        except sqlite3.DatabaseError as error:
            raise StorageError(f"store {damaged} {_NOTHING_LEFT}") from error
        most = damaged.stat().st_size // _LEAST_ROW
        tables = [t for t in metadata.sorted_tables if t.name in there]
        lost = sum(_copy_table(source, target, table, most) for table in tables)
        target.commit()
    return lost


_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"


def _copy_table(
    source: sqlite3.Connection, target: sqlite3.Connection, table: sa.Table, most: int
) -> int:
    name = table.name
    columns = _columns(source, name) & _columns(target, name)
    listed = ", ".join(f'"{column}"' for column in sorted(columns))
    marks = ", ".join("?" for _ in columns)
    insert = f"INSERT OR IGNORE INTO {name} ({listed}) VALUES ({marks})"  # noqa: S608
    number = "rowid" if _has_rowid(table) else "0"
    select = f"SELECT {number}, {listed} FROM {name}"  # noqa: S608  names of our own tables
    lost = 0
    bounds = _bounds(source, name, most) if _has_rowid(table) else None
    spans: list[_Span | None] = [None]
    if _has_rowid(table):
        spans = _spans(bounds or (1, most))
    for rows in _iter_rows(source, select, spans, sure=bounds is not None):
        if rows is None:
            lost += 1
        else:
            target.executemany(insert, [row[1:] for row in rows])
    return lost


def _iter_rows(
    source: sqlite3.Connection, select: str, spans: list[_Span | None], *, sure: bool
) -> Iterator[list[tuple[Any, ...]] | None]:
    """Yield the rows of each of *spans*, None for what stands on a damaged page.

    A span is halved until it can be read or holds one row; None is the whole table. Where
    a page is damaged in part, a span may end early without a word: what did not come of
    it is asked for again, but for empty spans where nobody is *sure* of any row.
    """
    while spans:
        span = spans.pop()
        where = " WHERE rowid BETWEEN ? AND ?" if span else ""
        try:
            rows = source.execute(select + where, span or ()).fetchall()
        except sqlite3.DatabaseError:
            if span is None or span[0] == span[1]:
                yield None
            else:
                spans += _halves(span)
        else:
            yield rows
            if span is not None and (rows or sure):
                spans += _gaps(span, [row[0] for row in rows])


def _gaps(span: _Span, numbers: Iterable[int]) -> list[_Span]:
    """Return the parts of *span* between *numbers*, in halves where there are none.

    Damaged rows may have any numbers, in any order.
    """
    inside = sorted({number for number in numbers if span[0] <= number <= span[1]})
    if not inside:
        return _halves(span) if span[0] < span[1] else []
    edges = [span[0] - 1, *inside, span[1] + 1]
    return [(a + 1, b - 1) for a, b in pairwise(edges) if a + 1 < b]


def _halves(span: _Span) -> list[_Span]:
    middle = sum(span) // 2
    return [(middle + 1, span[1]), (span[0], middle)]


def _spans(bounds: _Span) -> list[_Span | None]:
    """Return the numbers of all rows by the thousand, the first ones last."""
    first, last = bounds
    starts = range(first, last + 1, _AT_ONCE)
    return [(at, min(at + _AT_ONCE - 1, last)) for at in reversed(starts)]


def _has_rowid(table: sa.Table) -> bool:
    return bool(table.dialect_options["sqlite"]["with_rowid"])


def _bounds(source: sqlite3.Connection, name: str, most: int) -> _Span | None:
    """Return the first and the last row's number, None where the file does not say them.

    What is damaged may say any number; rows that were deleted make ten of one at most.
    """
    try:
        found = source.execute(f"SELECT min(rowid), max(rowid) FROM {name}")  # noqa: S608
        first, last = found.fetchone()
    except sqlite3.DatabaseError:
        return None
    if first is None:
        return 1, 0
    return (first, last) if 0 < first <= last < 10 * most else None


def _columns(connection: sqlite3.Connection, name: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}


def _tidy(path: Path) -> tuple[int, int]:
    """Take out what hangs in the air, and index the words.

    Returns how many articles there are, and how many were taken out.
    """
    engine = sqlite.create_engine(locate(url_of(path)).url)
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection:
            copied = _count(connection)
            whole = list(_iter_whole(connection))
            is_whole = articles.c.position.in_(sqlite.listed(whole))
            connection.execute(sa.delete(articles).where(~is_whole))
            for table, rowid, *_ in connection.exec_driver_sql(
                "PRAGMA foreign_key_check"
            ).all():
                connection.exec_driver_sql(
                    f"DELETE FROM {table} WHERE rowid = ?",  # noqa: S608
                    (rowid,),
                )
            sqlite.index_all(connection)
            connection.commit()
            count = _count(connection)
            return count, copied - count
    finally:
        engine.dispose()


def _count(connection: sa.Connection) -> int:
    count = sa.select(sa.func.count()).select_from(articles)
    return int(connection.execute(count).scalar_one())


def _iter_whole(connection: sa.Connection) -> Iterator[int]:
    """Yield the positions of the articles that can be read."""
    select = sa.select(articles.c.position, *STORED).select_from(stored_article)
    rows = connection.execute(select.execution_options(yield_per=_AT_ONCE))
    for row in rows.mappings():
        with suppress(*UNREADABLE):
            to_article(row)
            yield row["position"]


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    for side in _SIDE_FILES:
        side_file = path.with_name(path.name + side)
        if side_file.exists():
            side_file.replace(aside.with_name(aside.name + side))
    path.replace(aside)
    return aside
