"""Opening a store: it is located, its tables are created or migrated."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from scraper.errors import StorageError
from scraper.storage import migrate, wal
from scraper.storage.databases import DamagedStoreError, database_at, storage_errors
from scraper.storage.location import locate
from scraper.storage.store import Identity, Sessions, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import sqlalchemy as sa

    from scraper.storage.location import Location

_logger = logging.getLogger(__name__)


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
