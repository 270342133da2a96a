"""Copies of a store: made while a crawl writes it, and restored; its tables upgraded."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.errors import JobHeld, StorageError
from scraper.storage import migrate, sqlite
from scraper.storage.databases import database_of, engine_at, storage_errors, writing
from scraper.storage.jobs import refuse_open_runs
from scraper.storage.location import locate, store_url
from scraper.storage.opening import open_store
from scraper.storage.tables import BATCH, metadata, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from scraper.storage.location import Location

    Report = Callable[[str, int], None]


def copy_store(source: str | None, target: str, *, report: Report) -> dict[str, int]:
    """Copy the store at *source* to *target*; return how many rows each table has.

    *target* is empty, or an interrupted copy, which is continued. *report* is called with
    the name of a table and the number of its rows copied so far. Raises StorageError if
    *target* has rows of its own, and if the copy differs from the source.
    """
    open_store(source, create=False).close()
    there, here = locate(source), locate(target)
    if there.url == here.url:
        raise StorageError(f"store {here.name} cannot be copied into itself")
    with ExitStack() as stack:
        stack.enter_context(storage_errors(f"{there.name}, copied to {here.name},"))
        engine = stack.enter_context(_target(here))
        read = stack.enter_context(_snapshot(there))
        counts = {}
        for table in metadata.sorted_tables:
            counts[table.name] = _copy(table, read, engine, report)
        with writing(engine) as connection:
            _compare(read, connection, here.name)
            database_of(connection).count_on(connection)
            migrate.write_version(connection, migrate.HEAD)
    return counts


@contextmanager
def _target(location: Location) -> Iterator[sa.Engine]:
    """Yield an engine for an empty store, or an incomplete copy, marked as such."""
    with engine_at(location.url) as engine:
        if not migrate.is_half_copied(engine):
            open_store(location.url.render_as_string(hide_password=False)).close()
            with writing(engine) as connection:
                _refuse_rows(connection, location.name)
                migrate.write_version(connection, migrate.COPYING)
        yield engine


@contextmanager
def _snapshot(location: Location) -> Iterator[sa.Connection]:
    """Yield a connection that sees the store as it is at this moment."""
    with engine_at(location.url) as engine, engine.begin() as connection:
        database_of(connection).hold_still(connection)
        yield connection


def _refuse_rows(connection: sa.Connection, name: str) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(sa.select(table).limit(1)).first():
            raise StorageError(
                f"store {name} is not empty, {table.name} has rows: name one that is"
            )


def _copy(
    table: sa.Table, read: sa.Connection, engine: sa.Engine, report: Report
) -> int:
    with writing(engine) as connection:
        newest = _in_order(connection, table, down=True).limit(1)
        last = connection.execute(newest).first()
        select = sa.select(sa.func.count()).select_from(table)
        done: int = connection.execute(select).scalar_one()
    with read.execute(_in_order(read, table, after=last)) as result:
        for rows in result.partitions(BATCH):
            with writing(engine) as connection:
                _insert(connection, table, rows)
            done += len(rows)
            report(table.name, done)
    return done


def _in_order(
    connection: sa.Connection,
    table: sa.Table,
    *,
    after: sa.Row[Any] | None = None,
    down: bool = False,
) -> sa.Select[Any]:
    """Return the select of the rows of *table* by their key, byte for byte in any database."""
    bytewise = database_of(connection).BYTEWISE
    keys = [
        column.collate(bytewise) if isinstance(column.type, sa.String) else column
        for column in table.primary_key
    ]
    select = sa.select(table).order_by(*(key.desc() if down else key for key in keys))
    if after is not None:
        last = [getattr(after, column.name) for column in table.primary_key]
        select = select.where(sa.tuple_(*keys) > sa.tuple_(*last))
    return select.execution_options(yield_per=BATCH)


def _insert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[sa.Row[Any]]
) -> None:
    values = [dict(row._mapping) for row in rows]
    if table is texts:
        database_of(connection).insert_texts(connection, values)
    else:
        connection.execute(sa.insert(table), values)


def _compare(source: sa.Connection, copy: sa.Connection, name: str) -> None:
    for table in metadata.sorted_tables:
        if _digest(source, table) != _digest(copy, table):
            raise StorageError(
                f"store {name} differs from its source in {table.name}: the source was"
                " changed since the copy began; remove the copy, and make it again"
            )


def _digest(connection: sa.Connection, table: sa.Table) -> str:
    digest = hashlib.sha256()
    for row in connection.execute(_in_order(connection, table)):
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def back_up(url: str | None, file: Path, *, force: bool = False) -> int:
    """Copy the store at *url* into *file*, as it is at one moment; return its bytes.

    A crawl may write it meanwhile, and does not wait. *file* appears whole or not at all.
    Raises StorageError if it exists, unless *force*, and if there is no store.
    """
    open_store(url, create=False).close()
    location = locate(url)
    if file.exists() and (not force or file.resolve() == location.path.resolve()):
        raise StorageError(_exists(file))
    with storage_errors(str(file)), scratch_beside(file) as scratch:
        with _connect(location.path) as store, _connect(scratch) as copy:
            store.backup(copy)
            # A copy is one file: no second one with the latest pages beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        _renew_identity(scratch)
        _sync(scratch)
        scratch.replace(file)
    return file.stat().st_size


def restore(url: str | None, file: Path, *, force: bool = False) -> str:
    """Put the store that is in *file* at *url*; return the version of its tables.

    An existing store is replaced only with *force*, in one transaction: a reader sees
    either the former store or the new one. Raises StorageError if a store exists, and if
    *file* is not a whole store or is of a newer version; JobHeld, also with *force*, if a
    run holds a job in the existing store.
    """
    version = _checked(file)
    location = locate(url)
    if location.path.exists() and not force:
        raise StorageError(_exists(location.path))
    refuse_if_used(location)
    with storage_errors(location.name):
        location.path.parent.mkdir(parents=True, exist_ok=True)
        with _connect(file) as copy, _connect(location.path) as store:
            copy.backup(store)
    open_store(url, create=False).close()
    return version


def upgrade(url: str | None) -> tuple[str, str]:
    """Bring the store at *url* up to date; return the version before and after."""
    location = locate(url)
    if not location.is_there:
        open_store(url, create=False)  # says so
    with storage_errors(location.name), engine_at(location.url) as engine:
        before = migrate.checked_version(engine, name=location.name)
    open_store(url, create=False).close()
    return before, migrate.HEAD


def refuse_if_used(location: Location) -> None:
    """Raise JobHeld if a run holds a job of the store at *location*, which is a file.

    A file that is damaged, or not a store, may be replaced.
    """
    if not location.path.exists():
        return
    try:
        with (
            storage_errors(location.name),
            engine_at(location.read_only) as engine,
            engine.connect() as connection,
        ):
            refuse_open_runs(connection, clock.now())
    except StorageError as error:
        if isinstance(error, JobHeld) or not sqlite.is_damage(error.__cause__):
            raise
    except (TypeError, ValueError):  # a malformed time
        pass


def _checked(file: Path) -> str:
    """Return the version of the store in *file*; raises StorageError for another file."""
    if not file.is_file():
        raise StorageError(
            f"there is no file {file}: name one of `tinsach store backup`"
        )
    with storage_errors(str(file)), engine_of(file) as engine:
        version = migrate.checked_version(engine, name=str(file))
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise StorageError(f"store {file} is damaged ({found}): restore another copy")
    return version


def _renew_identity(file: Path) -> None:
    with engine_of(file) as engine, writing(engine) as connection:
        migrate.renew_identity(connection)


def engine_of(file: Path) -> AbstractContextManager[sa.Engine]:
    """Return an engine of the SQLite store *file*, disposed of at the end of the block."""
    return engine_at(locate(store_url(file)).url)


def _connect(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(path, timeout=sqlite.BUSY_SECONDS))


@contextmanager
def scratch_beside(file: Path) -> Iterator[Path]:
    """Yield an empty file beside *file*; remove it at the end unless it was moved."""
    handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _exists(path: Path) -> str:
    return f"{path} exists: choose another name, or replace it with --force"
