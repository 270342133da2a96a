"""The store of articles, site models and jobs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from scraper.storage import finding, migrate, near_duplicates, saving
from scraper.storage.databases import again, database_of, patient, salvaging
from scraper.storage.finding import Hit, Query, filters, iter_rows
from scraper.storage.jobs import Jobs
from scraper.storage.models import Models
from scraper.storage.rows import PAST, DamagedRow, past_article_of, stored_article_of
from scraper.storage.search import parse_query, snippet
from scraper.storage.tables import articles, in_batches, revisions
from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from scraper.items import Article
    from scraper.storage.finding import Forgotten
    from scraper.storage.opening import Sessions
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
