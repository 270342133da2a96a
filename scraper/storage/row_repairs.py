"""Damaged rows of a store on a server, repaired in place; what they held goes into a file.

The pages and indexes of a server are its own affair. A store in a file is repaired by
:mod:`scraper.storage.repairing`, which needs neither to be sound.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.storage import near_duplicates
from scraper.storage.checking import NAMES, iter_article_rows
from scraper.storage.databases import database_at, database_of, writing
from scraper.storage.failures import storage_errors
from scraper.storage.jobs import refuse_open_runs
from scraper.storage.location import locate
from scraper.storage.repairing import Repaired, fetch_lost
from scraper.storage.rows import past_article_of
from scraper.storage.salvaging import Lost, Salvaged
from scraper.storage.saving import save
from scraper.storage.soundness import is_sound_row, sound_article
from scraper.storage.tables import articles, revisions

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.items import Article

_AT_ONCE = 500


def repair_rows(url: str | None, folder: Path) -> Repaired:
    """Repair the rows of the store at *url*, which a server holds, in one transaction.

    The revision before takes the place of a damaged article, if it is sound; its page is
    due for a new fetch. Other damaged rows are removed. What each of them held is written
    to a file in *folder*, a JSON object a line. Raises StorageError, OSError; JobHeld if a
    run holds a job of the store.
    """
    location = locate(url)
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"damaged-rows-{clock.now():%Y%m%d-%H%M%S}.jsonl"
    engine = database_at(location.url).create_engine(location.url)
    try:
        with storage_errors(location.name), writing(engine) as connection:
            refuse_open_runs(connection, clock.now())
            with aside.open("w", encoding="utf-8") as file:
                return Repaired(_RowRepair(connection, file).run(), aside)
    finally:
        engine.dispose()


class _RowRepair:
    def __init__(self, connection: sa.Connection, aside: IO[str]) -> None:
        self._connection = connection
        self._aside = aside
        self._done = Salvaged()

    def run(self) -> Salvaged:
        for table in NAMES:
            self._remove_damaged(table)
        for row in self._check_articles():
            self._repair_article(row)
        database_of(self._connection).catch_up(self._connection)
        fetch_lost(self._connection, self._done.lost)
        return self._done

    def _remove_damaged(self, table: sa.Table) -> None:
        select = sa.select(table).execution_options(yield_per=_AT_ONCE)
        rows = self._connection.execute(select).mappings()
        damaged = [dict(row) for row in rows if not is_sound_row(table, row)]
        for row in damaged:
            self._set_aside(table, row)
            key = [column == row[column.name] for column in table.primary_key]
            self._connection.execute(sa.delete(table).where(*key))
        self._done.rows += len(damaged)

    def _check_articles(self) -> list[dict[str, Any]]:
        """Return the rows of damaged articles; compare the sketches of the others anew."""
        damaged = []
        for rows in iter_article_rows(self._connection):
            sound: dict[int, Article] = {}
            for row in rows:
                if article := sound_article(row):
                    sound[row["position"]] = article
                else:
                    damaged.append(dict(row))
            wrong = near_duplicates.find_damaged(self._connection, sound)
            again = {position: sound[position] for position in wrong}
            near_duplicates.place(self._connection, again, rewritten=again)
            self._done.articles += len(sound)
        return damaged

    def _repair_article(self, row: dict[str, Any]) -> None:
        self._set_aside(articles, row)
        url = row["canonical_url"] if is_sound_row(articles, row) else ""
        older = self._take_last_revision(row["position"], url)
        if older is None:
            there = articles.c.position == row["position"]
            self._connection.execute(sa.delete(articles).where(there))
        else:
            save(self._connection, [older])
            self._done.articles += 1
        self._done.lost.append(Lost(url, is_older=older is not None))

    def _take_last_revision(self, position: int, url: str) -> Article | None:
        """Remove the last revision before, and return it; None if it is not of *url*."""
        there = revisions.c.position == position
        newest = sa.select(revisions).where(there)
        newest = newest.order_by(revisions.c.revision.desc()).limit(1)
        row = self._connection.execute(newest).mappings().one_or_none()
        if row is None or (article := past_article_of(row)).canonical_url != url:
            return None
        one = revisions.c.revision == row["revision"]
        self._connection.execute(sa.delete(revisions).where(there, one))
        return article

    def _set_aside(self, table: sa.Table, row: dict[str, Any]) -> None:
        held = json.dumps({"table": table.name, **row}, ensure_ascii=False, default=str)
        print(held, file=self._aside)
