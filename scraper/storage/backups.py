"""A store copied whole, while a crawl writes it, and put back; its tables upgraded."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import clock
from scraper.errors import JobHeld, StorageError
from scraper.storage import identity, migrate, sqlite
from scraper.storage.databases import database_at, writing
from scraper.storage.failures import storage_errors
from scraper.storage.jobs import refuse_open_runs
from scraper.storage.location import locate, store_url
from scraper.storage.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from scraper.storage.location import Location


def back_up(url: str | None, file: Path, *, force: bool = False) -> int:
    """Copy the store at *url* into *file*, as it is at one moment; return its bytes.

    A crawl may write it meanwhile, and is not held up. *file* appears whole or not at
    all. Raises StorageError where it exists, unless *force*, and where there is no store.
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

    What is there is replaced only with *force*, in one transaction: whoever reads it sees
    the one or the other. Raises StorageError where it exists, where *file* is no whole
    store, or of a newer version; JobHeld, also with *force*, if a run holds a job in
    what is there.
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
    with storage_errors(location.name):
        engine = database_at(location.url).create_engine(location.url)
        try:
            before = migrate.checked_version(engine, name=location.name)
        finally:
            engine.dispose()
    open_store(url, create=False).close()
    return before, migrate.HEAD


def refuse_if_used(location: Location) -> None:
    """Raise JobHeld if a run holds a job of the store at *location*, which is a file.

    What is damaged, or no store, does not say so: it may be replaced.
    """
    if not location.path.exists():
        return
    engine = sqlite.create_engine(location.read_only)
    try:
        with storage_errors(location.name), engine.connect() as connection:
            refuse_open_runs(connection, clock.now())
    except StorageError as error:
        if isinstance(error, JobHeld) or not sqlite.is_damage(error.__cause__):
            raise
    except (TypeError, ValueError):  # a time that is none
        pass
    finally:
        engine.dispose()


def _checked(file: Path) -> str:
    """Return the version of the store in *file*; raises StorageError for what is none."""
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
        identity.renew(connection)


@contextmanager
def engine_of(file: Path) -> Iterator[sa.Engine]:
    """Yield an engine of the SQLite store *file*; its connections are closed at the end."""
    engine = sqlite.create_engine(locate(store_url(file)).url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _connect(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=sqlite.BUSY_SECONDS)) as connection:
        yield connection


@contextmanager
def scratch_beside(file: Path) -> Iterator[Path]:
    """Yield an empty file beside *file*, which is gone afterwards if it is there still."""
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
