"""The tables, as the newest migration leaves them (a test compares the two).

Those named ``stored_`` stand behind a view of the same name without that, see
:mod:`scraper.storage.views`: other programs read the views.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.engine import Dialect


T = TypeVar("T")

WRITES = "tinsach_writes"
"""Execution option of a connection whose transactions take the write lock at once."""

BATCH = 500
"""Rows that are read or written at once, and values of one ``IN (…)``."""

UNREADABLE = datetime.fromtimestamp(0, UTC)
"""Returned for a damaged time: long ago, so that whatever waits for it is due."""


class _Time(sa.TypeDecorator[datetime]):
    """A time of which a damaged value reads as UNREADABLE, instead of failing."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[..., Any]:
        process = super().result_processor(dialect, coltype)

        def read(value: Any) -> Any:  # noqa: ANN401  whatever the column holds
            try:
                return process(value) if process else value
            except (ArithmeticError, AttributeError, TypeError, ValueError):
                return UNREADABLE

        return read


class Moment(_Time):
    """An aware datetime, to the microsecond."""

    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        return value and in_utc(value)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Second(_Time):
    """An aware datetime, to the second; in SQLite the text ``2026-01-31T08:00:00Z``.

    That is what other tools read: ISO 8601 with its zone, which sorts as time does.
    """

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        is_text = dialect.name == "sqlite"
        return dialect.type_descriptor(sa.Text() if is_text else self.impl_instance)

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,
    ) -> Any:  # noqa: ANN401  a text for SQLite
        if value is None:
            return None
        second = to_second(value)
        return as_text(second) if dialect.name == "sqlite" else second

    def process_result_value(
        self,
        value: Any,  # noqa: ANN401  as above
        dialect: Dialect,
    ) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if value is not None else None


def in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar
        return moment.replace(tzinfo=UTC)


def to_second(moment: datetime) -> datetime:
    """Return *moment* in UTC, truncated to the second."""
    return in_utc(moment).replace(microsecond=0)


def as_text(second: datetime) -> str:
    return f"{second.replace(tzinfo=None).isoformat()}Z"


metadata = sa.MetaData()


