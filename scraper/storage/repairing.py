"""A damaged store: what can be read of it goes into a new file; the old one stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper import clock
from scraper.errors import StorageError
from scraper.storage import sqlite
from scraper.storage.backups import scratch_beside, url_of
from scraper.storage.failures import storage_errors
from scraper.storage.location import locate
from scraper.storage.opening import open_store
from scraper.storage.tables import WRITES, articles, metadata, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AT_ONCE = 1000
"""Rows that are read in one go; where a page is damaged, half as many, down to one."""
_LEAST_ROW = 40
"""Bytes: no row takes less, which bounds their number where the file does not say it."""
_Span = tuple[int, int]
_SIDE_FILES = ("-wal", "-shm")
_NOTHING_LEFT = (
    "is no database any more: put a copy back with `tinsach store restore`, or begin a new"
    " one and read the archive into it with `tinsach crawl SPIDER --replay ARCHIVE`"
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """*articles* are in the new store, *lost* rows could not be read; *aside* is the old."""

    articles: int
    lost: int
    aside: Path


def find_damage(url: str | None) -> str:
    """Return what is wrong with the file of the store at *url*, "" where it is sound.

    Reads all of it, and compares the words with the index. Raises StorageError for what
    is locked or no store. A server looks after its files itself.
    """
    location = locate(url)
    if location.file is None:
        return ""
    with storage_errors(location.name):
        engine = sqlite.create_engine(location.url)
        try:
            with engine.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)")
                said = str(found.scalar_one())
                if said == "ok":
                    connection.exec_driver_sql(_fts("integrity-check"))
                return "" if said == "ok" else " ".join(said.split())
        except sa.exc.DatabaseError as error:
            if "SQLITE_CORRUPT" not in getattr(error.orig, "sqlite_errorname", ""):
                raise
            return "pages of it, or of its index of words, cannot be read"
        finally:
            engine.dispose()


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
        count = _tidy(scratch)
        aside = _set_aside(path)
        scratch.replace(path)
    return Repaired(count, lost, aside)


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
    select = f"SELECT {listed} FROM {name}"  # noqa: S608  names of our own tables
    lost = 0
    spans = _spans(source, table, most)
    for rows in _iter_rows(source, select, spans):
        if rows is None:
            lost += 1
        else:
            target.executemany(insert, rows)
    return lost


def _iter_rows(
    source: sqlite3.Connection, select: str, spans: list[_Span | None]
) -> Iterator[list[tuple[object, ...]] | None]:
    """Yield the rows of each of *spans*, None for what stands on a damaged page.

    A span is halved until it can be read or holds one row; None is the whole table.
    """
    while spans:
        span = spans.pop()
        where = " WHERE rowid BETWEEN ? AND ?" if span else ""
        try:
            yield source.execute(select + where, span or ()).fetchall()
        except sqlite3.DatabaseError:
            if span is None or span[0] == span[1]:
                yield None
            else:
                middle = sum(span) // 2
                spans += [(middle + 1, span[1]), (span[0], middle)]


def _spans(
    source: sqlite3.Connection, table: sa.Table, most: int
) -> list[_Span | None]:
    """Return the numbers of all rows by the thousand, the first ones last."""
    if not table.dialect_options["sqlite"]["with_rowid"]:
        return [None]
    first, last = _bounds(source, table.name, most)
    starts = range(first, last + 1, _AT_ONCE)
    return [(at, min(at + _AT_ONCE - 1, last)) for at in reversed(starts)]


def _bounds(source: sqlite3.Connection, name: str, most: int) -> tuple[int, int]:
    """Return the first and the last row's number, or what they may be at most."""
    try:
        found = source.execute(f"SELECT min(rowid), max(rowid) FROM {name}")  # noqa: S608
        first, last = found.fetchone()
    except sqlite3.DatabaseError:
        return 1, most
    return (first, last) if first is not None else (1, 0)


def _columns(connection: sqlite3.Connection, name: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}


def _tidy(path: Path) -> int:
    """Take out what hangs in the air, index the words; return the number of articles."""
    engine = sqlite.create_engine(locate(url_of(path)).url)
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            whole = sa.select(texts.c.position)
            connection.execute(
                sa.delete(articles).where(articles.c.position.not_in(whole))
            )
            numbered = sa.update(articles).where(articles.c.change == 0)  # of before
            connection.execute(numbered.values(change=articles.c.position))
            for table, rowid, *_ in connection.exec_driver_sql(
                "PRAGMA foreign_key_check"
            ).all():
                connection.exec_driver_sql(
                    f"DELETE FROM {table} WHERE rowid = ?",  # noqa: S608
                    (rowid,),
                )
            connection.exec_driver_sql(_fts("rebuild"))
            connection.commit()
            count = sa.select(sa.func.count()).select_from(articles)
            return int(connection.execute(count).scalar_one())
    finally:
        engine.dispose()


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    for side in _SIDE_FILES:
        side_file = path.with_name(path.name + side)
        if side_file.exists():
            side_file.replace(aside.with_name(aside.name + side))
    path.replace(aside)
    return aside


def _fts(command: str) -> str:
    return f"INSERT INTO articles_fts(articles_fts) VALUES ('{command}')"  # noqa: S608
