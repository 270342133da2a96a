"""The store as Datasette knows it: its views, and its tables behind them."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

from datasette.database import Database

from scraper.storage import viewing

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasette.app import Datasette

    from scraper.storage import Store
    from scraper.storage.viewing import Connection

NAME = "tinsach"
LONGEST = 5.0
"""Seconds of one query; what SQLite has sorted by then is thrown away."""


class StoreDatabase(Database):  # type: ignore[misc]  # it has no types
    """Every connection is :func:`viewing.connect`'s: also one asked for to write.

    *store* is the same store for the page of an article.
    """

    def __init__(self, datasette: Datasette, url: str | None, store: Store) -> None:
        super().__init__(datasette, path=store.name, is_mutable=True)
        self.store = store
        self._url = url
        self._asked: set[Connection] = set()
        self._ended = False

    def connect(self, write: bool = False) -> Connection:
        return viewing.connect(self._url)

    def break_off(self) -> None:
        """Break off what is asked now, and whatever will be."""
        self._ended = True
        for connection in self._asked.copy():
            connection.interrupt()

    async def execute_fn(self, fn: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        """Break a query off between two rows, too: Datasette looks every 1,000 steps."""

        def watched(connection: Connection) -> Any:  # noqa: ANN401
            timer = threading.Timer(LONGEST, connection.interrupt)
            timer.daemon = True
            timer.start()
            connection.slow.begin()
            self._asked.add(connection)
            try:
                if self._ended:
                    raise sqlite3.OperationalError("interrupted")
                return fn(connection)
            finally:
                self._asked.discard(connection)
                timer.cancel()

        return await super().execute_fn(watched)

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Leave a fault of the SQL to the page: what it says could steer a terminal."""
        options["log_sql_errors"] = False
        try:
            return await super().execute(sql, *arguments, **options)
        except MemoryError:
            raise sqlite3.OperationalError("the query takes too much memory") from None

    async def hidden_table_names(self) -> list[str]:
        names: list[str] = await self.table_names()
        return names
