"""The identity of a store, which every write transaction checks: see :class:`Identity`.

A store has a random token, in a table of one row; a SQLite file has a part of it in its
header too (``PRAGMA application_id``). ``store backup``, ``store copy`` and
``doctor --repair`` give each file that they write a token of its own.
"""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa

from scraper.errors import StorageError
from scraper.storage import sqlite
from scraper.storage.databases import database_of

if TYPE_CHECKING:
    from scraper.storage.location import Location

    _Id = tuple[int, int]

IDENTITY_TABLE = "tinsach_identity"
_TABLE = sa.Table(
    IDENTITY_TABLE,
    sa.MetaData(),  # not that of the tables that are copied from store to store
    sa.Column("token", sa.String(32), primary_key=True),
)


class StoreMovedError(StorageError):
    """The store that was opened is no longer at its location."""


def create(connection: sa.Connection) -> None:
    """Create the table, and the token of a new store."""
    _TABLE.create(connection, checkfirst=False)
    token = secrets.token_hex(16)
    connection.execute(sa.insert(_TABLE).values(token=token))
    database_of(connection).mark(connection, token)


def renew(connection: sa.Connection) -> None:
    """Give a store that was copied from another one a token of its own."""
    token = secrets.token_hex(16)
    connection.execute(sa.update(_TABLE).values(token=token))
    database_of(connection).mark(connection, token)


class Identity:
    """The identity of the open store at *location*.

    It is its token, and its place: device and inode of the files that SQLite has open and
    the mark in the header, or the OIDs of database and table in PostgreSQL.
    """

    def __init__(self, connection: sa.Connection, location: Location) -> None:
        self._name = location.name
        self._select = sa.select(_TABLE.c.token, *database_of(connection).PLACE)
        self._found = self._find_at_first(connection)
        self._files = _Files(connection, location.file) if location.file else None

    def check(self, connection: sa.Connection) -> None:
        """Raise StoreMovedError if a transaction would write another store, or none."""
        if self._found is None:
            raise StorageError(
                f"store {self._name} is damaged, it has no {IDENTITY_TABLE}:"
                " `tinsach doctor --repair` saves what can be read of it"
            )
        self.check_place(connection)

    def check_place(self, connection: sa.Connection) -> None:
        """Raise StoreMovedError if another store, or none, is now at the place."""
        self.check_files(connection)
        if self._found is None:
            return
        if self._find(connection) != self._found:
            self._fail("was replaced by another store")

    def check_files(self, connection: sa.Connection) -> None:
        """Raise StoreMovedError if a file of the store is missing or is another one."""
        if self._files and (change := self._files.find_change(connection)):
            self._fail(change)

    def _find_at_first(self, connection: sa.Connection) -> sa.Row[Any] | None:
        """Return the row of _find(), None if it is damaged: the rest may be readable."""
        try:
            return self._find(connection)
        except sa.exc.DatabaseError as error:
            if not sqlite.is_damage(error):
                raise
            return None

    def _find(self, connection: sa.Connection) -> sa.Row[Any] | None:
        return connection.execute(self._select).first()

    def _fail(self, change: str) -> None:
        raise StoreMovedError(
            f"store {self._name} {change} while it was open: nothing more is read or"
            " written. Put it back if it was moved, then run the command again"
        )


class _Files:
    """The file of a SQLite store and those beside it, as they were at the opening."""

    def __init__(self, connection: sa.Connection, file: Path) -> None:
        main = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
        self._path = file
        self._id = _id_of(self._path)
        self._beside = (Path(f"{main}-wal"), Path(f"{main}-shm"))
        self._mark = sqlite.mark_of(connection)
        self._is_marked = False
        self._written: tuple[int, int] | None = None
        self.find_change(connection)

    def find_change(self, connection: sa.Connection) -> str:
        """Return what happened to the files, "" if they are those that were opened."""
        if change := _change(self._id, _id_of(self._path)):
            return change
        for path in self._beside:  # SQLite creates them for the first connection
            now = _id_of(path)
            if change := _change(connection.info.setdefault(path, now), now):
                return f"lost {path}, which {change},"
        try:
            return self._find_overwriting()
        except (OSError, sqlite3.OperationalError):
            if change := _change(self._id, _id_of(self._path)):  # meanwhile
                return change
            raise

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
