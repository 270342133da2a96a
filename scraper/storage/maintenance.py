"""What is damaged in a store: its file, and each row by its checksum."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.errors import StorageError
from scraper.storage import migrate, near_duplicates, wal
from scraper.storage.backups import engine_of, refuse_if_used, scratch_beside
from scraper.storage.databases import (
    DamagedStoreError,
    database_of,
    engine_at,
    storage_errors,
    writing,
)
from scraper.storage.finding import known_among
from scraper.storage.frontier import fetch_anew
from scraper.storage.jobs import refuse_open_runs
from scraper.storage.location import locate
from scraper.storage.migrate import COPYING, HEAD, VERSION_TABLE
from scraper.storage.rows import WHOLE, past_article_of, sound_article, to_words
from scraper.storage.salvaging import Lost, Salvaged, is_of_store, is_sound_row, salvage
from scraper.storage.saving import save
from scraper.storage.sqlite import create_tables
from scraper.storage.sqlite_file import is_marked
from scraper.storage.tables import (
    BATCH,
    articles,
    forgotten,
    frontier,
    models,
    revisions,
    runs,
    samples,
)
from scraper.storage.visits import AddressKind, Result
from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from scraper.items import Article
    from scraper.storage.rows import Row

    Report = Callable[[int, int], None]

_SHOWN = 3
"""URLs of damaged articles that are named; the others are counted."""
NAMES = {
    revisions: "earlier revisions",
    frontier: "addresses of the frontier",
    runs: "runs",
    models: "site models",
    samples: "samples of pages",
    forgotten: "forgotten addresses",
}
"""Tables other than those of articles whose rows are checked, with their names."""
_SIDE_FILES = ("-wal", "-shm")
_NOTHING_LEFT = (
    "is not a database any more: restore a copy with `tinsach store restore`, or start a"
    " new one and read the archive into it with `tinsach crawl SPIDER --replay ARCHIVE`"
)
_INDEXED = "SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT recency FROM stale_texts)"
_SEARCHED = (
    "SELECT recency FROM stored_texts"
    " WHERE recency NOT IN (SELECT recency FROM stale_texts)"
)
_ODD = (
    (
        f"SELECT count(*) FROM ({_SEARCHED} EXCEPT {_INDEXED})",  # noqa: S608
        "{} articles are not in its index of words",
    ),
    (
        f"SELECT count(*) FROM ({_INDEXED} EXCEPT {_SEARCHED})",  # noqa: S608
        "its index of words holds {} articles that are gone",
    ),
    (
        "SELECT count(*) FROM pragma_foreign_key_check",
        "{} rows belong to articles that are gone",
    ),
)
"""Statements that count inconsistencies, each with its message. The numbers of texts are
compared with those in the index."""
_CHECK_INDEX = "INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')"
_VOCABULARY = (
    "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_fts, instance)"
)
_LARGEST = 1_000_003
"""Sums of smaller numbers stay below 2**63 for 100,000 million words."""
_SUMS = f"""SELECT term, sum(doc % {_LARGEST} * 31 + offset * 7 + (col = 'title_folded'))
FROM temp.words WHERE doc NOT IN (SELECT recency FROM stale_texts) GROUP BY term"""  # noqa: S608


def damaged_pages(connection: sa.Connection) -> str:
    """Return what is wrong with pages, indexes and schema, "" for nothing."""
    (found,) = connection.exec_driver_sql("PRAGMA integrity_check(1)").one()
    if found != "ok":
        return " ".join(str(found).split())
    return _damaged_schema(connection)


def _damaged_schema(connection: sa.Connection) -> str:
    """Return what is wrong with the schema or its version, "" for that of another version."""
    found = _schema(connection)
    lacking = _expected() - found
    if not found:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return "its schema is lost" if int(pages) > 1 else ""
    versions = _versions(connection) if VERSION_TABLE in dict(found) else []
    if versions == [HEAD]:
        names = ", ".join(sorted(name for name, _ in lacking))
        return f"its schema is not as it was made: {names}" if names else ""
    is_ours = len(lacking) < len(_expected()) / 2
    is_other = len(versions) == 1 and (versions[0].isdigit() or versions == [COPYING])
    if is_ours and (not is_other or (not lacking and versions != [COPYING])):
        return f"its version is {versions}, its tables are those of {HEAD}"
    return ""


def _versions(connection: sa.Connection) -> list[str]:
    rows = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
    return [str(version) for (version,) in rows]


def iter_odd(connection: sa.Connection) -> Iterator[str]:
    """Yield the inconsistencies in a file whose pages are sound."""
    for select, said in _ODD:
        if count := connection.exec_driver_sql(select).scalar_one():
            yield said.format(count)


class WordSums:
    """Compares the full-text index with the articles, which are added one by one.

    Each word has a sum over its positions in both, so a word that moved is noticed.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._sums: dict[str, int] = defaultdict(int)

    def add(self, row: Row) -> None:
        words, base = to_words(row), row["recency"] % _LARGEST * 31
        for name, is_title in (("text_folded", 0), ("title_folded", 1)):
            start = base + is_title
            for place, word in enumerate(words[name].split()):
                self._sums[word] += start + place * 7

    def count_wrong(self) -> int:
        """Return for how many words the index differs from the articles."""
        run = self._connection.exec_driver_sql
        run(_CHECK_INDEX)
        run(_VOCABULARY)
        indexed = {str(term): int(total) for term, total in run(_SUMS)}
        run("DROP TABLE temp.words")
        both = indexed.keys() | self._sums.keys()
        return sum(indexed.get(word) != self._sums.get(word) for word in both)


