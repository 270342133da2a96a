"""The store of articles, site models and jobs, and its transactions.

A damaged file cannot be trusted to say what it holds: a row may be missing without an
error. A store that is only read then becomes what can be salvaged of it: a copy in a
temporary folder, which is removed when the store is closed.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from scraper.errors import StorageError
from scraper.scratch import scratch_folder
from scraper.storage import finding, migrate, near_duplicates, saving, sqlite
from scraper.storage.databases import (
    DamagedStoreError,
    StoreMovedError,
    again,
    database_of,
    patient,
    salvaging,
    storage_errors,
)
from scraper.storage.finding import Hit, Query, filters, iter_rows, parse_query, snippet
from scraper.storage.jobs import Jobs
from scraper.storage.location import locate, store_url
from scraper.storage.models import Models
from scraper.storage.rows import PAST, DamagedRow, past_article_of, stored_article_of
from scraper.storage.tables import (
    WRITES,
    articles,
    details,
    in_batches,
    revisions,
    texts,
)
from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from scraper.items import Article
    from scraper.storage.finding import Forgotten
    from scraper.storage.location import Location
    from scraper.storage.rows import Row
    from scraper.storage.visits import Outcome

_logger = logging.getLogger(__name__)
CANDIDATES = 1000
"""Newest hits of a search that are ranked; more only if more are asked for."""
_EVERYTHING = Query()


@patient
class Store:
    """An open store, see :func:`scraper.storage.open_store`.

    Safe for use from several threads and processes: one writes at a time, other writers
    wait, readers never do. Every method raises StorageError only. *models* are the site
    models, *jobs* the frontiers and runs of crawls. Nothing is written if another store, or
    none, is now where this one was opened.
    """

    def __init__(self, sessions: Sessions) -> None:
        self.name = sessions.name
        self.models = Models(sessions)
        self.jobs = Jobs(sessions)
        self._transaction = sessions
        self._passed_over: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        self._transaction.close()

    @property
    def damaged(self) -> int:
        """The number of damaged rows skipped so far.

        Each is logged once, by the logger of this module.
        """
        return self._transaction.damaged + len(self._passed_over)

    def save(self, articles: Sequence[Article]) -> list[Outcome]:
        """Store *articles* in one transaction; return the outcome of each, in order.

        Once this returns, they survive the end of the process. An article whose words
        changed replaces the stored one under the next revision.
        """
        with self._transaction(writes=True) as connection:
            return saving.save(connection, articles)

    def load(self, url: str) -> Article | None:
        """Return the article that is, or was once found, at *url*; else None.

        A damaged one counts as not stored, here and in the other methods.
        """
        rows = self._fetch(finding.article_at(url))
        return next(self._read(rows), None)

    def history(self, url: str) -> list[Article]:
        """Return every revision of the article at *url*, the oldest first."""
        place = finding.place_of(url).scalar_subquery()
        before = sa.select(*PAST).where(revisions.c.position == place)
        newest = self._fetch_found(finding.article_at(url))
        rows = self._fetch(before.order_by(revisions.c.revision))
        return [*self._read(rows, past_article_of), *self._read(newest)]

    def mark_gone(self, url: str, at: datetime) -> bool:
        """Note that the page of the article at *url* was taken down; keep the article.

        Returns True if there is one that was not marked before.
        """
        with self._transaction(writes=True) as connection:
            return saving.mark_gone(connection, url, at)

    def near_duplicates(self, url: str) -> list[Article]:
        """Return the article at *url* and its near-duplicates, the head first.

        Near-duplicates are articles published within a week that share most of their text,
        and the near-duplicates of these. The head is the one published first; of several
        published at once, the one stored first. The list is empty if *url* is unknown.
        """
        rows = self._fetch(
            near_duplicates.members(finding.place_of(url).scalar_subquery())
        )
        if rows:
            return list(self._read(rows))
        return list(self._read(self._fetch_found(finding.article_at(url))))

    def largest_clusters(self, query: Query, *, limit: int) -> list[list[Article]]:
        """Return the clusters with most articles of *query*, each with its head first.

        Each is complete; the largest comes first. Each has two articles of *query* or more.
        """
        chosen = near_duplicates.largest(filters(query), limit=limit)
        places = [sa.literal(row[0]) for row in self._fetch(chosen)]
        return [
            list(self._read(self._fetch(near_duplicates.members(place))))
            for place in places
        ]

    def heads(self, articles: Iterable[Article]) -> dict[str, str]:
        """Return the canonical URL of the head by the id of each near-duplicate."""
        found: dict[str, str] = {}
        for batch in in_batches(article.id for article in articles):
            rows = self._fetch(near_duplicates.heads(batch))
            found |= {row.id: row.canonical_url for row in rows}
        return found

    def forget(self, url: str, at: datetime) -> Forgotten:
        """Remove the article at *url* and everything stored of it, for good.

        No save() and no visit brings it back, under any of its URLs.
        """
        with self._transaction(writes=True) as connection:
            return finding.forget(connection, url, at)

    def forgotten(self, urls: Iterable[str]) -> set[str]:
        """Return those of *urls* that were forgotten."""
        with self._transaction() as connection:
            return finding.forgotten_among(connection, urls)

    def forgotten_ids(self) -> frozenset[str]:
        """Return the hashes of all forgotten URLs, see ``forgotten_id()``."""
        with self._transaction() as connection:
            return finding.forgotten_ids(connection)

    def iter_articles(self, query: Query = _EVERYTHING) -> Iterator[Article]:
        """Yield the articles of *query*, newest first, in constant memory.

        Articles without a date come last; those of one time in the order of storing.
        """
        if query.limit is None:
            self._transaction.check()
        return self._read(iter_rows(query, self._fetch))

    def iter_archived(self) -> Iterator[tuple[str, str]]:
        """Yield canonical URL and archive reference of each archived article."""
        return saving.iter_references(self._fetch)

    def forget_archived(self, urls: Sequence[str]) -> None:
        """Remove the archive references of the articles at the canonical *urls*.

        The next crawl fetches their pages again, and archives them.
        """
        with self._transaction(writes=True) as connection:
            saving.forget_references(connection, urls)

    def last_change(self) -> int:
        """Return the number of the last change of an article, 0 in an empty store.

        Every change takes a higher number than all before: see :meth:`iter_changed`.
        Raises StoreMovedError if the store that was opened is no longer at its place.
        """
        self._transaction.check_place()
        return int(self._fetch(finding.LAST)[0][0])

    def iter_changed(
        self, query: Query, *, after: int, to: int
    ) -> Iterator[tuple[int, Article]]:
        """Yield number and article of each change after *after* and up to *to*.

        A change is that an article was stored, reworded, changed in another field or found
        gone; each article comes once, in the order of the numbers. With :meth:`last_change`
        as *to*, and that as the next *after*, no change is missed or repeated.
        """
        self._transaction.check()
        for row in finding.iter_changed(query, after, to, self._fetch):
            for article in self._read([row]):
                yield row.change, article

    def search(
        self, words: str, *, limit: int = 20, site: str | None = None
    ) -> list[Hit]:
        """Return articles, of *site* or of all, with all *words*, newest first, then by rank.

        Case and diacritics are ignored; "a quoted phrase" must occur as such. Any text is
        valid; one without a letter or digit finds nothing. Only the newest 1,000 hits
        (*limit*, if that is more) are ranked: of more than that in one minute, those stored
        last.
        """
        terms = parse_query(words)
        if not terms or limit < 1:
            return []
        most = max(limit, CANDIDATES)
        matching = database_of(self._transaction.engine).matching
        rows = self._fetch(matching(terms, limit=limit, most=most, site=site))
        found = self._read(rows)
        return [Hit(article, snippet(article.text, terms)) for article in found]

    def check_writable(self) -> str:
        """Return the version of the tables; raises StorageError if the store is read-only."""
        with self._transaction(writes=True) as connection:
            version = migrate.version_of(connection, self.name)
            # BEGIN IMMEDIATE alone says nothing of a file that cannot be written.
            migrate.write_version(connection, version)
            connection.rollback()
        return version

    def has_duplicate(self, article: Article) -> bool:
        """Return True if its words and its title are stored under another URL.

        Case is ignored in titles. No index helps: every article's row is read.
        """
        if not article.content_fingerprint:
            return False
        rows = self._fetch(finding.titles_of_duplicates(article))
        titles = (row.title.casefold().split() for row in rows)
        return article.title.casefold().split() in titles

    def count(self) -> int:
        rows = self._fetch(sa.select(sa.func.count()).select_from(articles))
        return int(rows[0][0])

    def sites(self) -> list[str]:
        """Return the sites of stored articles, sorted."""
        rows = self._fetch(sa.select(articles.c.site).distinct())
        return sorted(row.site for row in rows)

    def known(self, urls: Iterable[str]) -> set[str]:
        """Return those of *urls* under which an article is stored."""
        with self._transaction() as connection:
            return finding.known_among(connection, urls)

    def _read(
        self,
        rows: Iterable[sa.Row[Any]],
        read: Callable[[Row], Article] = stored_article_of,
    ) -> Iterator[Article]:
        """Yield the articles of *rows*; log and skip damaged ones."""
        for row in rows:
            try:
                yield read(row._mapping)
            except DamagedRow:
                self._pass_over(row)

    def _pass_over(self, row: sa.Row[Any]) -> None:
        if row.position in self._passed_over:
            return
        self._passed_over.add(row.position)
        _logger.warning(
            "store %s: the article at %s is damaged and passed over; `tinsach doctor"
            " --repair` restores it, or the next fetch of its page",
            self.name,
            harmless(str(row.canonical_url)),
        )

    def _fetch_found(self, select: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Return the rows of *select*; if there are none, from the salvaged store."""
        rows = self._fetch(select)
        if not rows and self._transaction.check():
            return self._fetch(select)
        return rows

    @salvaging
    @again
    def _fetch(
        self, select: sa.Select[Any] | sa.CompoundSelect[Any]
    ) -> Sequence[sa.Row[Any]]:
        with self._transaction() as connection:
            return connection.execute(select).all()


