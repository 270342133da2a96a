"""The transactions of an open store, and what is read if its file is damaged.

A file whose pages are damaged cannot be trusted to say what it holds: a row may be missing
without an error. Whoever only reads it then reads what can be salvaged of it, a copy in a
folder that goes when the store is closed.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from scraper.scratch import scratch_folder
from scraper.storage import sqlite
from scraper.storage.databases import DamagedStoreError, storage_errors
from scraper.storage.location import locate, store_url
from scraper.storage.tables import WRITES, articles, details, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from scraper.storage.identity import Identity

_logger = logging.getLogger(__name__)
_ROWS = (articles, texts, details)


class Sessions:
    """Begins the transactions of the store *name*, whose file is *file* if it has one.

    *damaged* counts the rows that could not be read. *identity*, once it is known, is
    compared by every transaction that writes.
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
        """Raise StoreMovedError if another store, or none, is at the place by now.

        For whoever reads on and on: what SQLite has open may be a file without a name. What
        was salvaged is a copy, and stays.
        """
        if self.identity is not None and self._folder is None:
            with self() as connection:
                self.identity.check_place(connection)

    def check(self) -> bool:
        """Salvage the store if an index of its articles does not say what they say.

        Looked at once, before all articles are read, since an index that lost one raises no
        error. Returns True if the store was salvaged.
        """
        with self._lock:
            if self._is_checked:
                return False
            self._is_checked = True
        if self._file is None or self._has_written or self._is_whole():
            return False
        return self.salvage()

    def salvage(self) -> bool:
        """Read from now on what can be salvaged of the store; False if that is done.

        Nothing can be done for a store that is written, or is no file.
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
