"""The rows in a SQLite file, read page by page without SQLite, and their tables.

SQLite finds a row through its schema and inner pages: if one of those is damaged, it reads
none of the rows below. The leaves hold whole rows, so each is read by itself
(https://sqlite.org/fileformat2.html, sections 1.5, 1.6 and 2.1).
"""

from __future__ import annotations

import mmap
import sqlite3
import struct
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from scraper.scratch import scratch_folder
from scraper.storage.tables import (
    details,
    metadata,
    near_duplicates,
    sketch_keys,
    sketches,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DERIVED = (sketches, sketch_keys, near_duplicates)
"""Tables that are rebuilt from the articles."""
_DIALECT = sqlite.dialect()
_Kinds = tuple[frozenset[type], ...]


_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_LEAF = 0x0D
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer by its type."""
_SIZES = frozenset(1 << n for n in range(9, 17))
_LIKELY_SIZES = (16384, 4096)
"""Page sizes to try if the header has none: ours, and SQLite's default."""


class Place(NamedTuple):
    """Where a row is: its page, and the place of its cell in it."""

    page: int
    at: int


class Record(NamedTuple):
    """A row as it was stored: *rowid*, and the values of its columns."""

    rowid: int
    values: tuple[Any, ...]


class DatabaseFile:
    """The rows of a SQLite file whose pages have *page_size* bytes."""

    def __init__(self, data: mmap.mmap, page_size: int) -> None:
        self.page_size = page_size
        self._data = data
        self._pages = -(-len(data) // page_size)

    def iter_places(self) -> Iterator[Place]:
        """Yield the places of the rows of all tables, without deleted ones."""
        free = self._free_pages()
        for page in range(1, self._pages + 1):
            if page not in free:
                yield from self._places_on(page)

    def read(self, place: Place) -> Record | None:
        """Return the row at *place*, None if it cannot be read."""
        try:
            return self._read(place)
        except (IndexError, ValueError, struct.error):
            return None

    def _free_pages(self) -> set[int]:
        """Return the pages on the file's list of free ones, as far as it can be read."""
        free: set[int] = set()
        trunk, count = struct.unpack_from(">II", self._data, 32)
        while 0 < trunk <= self._pages and trunk not in free and len(free) < count:
            free.add(trunk)
            page = self._page(trunk)
            following, length = struct.unpack_from(">II", page.ljust(8, b"\0"))
            length = min(length, len(page) // 4 - 2)
            free.update(struct.unpack_from(f">{max(length, 0)}I", page, 8))
            trunk = following
        return free

    def _page(self, number: int) -> bytes:
        start = (number - 1) * self.page_size
        return self._data[start : start + self.page_size]

    def _places_on(self, number: int) -> Iterator[Place]:
        page = self._page(number)
        start = _HEADER if number == 1 else 0
        if page[start : start + 1] != bytes([_LEAF]) or len(page) < start + 8:
            return
        (count,) = struct.unpack_from(">H", page, start + 3)
        count = min(count, (len(page) - start - 8) // 2)
        for at in dict.fromkeys(struct.unpack_from(f">{count}H", page, start + 8)):
            if at < len(page):
                yield Place(number, at)

    def _read(self, place: Place) -> Record:
        page = self._page(place.page)
        length, at = _varint(page, place.at)
        rowid, at = _varint(page, at)
        rowid -= (rowid >> 63) << 64
        local = self._local(length)
        payload = page[at : at + local]
        if local < length:
            (overflow,) = struct.unpack_from(">I", page, at + local)
            payload += self._overflow(overflow, length - local)
        if len(payload) != length:
            raise ValueError("the row is cut")
        return Record(rowid, _values(payload))

    def _local(self, length: int) -> int:
        """Return how many of the *length* bytes of a row are on its leaf."""
        usable = self.page_size
        if length <= usable - 35:
            return length
        least = (usable - 12) * 32 // 255 - 23
        wanted = least + (length - least) % (usable - 4)
        return wanted if wanted <= usable - 35 else least

    def _overflow(self, number: int, length: int) -> bytes:
        parts, seen = [], set()
        while length > 0:
            if number in seen or not 0 < number <= self._pages:
                raise ValueError("the row is cut")
            seen.add(number)
            page = self._page(number)
            parts.append(page[4 : 4 + length])
            length -= len(page) - 4
            (number,) = struct.unpack_from(">I", page)
        return b"".join(parts)


@contextmanager
def database_file(path: Path) -> Iterator[DatabaseFile | None]:
    """Yield the file at *path*, None if no row in it can be read.

    If the header is damaged, the page size is the one that finds most rows.
    """
    if path.stat().st_size < _HEADER:
        yield None
        return
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        files = [DatabaseFile(data, size) for size in _page_sizes(data)]
        counted = [(sum(1 for _ in file.iter_places()), file) for file in files]
        most, best = max(counted, key=lambda pair: pair[0])
        yield best if most else None


def is_marked(path: Path) -> bool:
    """Return True if the header of the file at *path* has the mark of a store."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    return header.startswith(_MAGIC) and any(header[68:72])


@contextmanager
def with_log(path: Path) -> Iterator[Path]:
    """Yield *path*, or a copy of it into which its log was written."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or not log.stat().st_size:
        yield path
        return
    with TemporaryDirectory(dir=scratch_folder()) as folder:
        copy = Path(folder, "store")
        with _reading(path):
            copyfile(path, copy)
            copyfile(log, f"{copy}-wal")
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(copy)) as store:
            store.execute("PRAGMA writable_schema = ON")
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield copy


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Hold a read transaction, if possible, so that the log is not overwritten."""
    name = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(name, uri=True)) as reader:
        with suppress(sqlite3.DatabaseError, UnicodeDecodeError):
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema")
        yield


def _page_sizes(data: mmap.mmap) -> list[int]:
    (size,) = struct.unpack_from(">H", data, 16)
    size = 65536 if size == 1 else size
    if size not in _SIZES:
        return [*_LIKELY_SIZES]
    return [size] if data[:16] == _MAGIC else [size, *_LIKELY_SIZES]


def _values(payload: bytes) -> tuple[Any, ...]:
    length, at = _varint(payload, 0)
    values, body = [], length
    while at < length:
        kind, at = _varint(payload, at)
        value, body = _value(payload, kind, body)
        values.append(value)
    if body != len(payload):
        raise ValueError("the row does not fill its place")
    return tuple(values)


def _value(payload: bytes, kind: int, at: int) -> tuple[Any, int]:
    if kind in (0, 8, 9):
        return (None if kind == 0 else kind - 8), at
    if size := _INTEGERS.get(kind):
        return int.from_bytes(payload[at : at + size], signed=True), at + size
    if kind == 7:  # noqa: PLR2004  the format's number of a float
        return struct.unpack_from(">d", payload, at)[0], at + 8
    end = at + (kind - 12) // 2
    if not at <= end <= len(payload):
        raise ValueError(f"a value of type {kind}")
    value = payload[at:end]
    return (value.decode("utf-8", "replace") if kind % 2 else value), end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number of up to nine bytes at *at*, and the position after it."""
    number = 0
    for place in range(at, at + 8):
        byte = data[place]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004  the last byte has no high bit
            return number, place + 1
    return number << 8 | data[at + 8], at + 9


def table_of(record: Record) -> sa.Table | None:
    """Return the table whose rows look like *record*, None for derived ones.

    Only texts and details look alike: details begin with a list.
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
    """Return True for a column that SQLite does not store, since it is the row id."""
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