_ROWS = (articles, texts, details)


class Sessions:
    """Begins the transactions of the store *name*, whose file is *file* if it has one.

    *damaged* counts the rows that could not be read. Every write transaction checks
    *identity*, once it is known.
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
        """Raise StoreMovedError if another store, or none, is now at the place.

        For readers that follow a store: SQLite may have a deleted file open. A salvaged
        copy stays.
        """
        if self.identity is not None and self._folder is None:
            with self() as connection:
                self.identity.check_place(connection)

    def check(self) -> bool:
        """Salvage the store if an index of its articles contradicts their rows.

        This is checked once, before all articles are read, since an index that lost one
        raises no error. Returns True if the store was salvaged.
        """
        with self._lock:
            if self._is_checked:
                return False
            self._is_checked = True
        if self._file is None or self._has_written or self._is_whole():
            return False
        return self.salvage()

    def salvage(self) -> bool:
        """Read from now on what can be salvaged of the store.

        Returns False if it was salvaged before, has been written, is not a file, or nothing
        can be read.
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


class Identity:
    """The identity of the open store at *location*, which every write transaction checks.

    It is its token, and its place: device and inode of the files that SQLite has open and
    the mark in the header, or the OIDs of database and table in PostgreSQL.
    """

    def __init__(self, connection: sa.Connection, location: Location) -> None:
        self._name = location.name
        self._select = sa.select(
            migrate.IDENTITY.c.token, *database_of(connection).PLACE
        )
        self._found = self._find_at_first(connection)
        self._files = sqlite.Files(connection, location.file) if location.file else None

    def check(self, connection: sa.Connection) -> None:
        """Raise StoreMovedError if a transaction would write another store, or none."""
        if self._found is None:
            raise StorageError(
                f"store {self._name} is damaged, it has no {migrate.IDENTITY_TABLE}:"
                " `tinsach doctor --repair` saves what can be read of it"
            )
        self.check_place(connection)

    def check_place(self, connection: sa.Connection) -> None:
        """Raise StoreMovedError if another store, or none, is now at the place."""
        self.check_files(connection)
        if self._found is None:
            return
        if self._find(connection) != self._found:
            self._fail("was replaced by another store")

    def check_files(self, connection: sa.Connection) -> None:
        """Raise StoreMovedError if a file of the store is missing or is another one."""
        if self._files and (change := self._files.find_change(connection)):
            self._fail(change)

    def _find_at_first(self, connection: sa.Connection) -> sa.Row[Any] | None:
        """Return the row of _find(), None if it is damaged: the rest may be readable."""
        try:
            return self._find(connection)
        except sa.exc.DatabaseError as error:
            if not sqlite.is_damage(error):
                raise
            return None

    def _find(self, connection: sa.Connection) -> sa.Row[Any] | None:
        return connection.execute(self._select).first()

    def _fail(self, change: str) -> None:
        raise StoreMovedError(
            f"store {self._name} {change} while it was open: nothing more is read or"
            " written. Put it back if it was moved, then run the command again"
        )