def _schema(connection: sa.Connection) -> set[tuple[str, str]]:
    """Return the names of all tables, indexes, views and triggers, with their definitions.

    That is the columns of a table, and the statement that created anything else.
    """
    rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema")
    found = set()
    for kind, name, sql in rows.all():
        if kind == "table" and "VIRTUAL" not in str(sql):
            columns: Any = connection.exec_driver_sql(
                "SELECT name, type, pk FROM pragma_table_info(?)", (name,)
            )
            sql = str(columns.all())  # noqa: PLW2901
        found.add((str(name), " ".join(str(sql).split())))
    return found


@cache
def _expected() -> frozenset[tuple[str, str]]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        create_tables(connection)
        return frozenset(_schema(connection))


def find_damage(url: str | None, *, report: Report = lambda *_: None) -> str:
    """Return what is wrong with the store at *url*, "" if it is sound.

    Pages, indexes and every row are read. *report* is called with the number of articles
    read so far, and of all. Raises StorageError for a locked file or one of another kind.
    """
    location = locate(url)
    if location.file:
        with storage_errors(location.name):
            if damage := wal.check(location.file):  # opening the file would drop it
                return str(damage)
    try:
        with (
            storage_errors(location.name),
            engine_at(location.url) as engine,
            engine.connect() as connection,
        ):
            is_file = location.file is not None
            if is_file and (found := damaged_pages(connection)):
                return found
            if not migrate.is_at_head(connection):
                return ""  # opening it reports what it is
            return "; ".join(_iter_damage(connection, report, is_file=is_file))
    except DamagedStoreError:
        if not is_of_store(location.path):
            raise
        return "pages of it, or of its index of words, cannot be read"


def _iter_damage(
    connection: sa.Connection, report: Report, *, is_file: bool
) -> Iterator[str]:
    """Yield what is wrong with the rows of a store whose pages are sound."""
    odd = list(iter_odd(connection)) if is_file else []
    words = WordSums(connection) if is_file and not odd else None
    check = _ArticleCheck(connection, words)
    check.run(report)
    yield from check.iter_found()
    yield from odd
    for table, name in NAMES.items():
        select = sa.select(table).execution_options(yield_per=BATCH)
        rows = connection.execute(select).mappings()
        if count := sum(not is_sound_row(table, row) for row in rows):
            yield f"{count} {name} are damaged"


def iter_article_rows(
    connection: sa.Connection,
) -> Iterator[Sequence[sa.RowMapping]]:
    """Yield batches of the columns STORED of every article, damaged ones too."""
    select = WHOLE.order_by(articles.c.position).limit(BATCH)
    after = select
    while rows := connection.execute(after).mappings().all():
        yield rows
        after = select.where(articles.c.position > rows[-1]["position"])


class _ArticleCheck:
    """Reads every article, and what is derived from it: its sketch and its *words*."""

    def __init__(self, connection: sa.Connection, words: WordSums | None) -> None:
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
            return  # what is derived from them does not match the others
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
        self._sketches += len(near_duplicates.find_damaged(self._connection, said))


def repair_rows(url: str | None, folder: Path) -> Repaired:
    """Repair the rows of the store at *url*, which a server holds, in one transaction.

    The previous revision replaces a damaged article, if it is sound; the page is due for a
    new fetch. Other damaged rows are removed. The content of each is written to a file in
    *folder*, one JSON object a line. Raises StorageError, OSError; JobHeld if a run holds a
    job of the store.
    """
    location = locate(url)
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"damaged-rows-{clock.now():%Y%m%d-%H%M%S}.jsonl"
    with (
        storage_errors(location.name),
        engine_at(location.url) as engine,
        writing(engine) as connection,
    ):
        refuse_open_runs(connection, clock.now())
        with aside.open("w", encoding="utf-8") as file:
            return Repaired(_RowRepair(connection, file).run(), aside)


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
        select = sa.select(table).execution_options(yield_per=BATCH)
        rows = self._connection.execute(select).mappings()
        damaged = [dict(row) for row in rows if not is_sound_row(table, row)]
        for row in damaged:
            self._set_aside(table, row)
            key = [column == row[column.name] for column in table.primary_key]
            self._connection.execute(sa.delete(table).where(*key))
        self._done.rows += len(damaged)

    def _check_articles(self) -> list[dict[str, Any]]:
        """Return the rows of damaged articles; restore wrong sketches of the others."""
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
        """Remove and return the previous revision; None if it is not of *url*."""
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


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did: *saved* is in the store, damaged content in the file *aside*."""

    saved: Salvaged
    aside: Path


def repair(url: str | None) -> Repaired:
    """Put what can be read of the store at *url* into a new one in its place.

    The damaged file is renamed with the time and stays beside it. The previous revision
    replaces a damaged article, if it is sound; the page is due for a new fetch. If nothing
    can be read, the new store is empty. Raises StorageError if the file does not have the
    mark of a store either, or nothing can be written; JobHeld if a run holds a job of the
    store.
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
        aside = _move_aside(path)
        scratch.replace(path)
    return Repaired(saved, aside)


def fetch_lost(connection: sa.Connection, articles: Sequence[Lost]) -> None:
    """Make the pages of lost *articles* due at once, for an unconditional fetch."""
    if not articles:
        return
    c = frontier.c
    read = sa.select(c.url).where(
        c.kind == AddressKind.ARTICLE.value, c.result == Result.READ.value
    )
    lost = {article.url for article in articles}
    if "" in lost:
        # An article without a URL is one of those that were read and are not stored.
        urls = set(connection.execute(read).scalars())
        lost |= urls - known_among(connection, urls)
    fetch_anew(connection, sorted(lost))


def _move_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    for side in _SIDE_FILES:
        side_file = path.with_name(path.name + side)
        if side_file.exists():
            side_file.replace(aside.with_name(aside.name + side))
    path.replace(aside)
    return aside
