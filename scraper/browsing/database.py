"""The store as Datasette knows it: its views, and its tables behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.database import Database

from scraper.storage import viewing

if TYPE_CHECKING:
    import sqlite3

    from datasette.app import Datasette

    from scraper.storage import Store

NAME = "tinsach"


class StoreDatabase(Database):  # type: ignore[misc]  # it has no types
    """Every connection is :func:`viewing.connect`'s: also one asked for to write.

    *store* is the same store for the page of an article.
    """

    def __init__(self, datasette: Datasette, url: str | None, store: Store) -> None:
        super().__init__(datasette, path=store.name, is_mutable=True)
        self.store = store
        self._url = url

    def connect(self, write: bool = False) -> sqlite3.Connection:
        return viewing.connect(self._url)

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Leave a fault of the SQL to the page: what it says could steer a terminal."""
        options["log_sql_errors"] = False
        return await super().execute(sql, *arguments, **options)

    async def hidden_table_names(self) -> list[str]:
        names: list[str] = await self.table_names()
        return names
