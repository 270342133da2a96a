"""Which table a row is of, by the number and the types of its values."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from scraper.storage.tables import (
    details,
    metadata,
    near_duplicates,
    sketch_keys,
    sketches,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.storage.sqlite_file import Record

_DERIVED = (sketches, sketch_keys, near_duplicates)
"""Tables that are made anew from the articles."""
_DIALECT = sqlite.dialect()
_Kinds = tuple[frozenset[type], ...]


def table_of(record: Record) -> sa.Table | None:
    """Return the table whose rows look like *record*, None for what is made anew.

    Only the words of an article and its details look alike: those begin with a list.
    """
    values = record.values
    for table, kinds in _by_length().get(len(values), ()):
        if all(type(v) in kind for v, kind in zip(values, kinds, strict=True)):
            if table is texts and _is_details(values):
                return details
            return table
    return None


def columns_of(table: sa.Table, record: Record) -> dict[str, Any]:
    """Return the values of *record* by the names of the columns of *table*."""
    columns = {}
    for (name, process, is_rowid), value in zip(
        _readers(table), record.values, strict=True
    ):
        columns[name] = record.rowid if is_rowid else process(value)
    return columns


def _is_details(values: tuple[Any, ...]) -> bool:
    blocks, fields = values[2:]
    return bool(blocks.startswith("[") and fields.startswith("{"))


@cache
def _by_length() -> dict[int, list[tuple[sa.Table, _Kinds]]]:
    tables: dict[int, list[tuple[sa.Table, _Kinds]]] = {}
    for table in metadata.sorted_tables:
        if table not in (*_DERIVED, details):
            kinds = tuple(map(_kinds, table.c))
            tables.setdefault(len(kinds), []).append((table, kinds))
    return tables


def _kinds(column: sa.Column[Any]) -> frozenset[type]:
    """Return the types that a value of *column* may have in a file."""
    if _is_rowid(column):
        return frozenset({type(None)})
    kinds: set[type] = {type(None)} if column.nullable else set()
    match column.type:
        case sa.Integer() | sa.Boolean():
            kinds |= {int}
        case sa.Double():
            kinds |= {int, float}
        case sa.LargeBinary():
            kinds |= {bytes}
        case _:
            kinds |= {str}
    return frozenset(kinds)


def _is_rowid(column: sa.Column[Any]) -> bool:
    """Return True for a column that SQLite does not store: it is the number of the row."""
    table = column.table
    return list(table.primary_key) == [column] and isinstance(column.type, sa.Integer)


@cache
def _readers(table: sa.Table) -> list[tuple[str, Callable[[Any], Any], bool]]:
    return [(c.name, _reader(c), _is_rowid(c)) for c in table.c]


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, sa.Double):
        return float
    process = column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
    return process or (lambda value: value)
