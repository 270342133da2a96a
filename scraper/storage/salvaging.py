"""What can be read of a damaged store, put into a new one.

Rows are recognised by their shape, so neither the schema nor the inner pages of the
damaged file are needed, and verified by their checksum.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from scraper.items import id_of
from scraper.storage import migrate, near_duplicates
from scraper.storage.databases import database_of, writing
from scraper.storage.finding import allot, first_slot, forgotten_id, next_change
from scraper.storage.frontier import is_sound as is_sound_address
from scraper.storage.rows import (
    MODEL,
    REVISION,
    RUN,
    SAMPLE,
    DamagedRow,
    is_sound,
    only,
    past_article_of,
    stored_article_of,
    to_row,
)
from scraper.storage.sqlite_file import (
    DatabaseFile,
    Place,
    columns_of,
    database_file,
    is_marked,
    table_of,
    with_log,
)
from scraper.storage.tables import (
    UNREADABLE,
    addresses,
    articles,
    details,
    forgotten,
    frontier,
    in_batches,
    models,
    revisions,
    runs,
    samples,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scraper.items import Article
    from scraper.storage.rows import Row

_PARTS = (articles, texts, details)
_FREE = (forgotten, frontier, runs, models, samples)
"""Tables whose rows belong to no article."""


class Lost(NamedTuple):
    """An article that could not be read: *url* is "" if that was lost too.

    *is_older*: an earlier revision of it is stored instead.
    """

    url: str
    is_older: bool


@dataclass(slots=True)
class Salvaged:
    """The number of *articles* salvaged, the articles *lost*, and other *rows* lost."""

    articles: int = 0
    lost: list[Lost] = field(default_factory=list)
    rows: int = 0


def salvage(
    damaged: Path, engine: sa.Engine, *, restores: bool = False
) -> Salvaged | None:
    """Put what can be read of the store *damaged* into a new one, of *engine*.

    The damaged file is left as it is. With *restores* the previous revision replaces a
    damaged article. Returns None if nothing can be read.
    """
    migrate.upgrade(engine, name=damaged.name, create=True)
    with with_log(damaged) as path, database_file(path) as file:
        if file is None:
            return None
        return _Salvage(file, engine, restores=restores).run()


def is_of_store(path: Path) -> bool:
    """Return True if the file *path* has the mark of a store, or one of its rows."""
    if is_marked(path):
        return True
    with with_log(path) as whole, database_file(whole) as file:
        records = map(file.read, file.iter_places()) if file else ()
        return any(record and table_of(record) is not None for record in records)


_BY_CHECKSUM = {
    revisions: REVISION,
    runs: RUN,
    models: MODEL,
    samples: SAMPLE,
}
_HASH = re.compile(r"[0-9a-f]{16}")


def is_sound_row(table: sa.Table, row: Row) -> bool:
    """Return True if *row* of *table* is as it was written, as far as can be checked.

    Most have a checksum. The key of a frontier row is a hash of its URL, as is the id of an
    article. Otherwise the shape must fit.
    """
    if table is runs and row["ended_at"] not in (None, row["seen_at"]):
        return False
    if names := _BY_CHECKSUM.get(table):
        return is_sound(row, names)
    if table is frontier:
        return is_sound_address(row)
    if table is articles:
        return bool(row["id"] == id_of(row["canonical_url"]))
    if table is forgotten:
        is_hash = _HASH.fullmatch(str(row["id"])) is not None
        return is_hash and row["forgotten_at"] != UNREADABLE
    return True


class _Salvage:
    def __init__(
        self, file: DatabaseFile, engine: sa.Engine, *, restores: bool
    ) -> None:
        self._file = file
        self._restores = restores
        self._engine = engine
        self._parts: dict[str, dict[int, list[Place]]] = {
            table.name: defaultdict(list) for table in _PARTS
        }
        self._places: dict[str, list[Place]] = defaultdict(list)
        self._ids: set[str] = set()
        self._numbers: set[int] = set()
        self._out: frozenset[str] = frozenset()
        self._past: dict[int, Place] = {}
        self._damaged: list[int] = []
        self._done = Salvaged()

    def run(self) -> Salvaged | None:
        self._find()
        if not any(self._parts.values()) and not any(self._places.values()):
            return None
        self._copy_free()
        self._find_past()
        positions = sorted(set().union(*self._parts.values()))
        for batch in in_batches(positions):
            with writing(self._engine) as connection:
                self._copy_articles(connection, batch)
        with writing(self._engine) as connection:
            older = [self._older(connection, position) for position in self._damaged]
            self._insert_articles(connection, [found for found in older if found])
            self._copy_bound(connection)
        return self._done

    def _find(self) -> None:
        for place in self._file.iter_places():
            record = self._file.read(place)
            if record is None:
                self._done.rows += 1
            elif (table := table_of(record)) in _PARTS:
                self._parts[table.name][record.rowid].append(place)
            elif table is not None:
                self._places[table.name].append(place)

    def _rows(self, table: sa.Table, places: Iterable[Place]) -> list[dict[str, Any]]:
        records = map(self._file.read, places)
        return [columns_of(table, record) for record in records if record]

    def _copy_free(self) -> None:
        for table in _FREE:
            rows = self._rows(table, self._places[table.name])
            sound = [row for row in rows if is_sound_row(table, row)]
            self._done.rows += len(rows) - len(sound)
            with writing(self._engine) as connection:
                self._insert(connection, table, sound)
                if table is forgotten:
                    self._out = frozenset(row["id"] for row in sound)

    def _insert(
        self, connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]
    ) -> None:
        """Insert *rows*; of two with one key, which only damage leaves, the first one."""
        if not rows:
            return
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(table), rows)
        except IntegrityError:
            for row in rows:
                with suppress(IntegrityError), connection.begin_nested():
                    connection.execute(sa.insert(table), row)

    def _find_past(self) -> None:
        """Find the previous revision of each article."""
        last: dict[int, int] = {}
        for place in self._places[revisions.name]:
            for row in self._rows(revisions, [place]):
                if is_sound_row(revisions, row):
                    position, revision = row["position"], row["revision"]
                    if revision > last.get(position, 0):
                        last[position], self._past[position] = revision, place

    def _copy_articles(
        self, connection: sa.Connection, positions: Sequence[int]
    ) -> None:
        newest = []
        for position in positions:
            found = self._newest(position)
            if found is None:
                self._damaged.append(position)
            elif self._is_wanted(*found):
                newest.append(found)
        self._insert_articles(connection, newest)

    def _insert_articles(
        self, connection: sa.Connection, found: Sequence[tuple[dict[str, Any], Article]]
    ) -> None:
        if not found:
            return
        rows = [row for row, _ in found]
        connection.execute(sa.insert(articles), only(articles, rows))
        connection.execute(sa.insert(details), only(details, rows))
        database_of(connection).insert_texts(connection, only(texts, rows))
        said = {row["position"]: article for row, article in found}
        near_duplicates.place(connection, said)
        self._done.articles += len(rows)

    def _newest(self, position: int) -> tuple[dict[str, Any], Article] | None:
        """Return the rows of the article at *position* that match, as one, and the article."""
        parts = (
            self._rows(table, self._parts[table.name].get(position, ()))
            for table in _PARTS
        )
        best: tuple[dict[str, Any], Article] | None = None
        for row, text, detail in product(*parts):
            whole = detail | text | row
            with suppress(DamagedRow):
                article = stored_article_of(whole)
                if best is None or whole["change"] > best[0]["change"]:
                    best = whole | {"id": article.id}, article
        return best

    def _older(
        self, connection: sa.Connection, position: int
    ) -> tuple[dict[str, Any], Article] | None:
        """Return the previous revision as the newest one, and note what is lost.

        None if there is none, or the article was forgotten or salvaged.
        """
        place = self._past.get(position)
        url = self._url(position)
        if place is None or not self._restores:
            self._done.lost.append(Lost(url, is_older=False))
            return None
        (columns,) = self._rows(revisions, [place])
        article = past_article_of(columns)
        first = first_slot(article.published_at, position)
        (number,) = allot(connection, [first])
        while number in self._numbers:
            number += 1
        change = next_change(connection) + len(self._done.lost)
        row = to_row(article, columns, position, number, change)
        if not self._is_wanted(row, article):
            return None
        self._done.lost.append(Lost(article.url, is_older=True))
        self._places[revisions.name].remove(place)
        return row, article

    def _url(self, position: int) -> str:
        """Return the URL of the article at *position*, "" if it cannot be read."""
        for row in self._rows(articles, self._parts[articles.name].get(position, ())):
            if is_sound_row(articles, row):
                return str(row["canonical_url"])
        return ""

    def _is_wanted(self, row: dict[str, Any], article: Article) -> bool:
        """Return False for an article that was forgotten, or inserted already."""
        id_, number = row["id"], row["recency"]
        if id_ in self._ids or number in self._numbers:
            return False
        if self._out and forgotten_id(article.canonical_url) in self._out:
            return False
        self._ids.add(id_)
        self._numbers.add(number)
        return True

    def _copy_bound(self, connection: sa.Connection) -> None:
        """Copy the rows that belong to a salvaged article."""
        there = set(connection.execute(sa.select(articles.c.position)).scalars())
        for table in (revisions, addresses):
            for places in in_batches(self._places[table.name]):
                rows = self._rows(table, places)
                sound = [row for row in rows if is_sound_row(table, row)]
                self._done.rows += len(rows) - len(sound)
                bound = [row for row in sound if row["position"] in there]
                self._insert(connection, table, bound)
