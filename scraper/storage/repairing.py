"""A damaged store: what can be read of it goes into a new file; the old one stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.errors import StorageError
from scraper.storage import frontier, near_duplicates
from scraper.storage.backups import engine_of, refuse_if_used, scratch_beside
from scraper.storage.checking import NAMES, iter_article_rows
from scraper.storage.databases import database_at, database_of, storage_errors, writing
from scraper.storage.finding import known_in
from scraper.storage.jobs import refuse_open_runs
from scraper.storage.location import locate
from scraper.storage.rows import past_article_of
from scraper.storage.salvaging import Lost, Salvaged, salvage
from scraper.storage.saving import save
from scraper.storage.soundness import is_sound_row, sound_article
from scraper.storage.sqlite_file import is_marked
from scraper.storage.tables import articles, revisions
from scraper.storage.tables import frontier as _frontier
from scraper.storage.visits import AddressKind, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
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


_SIDE_FILES = ("-wal", "-shm")
_NOTHING_LEFT = (
    "is no database any more: put a copy back with `tinsach store restore`, or begin a new"
    " one and read the archive into it with `tinsach crawl SPIDER --replay ARCHIVE`"
)
_row = _frontier.c


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did: *saved* is in the store, what was damaged in the file *aside*."""

    saved: Salvaged
    aside: Path


def repair(url: str | None) -> Repaired:
    """Put what can be read of the store at *url* into a new one in its place.

    The damaged file gets the time into its name and stays beside it. Of an article that
    is damaged the revision before is stored, if that is sound; its page is due for a new
    fetch. Where nothing can be read the new store is empty; raises StorageError if the
    file does not have the mark of a store either, or nothing can be written; JobHeld if a
    run holds a job of the store.
    """
    location = locate(url)
    path = location.path
    refuse_if_used(location)
    with storage_errors(location.name), scratch_beside(path) as scratch:
        with engine_of(scratch) as engine:
            saved = salvage(path, engine, restores=True)
            if saved is None and is_marked(path):
                saved = Salvaged(lost=[Lost("", is_older=False)])
            if saved is None:
                raise StorageError(f"store {path} {_NOTHING_LEFT}")
            with writing(engine) as connection:
                fetch_lost(connection, saved.lost)
        aside = _set_aside(path)
        scratch.replace(path)
    return Repaired(saved, aside)


def fetch_lost(connection: sa.Connection, articles: Sequence[Lost]) -> None:
    """Let the pages of the *articles* that were lost be fetched at once, and in full."""
    if not articles:
        return
    read = sa.select(_row.url).where(
        _row.kind == AddressKind.ARTICLE.value, _row.result == Result.READ.value
    )
    lost = {article.url for article in articles}
    if "" in lost:
        # Whose address is lost too is one of those that were read and are not stored.
        urls = set(connection.execute(read).scalars())
        lost |= urls - known_in(connection)(urls)
    frontier.fetch_anew(connection, sorted(lost))


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    for side in _SIDE_FILES:
        side_file = path.with_name(path.name + side)
        if side_file.exists():
            side_file.replace(aside.with_name(aside.name + side))
    path.replace(aside)
    return aside
