"""Saving articles, inside the caller's transaction.

The caller holds the write lock, so what is read here does not change before it is
written. A batch is a handful of statements, however many articles it has: one statement
for each article cost more than SQLite's own work.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.changes import is_reworded, is_same_article
from scraper.items import id_of
from scraper.storage import near_duplicates
from scraper.storage.databases import database_of
from scraper.storage.finding import (
    allot,
    article_at,
    first_slot,
    forgotten_among,
    next_change,
    place_of,
)
from scraper.storage.frontier import fetch_anew
from scraper.storage.rows import (
    WHOLE,
    DamagedRow,
    archived_at,
    encodable,
    is_made_alike,
    only,
    says_the_same,
    sound_article,
    stored_article_of,
    to_columns,
    to_revision,
    to_row,
    without_archive,
)
from scraper.storage.tables import (
    BATCH,
    addresses,
    articles,
    details,
    in_batches,
    revisions,
    sketches,
    texts,
    to_second,
)
from scraper.storage.visits import Outcome
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from scraper.items import Article

_LISTED = sa.select(
    articles.c.position, articles.c.canonical_url, details.c.fields
).join_from(articles, details)
_UPDATE_FIELDS = sa.update(details).where(details.c.position == sa.bindparam("there"))
_UPDATE_FIELDS = _UPDATE_FIELDS.values(fields=sa.bindparam("left"))
_UPDATE_CHECKSUM = sa.update(articles).where(
    articles.c.position == sa.bindparam("there")
)
_UPDATE_CHECKSUM = _UPDATE_CHECKSUM.values(checksum=sa.bindparam("sum"))


_FIND = WHOLE.where(articles.c.id.in_(sa.bindparam("ids", expanding=True)))
_TAKEN = sa.union_all(
    *(
        sa.select(sa.func.max(table.c.position).label("last"))
        for table in (articles, texts, details, revisions, sketches)
    )
).subquery()
_LAST = sa.select(sa.func.coalesce(sa.func.max(_TAKEN.c.last), 0))
"""The last position in any table: damage may have left a text without an article."""
_REVISIONS = sa.select(
    revisions.c.position, sa.func.max(revisions.c.revision).label("last")
).where(revisions.c.position.in_(sa.bindparam("there", expanding=True)))
_REVISIONS = _REVISIONS.group_by(revisions.c.position)
_TWINS = sa.select(
    articles.c.id,
    articles.c.url,
    articles.c.published_at,
    articles.c.site,
    articles.c.content_fingerprint,
).where(articles.c.published_at.in_(sa.bindparam("moments", expanding=True)))
_INSERT = sa.insert(articles)
_UPDATE = sa.update(articles).where(articles.c.position == sa.bindparam("there"))
_INSERT_REVISION = sa.insert(revisions)
_DELETE_TEXT = sa.delete(texts).where(texts.c.position == sa.bindparam("there"))
_DELETE_DETAILS = sa.delete(details).where(details.c.position == sa.bindparam("there"))
_INSERT_DETAILS = sa.insert(details)
_REMEMBER = sa.text(
    f"INSERT INTO {addresses.name} (url, position) VALUES (:url, :position)"  # noqa: S608
    " ON CONFLICT (url) DO UPDATE SET position = excluded.position"
    f" WHERE {addresses.name}.position <> excluded.position"
)
"""The latest finding wins; SQLite and PostgreSQL both accept this statement."""
_FORGET = sa.delete(addresses).where(
    addresses.c.url.in_(sa.bindparam("urls", expanding=True))
)


@dataclass(slots=True)
class _Version:
    """The newest version of an article; *is_new* if it is not yet written.

    *columns* are those of STORED, for a new one without those that only the store has;
    *past* those of the revisions that it replaces and that are not yet written.
    """

    position: int
    change: int
    article: Article
    columns: dict[str, Any]
    is_new: bool = True
    past: tuple[dict[str, Any], ...] = ()


def save(connection: sa.Connection, batch: Sequence[Article]) -> list[Outcome]:
    """Insert or replace each article of *batch*; return the outcomes in its order.

    An article is not stored if any of its URLs was forgotten.
    """
    urls = {url for article in batch for url in (article.url, article.canonical_url)}
    out = forgotten_among(connection, urls)
    kept = [a for a in batch if a.url not in out and a.canonical_url not in out]
    outcomes = dict(zip(map(id, kept), _save(connection, kept), strict=True))
    return [outcomes.get(id(article), Outcome.FORGOTTEN) for article in batch]


def _save(connection: sa.Connection, batch: Sequence[Article]) -> list[Outcome]:
    if not batch:
        return []
    versions, damaged = _find(connection, [article.id for article in batch])
    changes = count(next_change(connection))
    stored = last = connection.execute(_LAST).scalar_one()
    outcomes, ids = [], []
    for article in batch:
        if _is_misnamed(article, versions.get(article.id)):
            article = _under_own_url(article)  # noqa: PLW2901
            if article.id not in versions:
                found = _find(connection, [article.id])
                versions, damaged = versions | found[0], damaged | found[1]
        id_ = article.id
        ids.append(id_)
        if id_ in versions:
            versions[id_], outcome = _follow(versions[id_], article, changes)
        else:
            outcome = Outcome.NEW
            if id_ in damaged:
                position, revision = damaged[id_]
                article = replace(article, revision=revision)  # noqa: PLW2901
            else:
                position = last = last + 1
            versions[id_] = _version(article, position, next(changes))
        outcomes.append(outcome)
    _write(connection, versions.values(), stored)
    places = [versions[id_].position for id_ in ids]
    _remember(connection, zip(batch, places, strict=True))
    return outcomes


def _is_misnamed(article: Article, named: _Version | None) -> bool:
    """Return True if *article* declares the canonical URL of another article, *named*.

    All pages of a site with a broken template do so: one would replace the other.
    """
    if named is None or article.id == _under_own_url(article).id:
        return False
    return not is_same_article(named.article, article)


def _under_own_url(article: Article) -> Article:
    return replace(article, canonical_url=normalise_url(article.url))


def _find(
    connection: sa.Connection, ids: Sequence[str]
) -> tuple[dict[str, _Version], dict[str, tuple[int, int]]]:
    """Return the stored versions by id, and the places of damaged ones.

    A damaged one counts as never stored: its place is its position, and the revision that
    the next version gets.
    """
    versions, damaged = {}, {}
    for row in connection.execute(_FIND, {"ids": list(set(ids))}).mappings():
        try:
            said = stored_article_of(row)
        except DamagedRow:
            damaged[row["id"]] = row["position"]
        else:
            versions[row["id"]] = _Version(
                row["position"], row["change"], said, dict(row), is_new=False
            )
    return versions, _next_revisions(connection, damaged) if damaged else {}


def _next_revisions(
    connection: sa.Connection, damaged: dict[str, int]
) -> dict[str, tuple[int, int]]:
    rows = connection.execute(_REVISIONS, {"there": list(damaged.values())})
    last = {row.position: row.last for row in rows}
    return {id_: (at, last.get(at, 0) + 1) for id_, at in damaged.items()}


def _version(article: Article, position: int, change: int) -> _Version:
    return _Version(position, change, article, to_columns(article))


def _follow(
    before: _Version, article: Article, changes: Iterator[int]
) -> tuple[_Version, Outcome]:
    """Return the newest version after *article* was saved over the one *before*."""
    columns = to_columns(article)
    same = says_the_same(before.columns, columns)
    if same and is_made_alike(before.columns, columns):
        return before, Outcome.UNCHANGED
    reworded = not same and is_reworded(before.article, article)
    version = _version(
        replace(article, revision=before.article.revision + reworded),
        before.position,
        before.change if same else next(changes),
    )
    version.past = before.past
    if reworded:
        version.past += (before.columns,)
        return version, Outcome.REVISED
    return version, Outcome.UNCHANGED if same else Outcome.CHANGED


def rename(connection: sa.Connection, url: str, article: Article) -> bool:
    """Give the article stored from *url* the identity of *article*: it has moved.

    If the store has it under its new URL too, that one is a duplicate and is removed; the
    one with the history stays. Other changes are left to save(). Returns False, and changes
    nothing, if one of the two that are stored is another article: *url* leads to it, or
    the page names it, but nothing has moved.
    """
    if forgotten_among(connection, [article.url, article.canonical_url]):
        return True
    there = _position(connection, id_of(article.canonical_url))
    here = connection.execute(place_of(url)).scalar_one()
    if here == there:
        return True
    if not all(_may_be(connection, at, article) for at in (here, there)):
        return False
    if here is None:
        return True
    if there is not None:
        connection.execute(sa.delete(articles).where(articles.c.position == there))
        database_of(connection).catch_up(connection)
    row = articles.c.position == here
    before = connection.execute(sa.select(articles.c.canonical_url).where(row))
    connection.execute(_REMEMBER, {"url": before.scalar_one(), "position": here})
    connection.execute(sa.update(articles).where(row).values(id=article.id))
    return True


def _may_be(connection: sa.Connection, position: int | None, article: Article) -> bool:
    """Return False if a sound article at *position* is another one than *article*."""
    if position is None:
        return True
    rows = connection.execute(WHOLE.where(articles.c.position == position)).mappings()
    row = rows.one_or_none()
    stored = sound_article(row) if row else None
    return stored is None or is_same_article(stored, article)


def _position(connection: sa.Connection, id_: str) -> int | None:
    select = sa.select(articles.c.position).where(articles.c.id == id_)
    return connection.execute(select).scalar_one_or_none()


def twins(connection: sa.Connection, new: Iterable[Article]) -> list[str]:
    """Return the URLs of stored articles with the words of one of *new*.

    They are of the same site and the same time: the article has most likely moved.
    """
    by_words = {
        (to_second(a.published_at), a.site, a.content_fingerprint): a
        for a in new
        if a.published_at
    }
    moments = {moment for moment, *_ in by_words}
    rows = connection.execute(_TWINS, {"moments": list(moments)})
    return [
        row.url
        for row in rows
        if (twin := by_words.get((row.published_at, row.site, row.content_fingerprint)))
        and row.id != twin.id
    ]


def mark_gone(connection: sa.Connection, url: str, at: datetime) -> bool:
    """Note in the article at *url* that it is gone; return True if that is new."""
    row = connection.execute(article_at(url)).mappings().one_or_none()
    if row is None:
        return False
    try:
        article = stored_article_of(row)
    except DamagedRow:
        return False
    if article.gone_at is not None:
        return False
    save(connection, [replace(article, gone_at=at)])
    return True


def _write(
    connection: sa.Connection, versions: Iterable[_Version], stored: int
) -> None:
    """Write new versions; positions up to *stored* have rows already."""
    written = {v.position: v for v in versions if v.is_new}
    if not written:
        return
    old = [position for position in written if position <= stored]
    if old:
        there = [{"there": position} for position in old]
        connection.execute(_DELETE_TEXT, there)
        connection.execute(_DELETE_DETAILS, there)
    rows = _rows(connection, list(written.values()))
    again = [row for row in rows if row["position"] <= stored]
    new = [row for row in rows if row["position"] > stored]
    if again:
        values = only(articles, again)
        connection.execute(_UPDATE, [{"there": v.pop("position"), **v} for v in values])
    if new:
        connection.execute(_INSERT, only(articles, new))
    database_of(connection).insert_texts(connection, only(texts, rows))
    connection.execute(_INSERT_DETAILS, only(details, rows))
    said = {position: version.article for position, version in written.items()}
    near_duplicates.place(connection, said, rewritten=old)
    past = [
        to_revision(columns | {"position": v.position})
        for v in written.values()
        for columns in v.past
    ]
    if past:
        connection.execute(_INSERT_REVISION, past)


def _rows(
    connection: sa.Connection, versions: Sequence[_Version]
) -> list[dict[str, Any]]:
    """Return the rows of *versions*, each as one, numbered for the full-text index."""
    firsts = [first_slot(v.article.published_at, v.position) for v in versions]
    numbers = allot(connection, firsts)
    return [
        to_row(v.article, v.columns, v.position, number, v.change)
        for v, number in zip(versions, numbers, strict=True)
    ]


def _remember(connection: sa.Connection, found: Iterable[tuple[Article, int]]) -> None:
    """Note the URLs under which the articles at these positions were found.

    An article is found under its canonical URL without a note.
    """
    places = {
        address: None if address == encodable(article.canonical_url) else position
        for article, position in found
        for address in _addresses(article)
    }
    own = [address for address, place in places.items() if place is None]
    connection.execute(_FORGET, {"urls": own})
    rows = [{"url": url, "position": place} for url, place in places.items() if place]
    if rows:
        connection.execute(_REMEMBER, rows)


def _addresses(article: Article) -> set[str]:
    urls = {article.url, article.canonical_url}
    return {encodable(normalise_url(url)) for url in urls}


def iter_references(
    fetch: Callable[[sa.Select[Any]], Sequence[sa.Row[Any]]],
) -> Iterator[tuple[str, str]]:
    """Yield canonical URL and archive reference of each article that has one."""
    last = -1
    ordered = _LISTED.order_by(articles.c.position).limit(BATCH)
    while rows := fetch(ordered.where(articles.c.position > last)):
        for row in rows:
            if reference := archived_at(row.fields):
                yield row.canonical_url, reference
        last = rows[-1].position


def forget_references(connection: sa.Connection, urls: Sequence[str]) -> None:
    """Remove the archive references of the articles at *urls*; make their pages due.

    The next visit fetches the page unconditionally, and stores a new reference.
    """
    for chunk in in_batches(urls):
        ids = [id_of(url) for url in chunk]
        rows = connection.execute(_FIND, {"ids": ids}).mappings().all()
        for row in rows:
            with suppress(DamagedRow):
                _forget_reference(connection, row["position"], without_archive(row))
        urls_of = sa.select(articles.c.url).where(articles.c.id.in_(ids))
        fetch_anew(connection, connection.execute(urls_of).scalars().all())


def _forget_reference(
    connection: sa.Connection, position: int, left: dict[str, Any]
) -> None:
    there = {"there": position}
    connection.execute(_UPDATE_FIELDS, there | {"left": left["fields"]})
    connection.execute(_UPDATE_CHECKSUM, there | {"sum": left["checksum"]})