def in_batches(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield *values* in lists of BATCH, the last one shorter."""
    remaining = iter(values)
    while batch := list(islice(remaining, BATCH)):
        yield batch


class _Packed(sa.TypeDecorator[bytes]):
    """Bytes; empty for a damaged value."""

    impl = sa.LargeBinary
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[..., Any]:
        def read(value: Any) -> bytes:  # noqa: ANN401  whatever the column holds
            return bytes(value) if isinstance(value, bytes | memoryview) else b""

        return read


def _facts() -> tuple[sa.Column[Any], ...]:
    """Return new columns of the facts of an article, beside its words."""
    return (
        sa.Column("canonical_url", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("published_at", Second),
        sa.Column("modified_at", Second),
        sa.Column("fetched_at", Second),
        sa.Column("gone_at", Second),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("content_fingerprint", sa.String(16), nullable=False),
    )


def _checksum() -> sa.Column[int]:
    """Return a new column that holds what :mod:`scraper.storage.rows` computes."""
    return sa.Column("checksum", sa.Integer, nullable=False)


def _of_article() -> sa.Column[int]:
    """Return a new column that is the key of a row and the position of its article."""
    return sa.Column(
        "position",
        sa.Integer,
        sa.ForeignKey("stored_articles.position", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


def _words() -> tuple[sa.Column[Any], ...]:
    """Return new columns of the searched words of an article."""
    return (
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def _details() -> tuple[sa.Column[Any], ...]:
    """Return new columns of everything else, see :mod:`scraper.storage.rows`."""
    return (
        sa.Column("lead_length", sa.Integer, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
    )


articles = sa.Table(
    "stored_articles",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(16), nullable=False, unique=True),
    *_facts(),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("section_folded", sa.Text, nullable=False),
    sa.Column("change", sa.BigInteger, nullable=False),
    _checksum(),
    sa.Index("articles_newest", sa.desc("published_at"), "position"),
    sa.Index("articles_change", "change"),
)
"""One narrow row an article; *position* is the order of storing, *change* the number of
its last change, see :mod:`scraper.storage.finding`, *checksum* covers the three rows of
the article.

*id* is a hash of *canonical_url*, which needs no index of its own: each index in random
order costs a page, read and written, an article.
"""

texts = sa.Table(
    "stored_texts",
    metadata,
    _of_article(),
    sa.Column("recency", sa.BigInteger, nullable=False, unique=True),
    *_words(),
)
"""The words of an article; *recency* is its number in the full-text index, see
:func:`scraper.storage.finding.first_slot`.

They are a table of their own because sorting 20,000 hits by date read 20,000 records
(230 ms, now 70).
"""

details = sa.Table(
    "stored_details",
    metadata,
    _of_article(),
    *_details(),
)
"""Everything else of an article. It is apart from the words because shorter rows fill the
pages of a file better, which saves a twentieth of it."""

addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column(
        "position",
        sa.Integer,
        sa.ForeignKey("stored_articles.position", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Index("addresses_position", "position"),
)
"""Every normalised URL under which an article was found, except its canonical one.

Most articles were found only there, so they have no row here.
"""

revisions = sa.Table(
    "stored_revisions",
    metadata,
    _of_article(),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    *_facts(),
    *_words(),
    *_details(),
    _checksum(),
)
"""Previous revisions of articles; the newest one is in the three tables above."""

stored_article = articles.outerjoin(texts).outerjoin(
    details, details.c.position == articles.c.position
)
"""The newest revision of articles; outer joins find one that lost a part, too."""

_NEVER_VISITED = sa.text("visited_at IS NULL AND due_at IS NOT NULL")
_VISITED = sa.text("visited_at IS NOT NULL AND due_at IS NOT NULL")
frontier = sa.Table(
    "frontier",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("key", sa.BigInteger, nullable=False, unique=True),
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("listed_at", Moment),
    sa.Column("dated", sa.Boolean, nullable=False),
    sa.Column("changed_at", Moment),
    sa.Column("announcer", sa.Integer),
    sa.Column("rank", sa.BigInteger, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("visited_at", Moment),
    sa.Column("due_at", Moment),
    sa.Column("lessee", sa.Integer),
    sa.Column("interval", sa.Integer),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text, nullable=False),
    sa.Column("content_hash", sa.String(16), nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Column("proved", sa.Integer, nullable=False),
    sa.Index(
        "frontier_first",
        "job",
        "rank",
        sqlite_where=_NEVER_VISITED,
        postgresql_where=_NEVER_VISITED,
    ),
    sa.Index(
        "frontier_again",
        "job",
        "due_at",
        sqlite_where=_VISITED,
        postgresql_where=_VISITED,
    ),
)
"""Every URL that a job knows; the indexes hold those with a planned visit.

*key* is a hash of job and url, see :func:`scraper.storage.frontier.key_of`. *rank* is
the time of an article in seconds, and higher for any source: higher ranks are visited
first. *lessee* is the run that leased it last. *due_at* is None if no visit is planned.
*interval* is the number of seconds between two visits of a source, *tries* the number of
failures in a row, *changes* that of visits that found changed words. *changed_at* is the
last change that a sitemap announced, *announcer* the position of that sitemap, where
*told* counts the changes that it announced, and *proved* those that a visit found.
"""

runs = sa.Table(
    "stored_runs",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("token", sa.String(16), nullable=False),
    _checksum(),
    sa.Index("runs_of_job", "job", "position"),
)
"""Every run of a job; one that has not ended holds job and host while *seen_at* is recent.

*owner* and *process* are those of an Owner, see :mod:`scraper.storage.jobs`; *token*
is of the open store that began it, the only one that may write for it.
*record* is the report of the run as JSON, "" until it has ended.
"""

sketches = sa.Table(
    "sketches",
    metadata,
    _of_article(),
    sa.Column("moment", sa.BigInteger, nullable=False),
    sa.Column("shingles", sa.Integer, nullable=False),
    sa.Column("signature", _Packed, nullable=False),
    sa.Column("keys", _Packed, nullable=False),
)
"""What :mod:`scraper.text` keeps of a text; short ones have no row.

*moment* is the publication in seconds of Unix time; *keys* are those in sketch_keys.
"""

sketch_keys = sa.Table(
    "sketch_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Index of near-duplicates. The high bits of *key* are the week of publication: rows that
are written and read together are stored together, however large the table. A row whose
article is gone does no harm, so there is no foreign key.
"""

near_duplicates = sa.Table(
    "near_duplicates",
    metadata,
    _of_article(),
    sa.Column("cluster", sa.Integer, nullable=False),
    sa.Index("near_duplicates_cluster", "cluster"),
)
"""Articles that are near-duplicates; *cluster* is the position of one member.

The head, the earliest member, is computed when it is needed.
"""

forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("forgotten_at", Moment, nullable=False),
)
"""URLs that stay out of the store; *id* is a hash of one, which is itself not kept."""

models = sa.Table(
    "models",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    _checksum(),
    sa.UniqueConstraint("site", "version"),
)
"""Every version of every site model; *position* is the order of saving."""

samples = sa.Table(
    "samples",
    metadata,
    sa.Column("site", sa.Text, primary_key=True),
    sa.Column("key", sa.String(16), primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    _checksum(),
)
"""Digests of some pages of a site, to learn its model again with more of them."""
