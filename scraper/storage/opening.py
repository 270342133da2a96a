"""Opening a store: it is located, its tables are created or migrated.

A damaged file cannot be trusted to say what it holds: a row may be missing without an
error. A store that is only read then becomes what can be salvaged of it: a copy in a
temporary folder, which is removed when the store is closed.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from scraper.errors import StorageError
from scraper.scratch import scratch_folder
from scraper.storage import migrate, sqlite, wal
from scraper.storage.databases import DamagedStoreError, database_at, storage_errors
from scraper.storage.identity import Identity
from scraper.storage.location import locate, store_url
from scraper.storage.store import Store
from scraper.storage.tables import WRITES, articles, details, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from scraper.storage.location import Location

_logger = logging.getLogger(__name__)


_ROWS = (articles, texts, details)


class Sessions:
    """Begins the transactions of the store *name*, whose file is *file* if it has one.

    *damaged* counts the rows that could not be read. Every write transaction checks
    *identity*, once it is known.
    """

    def __init__(self, engine: sa.Engine, *, name: str, file: Path | None) -> None:
        self.engine = engine
        self.name = name
        self._file = file
        self.damaged = 0
        self._is_checked = self._has_written = False
        self.identity: Identity | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._lock = Lock()

    @contextmanager
    def __call__(self, *, writes: bool = False) -> Iterator[sa.Connection]:
        if writes and self._folder is not None:
            raise DamagedStoreError(f"store {self.name} {sqlite.IS_DAMAGED}")
        self._has_written |= writes
        options = {WRITES: writes}
        with (
            storage_errors(self.name),
            self.engine.connect().execution_options(**options) as connection,
        ):
            identity = self.identity if writes else None
            with connection.begin():
                if identity:
                    identity.check(connection)
                yield connection
            if identity:
                identity.check_files(connection)  # it may have gone meanwhile

    def close(self) -> None:
        with storage_errors(self.name):
            self.engine.dispose()
        if self._folder is not None:
            self._folder.cleanup()

    def check_place(self) -> None:
        """Raise StoreMovedError if another store, or none, is now at the place.

        For readers that follow a store: SQLite may have a deleted file open. A salvaged
        copy stays.
        """
        if self.identity is not None and self._folder is None:
            with self() as connection:
                self.identity.check_place(connection)

    def check(self) -> bool:
        """Salvage the store if an index of its articles contradicts their rows.

        This is checked once, before all articles are read, since an index that lost one
        raises no error. Returns True if the store was salvaged.
        """
        with self._lock:
            if self._is_checked:
                return False
            self._is_checked = True
        if self._file is None or self._has_written or self._is_whole():
            return False
        return self.salvage()

    def salvage(self) -> bool:
        """Read from now on what can be salvaged of the store.

        Returns False if it was salvaged before, has been written, is not a file, or nothing
        can be read.
        """
        from scraper.storage.salvaging import salvage

        with self._lock:
            if self._file is None or self._has_written or self._folder is not None:
                return False
            self._folder = TemporaryDirectory(prefix="salvaged-", dir=scratch_folder())
            copy = store_url(Path(self._folder.name, "articles.db"))
            engine = sqlite.create_engine(locate(copy).url)
            # The disk that may be full is that of the temporary folder.
            with storage_errors(f"{self.name}, salvaged into {self._folder.name},"):
                saved = salvage(self._file, engine)
            if saved is None:
                return False
            self.damaged += len(saved.lost) + saved.rows
            _logger.warning(
                "store %s is damaged: %d articles of it can be read, %d articles and %d"
                " other rows cannot; `tinsach doctor --repair` repairs it",
                self.name,
                saved.articles,
                len(saved.lost),
                saved.rows,
            )
            self.engine, damaged = engine, self.engine
        damaged.dispose()
        return True

    def _is_whole(self) -> bool:
        with self() as connection:
            for table in _ROWS:
                found = connection.exec_driver_sql(
                    f"PRAGMA integrity_check({table.name})"
                )
                if found.scalar() != "ok":
                    return False
        return True


def open_store(url: str | None = None, *, create: bool = True) -> Store:
    """Open the store at *url*, a SQLAlchemy URL, and bring its tables up to date.

    None is TINSACH_STORE, else ``articles.db`` in TINSACH_HOME (``./tinsach-home``).
    With *create* a missing file and its folder are created; a database of a server must
    exist. A damaged log of the file is reported and repaired, see
    :mod:`scraper.storage.wal`. Raises StorageError if the store is missing, locked,
    read-only, damaged, newer than this version or of another program.
    """
    location = locate(url)
    with storage_errors(location.name):
        _check_file(location, create=create)
        _check_log(location, repair=True)
        engine = database_at(location.url).create_engine(location.url)
        sessions = Sessions(engine, name=location.name, file=location.file)
        prepare = partial(_upgrade, location=location, create=create)
    return _opened(sessions, prepare)


def open_read_only(url: str | None = None) -> Store:
    """Open the SQLite store at *url* without ever writing to it.

    *url* is as for open_store(); a crawl may write the store meanwhile. Raises
    StorageError as open_store() does, and for tables that would need an upgrade.
    """
    location = locate(url)
    with storage_errors(location.name):
        _check_file(location, create=False)
        _check_log(location, repair=False)
        engine = database_at(location.url).create_engine(location.read_only)
        sessions = Sessions(engine, name=location.name, file=location.file)
    return _opened(sessions, partial(_check_current, name=location.name))


def _opened(
    sessions: Sessions, prepare: Callable[[sa.Engine], Identity | None]
) -> Store:
    """Return the store of *sessions*; a damaged one is salvaged, to be read."""
    try:
        try:
            with storage_errors(sessions.name):
                sessions.identity = prepare(sessions.engine)
        except DamagedStoreError:
            if not sessions.salvage():
                raise
    except BaseException:
        sessions.close()
        raise
    return Store(sessions)


def _upgrade(engine: sa.Engine, *, location: Location, create: bool) -> Identity:
    migrate.upgrade(engine, name=location.name, create=create)
    with engine.connect() as connection:
        return Identity(connection, location)


def stored_model(site: str, url: str | None = None) -> str | None:
    """Return the model of *site* that is in use in the store at *url*, as JSON text.

    None if there is no such store, which is not created, or no model in it. Raises
    StorageError for a store that cannot be read.
    """
    location = locate(url)
    with storage_errors(location.name):
        if location.file and not _has_bytes(location.file):
            return None
    with open_store(url, create=False) as store:
        return store.models.load_model(site)


def _check_current(engine: sa.Engine, *, name: str) -> None:
    version = migrate.checked_version(engine, name=name)
    if version != migrate.HEAD:
        raise StorageError(
            f"store {name} has tables of version {version}, and {migrate.HEAD} is read"
            " here: `tinsach store upgrade` brings them up to date"
        )


def _check_log(location: Location, *, repair: bool) -> None:
    """Report a damaged log of the file; repair it if *repair*."""
    if location.file and (damage := wal.check(location.file, repair=repair)):
        _logger.warning("store %s: %s; %s", location.name, damage, damage.outcome)


def _has_bytes(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _check_file(location: Location, *, create: bool) -> None:
    path = location.file
    if path is None:
        return
    if path.is_dir():
        raise StorageError(f"store {path} is a folder: name a file in it")
    if path.exists():
        return
    if not create:
        raise StorageError(
            f"there is no store at {path}: `tinsach crawl SPIDER` makes one;"
            " TINSACH_STORE says where it is"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
