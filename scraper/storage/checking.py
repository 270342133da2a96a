"""What is damaged in a store: its file, and each row by its checksum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.storage import migrate, sqlite_checks, wal
from scraper.storage.databases import database_at
from scraper.storage.failures import DamagedStoreError, storage_errors
from scraper.storage.location import locate
from scraper.storage.near_duplicates import find_damaged
from scraper.storage.rows import STORED
from scraper.storage.salvaging import is_of_store
from scraper.storage.soundness import is_sound_row, sound_article
from scraper.storage.tables import (
    articles,
    forgotten,
    frontier,
    models,
    revisions,
    runs,
    samples,
    stored_article,
)
from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.items import Article

    Report = Callable[[int, int], None]

_SHOWN = 3
"""Addresses of damaged articles that are named; the others are counted."""
_AT_ONCE = 500
NAMES = {
    revisions: "earlier revisions",
    frontier: "addresses of the frontier",
    runs: "runs",
    models: "site models",
    samples: "samples of pages",
    forgotten: "forgotten addresses",
}
"""The tables whose rows are checked one by one, beside those of articles."""


def find_damage(url: str | None, *, report: Report = lambda *_: None) -> str:
    """Return what is wrong with the store at *url*, "" if it is sound.

    Reads all of it: pages and indexes, then every row. *report* is called with the number
    of articles that were read, and of all. Raises StorageError for what is locked or no
    store.
    """
    location = locate(url)
    if location.file:
        with storage_errors(location.name):
            if damage := wal.check(location.file):  # to open the file would drop it
                return str(damage)
    engine = database_at(location.url).create_engine(location.url)
    try:
        with storage_errors(location.name), engine.connect() as connection:
            is_file = location.file is not None
            if is_file and (found := sqlite_checks.damaged_pages(connection)):
                return found
            if not migrate.is_at_head(connection):
                return ""  # opening it says what it is
            return "; ".join(_iter_damage(connection, report, is_file=is_file))
    except DamagedStoreError:
        if not is_of_store(location.path):
            raise
        return "pages of it, or of its index of words, cannot be read"
    finally:
        engine.dispose()


def _iter_damage(
    connection: sa.Connection, report: Report, *, is_file: bool
) -> Iterator[str]:
    """Yield what is wrong with the rows of a store whose pages are sound."""
    odd = list(sqlite_checks.iter_odd(connection)) if is_file else []
    words = sqlite_checks.WordSums(connection) if is_file and not odd else None
    check = _ArticleCheck(connection, words)
    check.run(report)
    yield from check.iter_found()
    yield from odd
    for table, name in NAMES.items():
        select = sa.select(table).execution_options(yield_per=_AT_ONCE)
        rows = connection.execute(select).mappings()
        if count := sum(not is_sound_row(table, row) for row in rows):
            yield f"{count} {name} are damaged"


def iter_article_rows(
    connection: sa.Connection,
) -> Iterator[Sequence[sa.RowMapping]]:
    """Yield the columns STORED of every article, damaged ones too, some at once."""
    select = sa.select(*STORED).select_from(stored_article)
    select = select.order_by(articles.c.position).limit(_AT_ONCE)
    after = select
    while rows := connection.execute(after).mappings().all():
        yield rows
        after = select.where(articles.c.position > rows[-1]["position"])


class _ArticleCheck:
    """Reads every article, and what was made of it: its sketch and its *words*."""

    def __init__(
        self, connection: sa.Connection, words: sqlite_checks.WordSums | None
    ) -> None:
        self._connection = connection
        self._words = words
        self._damaged: list[str] = []
        self._sketches = 0

    def run(self, report: Report) -> None:
        count = sa.select(sa.func.count()).select_from(articles)
        total: int = self._connection.execute(count).scalar_one()
        done = 0
        for rows in iter_article_rows(self._connection):
            self._read(rows)
            done += len(rows)
            report(done, total)

    def iter_found(self) -> Iterator[str]:
        if self._damaged:
            shown = ", ".join(self._damaged[:_SHOWN])
            more = len(self._damaged) - _SHOWN
            others = f" and {more} more" if more > 0 else ""
            yield f"{len(self._damaged)} articles are damaged: {shown}{others}"
            return  # what was made of them does not fit the others
        if self._sketches:
            yield f"{self._sketches} sketches do not fit their articles"
        if self._words and (wrong := self._words.count_wrong()):
            yield f"its index of words is wrong about {wrong} words"

    def _read(self, rows: Sequence[sa.RowMapping]) -> None:
        said: dict[int, Article] = {}
        for row in rows:
            article = sound_article(row)
            if article is None:
                self._damaged.append(harmless(str(row["canonical_url"])))
                continue
            said[row["position"]] = article
            if self._words:
                self._words.add(row)
        self._sketches += len(find_damaged(self._connection, said))
