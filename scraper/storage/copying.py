"""A store copied into another one, of the same database or not: resumed, and compared.

The source is read as it is at one moment; a crawl may write it meanwhile. The target is
marked until every table was compared, so that nobody takes half a copy for a store.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.errors import StorageError
from scraper.storage import migrate
from scraper.storage.databases import database_at, database_of, writing
from scraper.storage.failures import storage_errors
from scraper.storage.location import locate
from scraper.storage.opening import open_store
from scraper.storage.tables import metadata, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.storage.location import Location

    Report = Callable[[str, int], None]

_CHUNK = 500


def copy_store(source: str | None, target: str, *, report: Report) -> dict[str, int]:
    """Copy the store at *source* to *target*; return how many rows each table has.

    *target* is empty, or a copy that was broken off, which is gone on with. *report* is
    called with a table and the rows of it that are there. Raises StorageError where a
    store is in the way, and where the copy is not what the source is.
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
    """Yield an engine for an empty store, or half a copy, marked as such."""
    engine = database_at(location.url).create_engine(location.url)
    try:
        if not migrate.is_half_copied(engine):
            open_store(location.url.render_as_string(hide_password=False)).close()
            with writing(engine) as connection:
                _refuse_rows(connection, location.name)
                migrate.write_version(connection, migrate.COPYING)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _snapshot(location: Location) -> Iterator[sa.Connection]:
    """Yield a connection that sees the store as it is at this moment."""
    database = database_at(location.url)
    engine = database.create_engine(location.url)
    try:
        with engine.connect() as connection, connection.begin():
            database.hold_still(connection)
            yield connection
    finally:
        engine.dispose()


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
        for rows in result.partitions(_CHUNK):
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
    return select.execution_options(yield_per=_CHUNK)


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
                f"store {name} is another than its source in {table.name}: the source was"
                " changed since the copy began; remove the copy, and make it again"
            )


def _digest(connection: sa.Connection, table: sa.Table) -> str:
    digest = hashlib.sha256()
    for row in connection.execute(_in_order(connection, table)):
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
