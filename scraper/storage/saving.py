"""Putting articles into the tables, inside the caller's transaction.

The caller holds the write lock, so what is read here is still so when it is written.
A batch is a handful of statements, however many articles it has: one for each article
cost more than SQLite's own work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.changes import is_reworded
from scraper.items import id_of
from scraper.storage import near_duplicates, recency
from scraper.storage.databases import database_of
from scraper.storage.finding import article_at, place_of
from scraper.storage.following import next_change
from scraper.storage.forgetting import forgotten_among
from scraper.storage.records import Outcome
from scraper.storage.rows import (
    STORED,
    UNREADABLE,
    encodable,
    is_made_alike,
    says_the_same,
    to_article,
    to_columns,
    to_row,
)
from scraper.storage.tables import (
    addresses,
    articles,
    details,
    revisions,
    stored_article,
    texts,
)
from scraper.storage.times import to_second
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from scraper.items import Article
    from scraper.storage.rows import Row

_FIND = (
    sa.select(articles.c.id, articles.c.position, articles.c.change, *STORED)
    .select_from(stored_article)
    .where(articles.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_NAMES = tuple(column.name for column in STORED)
_LAST = sa.select(sa.func.coalesce(sa.func.max(articles.c.position), 0))
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
"""The newest finding counts; the same words in SQLite and in PostgreSQL."""
_FORGET = sa.delete(addresses).where(
    addresses.c.url.in_(sa.bindparam("urls", expanding=True))
)


@dataclass(slots=True)
class _Version:
    """The newest version of an article; *article* where it is not yet written.

    *columns* are those of STORED, *past* those of the revisions that it replaces and that
    are not yet kept.
    """

    position: int
    change: int
    columns: dict[str, Any]
    article: Article | None = None
    past: tuple[dict[str, Any], ...] = ()


def save(connection: sa.Connection, batch: Sequence[Article]) -> list[Outcome]:
    """Insert or replace each article of *batch*; return the outcomes in its order.

    What was forgotten under any address of an article is not stored again.
    """
    urls = {url for article in batch for url in (article.url, article.canonical_url)}
    out = forgotten_among(connection, urls)
    kept = [a for a in batch if a.url not in out and a.canonical_url not in out]
    outcomes = dict(zip(map(id, kept), _save(connection, kept), strict=True))
    return [outcomes.get(id(article), Outcome.FORGOTTEN) for article in batch]


def _save(connection: sa.Connection, batch: Sequence[Article]) -> list[Outcome]:
    if not batch:
        return []
    ids = [article.id for article in batch]
    versions = _find(connection, ids)
    changes = count(next_change(connection))
    stored = last = connection.execute(_LAST).scalar_one()
    outcomes = []
    for id_, article in zip(ids, batch, strict=True):
        if id_ in versions:
            versions[id_], outcome = _follow(versions[id_], article, changes)
        else:
            last += 1
            versions[id_] = _version(article, last, next(changes))
            outcome = Outcome.NEW
        outcomes.append(outcome)
    _write(connection, versions.values(), stored)
    places = [versions[id_].position for id_ in ids]
    _remember(connection, zip(batch, places, strict=True))
    return outcomes


def _find(connection: sa.Connection, ids: Sequence[str]) -> dict[str, _Version]:
    rows = connection.execute(_FIND, {"ids": list(set(ids))})
    return {
        row.id: _Version(row.position, row.change, {n: row._mapping[n] for n in _NAMES})
        for row in rows
    }


def _version(article: Article, position: int, change: int) -> _Version:
    return _Version(position, change, to_columns(article), article)


def _follow(
    before: _Version, article: Article, changes: Iterator[int]
) -> tuple[_Version, Outcome]:
    """Return the version that stands after *article* came upon the one *before*."""
    columns = to_columns(article)
    same = _says_the_same(before.columns, columns)
    if same and is_made_alike(before.columns, columns):
        return before, Outcome.UNCHANGED
    reworded = not same and _is_reworded(before.columns, article)
    version = _version(
        replace(article, revision=before.columns["revision"] + reworded),
        before.position,
        before.change if same else next(changes),
    )
    version.past = before.past
    if reworded:
        version.past += (before.columns,)
        return version, Outcome.REVISED
    return version, Outcome.UNCHANGED if same else Outcome.CHANGED


def rename(connection: sa.Connection, url: str, article: Article) -> None:
    """Let the article stored from *url* be the one that *article* is by now.

    It moved: where the store has it under its new address too, that one is a duplicate and
    goes, the one with the history stays. What else it says by now is for save() to write.
    """
    if forgotten_among(connection, [article.url, article.canonical_url]):
        return
    there = _position(connection, id_of(article.canonical_url))
    here = connection.execute(place_of(url)).scalar_one()
    if here is None or here == there:
        return
    if there is not None:
        connection.execute(sa.delete(articles).where(articles.c.position == there))
        database_of(connection).catch_up(connection)
    row = articles.c.position == here
    before = connection.execute(sa.select(articles.c.canonical_url).where(row))
    connection.execute(_REMEMBER, {"url": before.scalar_one(), "position": here})
    connection.execute(sa.update(articles).where(row).values(id=article.id))


def _position(connection: sa.Connection, id_: str) -> int | None:
    select = sa.select(articles.c.position).where(articles.c.id == id_)
    return connection.execute(select).scalar_one_or_none()


def twins(connection: sa.Connection, new: Iterable[Article]) -> list[str]:
    """Return the addresses of stored articles that say the same as one of *new*.

    Of the same site and of the same moment: the article has moved, most likely.
    """
    told = {
        (to_second(a.published_at), a.site, a.content_fingerprint): a
        for a in new
        if a.published_at
    }
    moments = {moment for moment, *_ in told}
    c = articles.c
    known = sa.select(c.id, c.url, c.published_at, c.site, c.content_fingerprint)
    rows = connection.execute(known.where(c.published_at.in_(moments)))
    return [
        row.url
        for row in rows
        if (twin := told.get((row.published_at, row.site, row.content_fingerprint)))
        and row.id != twin.id
    ]


def mark_gone(connection: sa.Connection, url: str, at: datetime) -> bool:
    """Note in the article at *url* that it is gone; tell whether one stood until then."""
    row = connection.execute(article_at(url)).mappings().one_or_none()
    article = _readable(row) if row else None
    if article is None or article.gone_at is not None:
        return False
    save(connection, [replace(article, gone_at=at)])
    return True


def _says_the_same(before: Row, columns: Row) -> bool:
    return _readable(before) is not None and says_the_same(before, columns)


def _is_reworded(before: Row, article: Article) -> bool:
    """Return True if *article* says other words than *before*, or nobody can tell."""
    stored = _readable(before)
    return stored is None or is_reworded(stored, article)


def _readable(row: Row) -> Article | None:
    try:
        return to_article(row)
    except UNREADABLE:  # damaged
        return None


def _write(
    connection: sa.Connection, versions: Iterable[_Version], stored: int
) -> None:
    """Write what is not yet written; positions up to *stored* have their rows."""
    old, new, wide, past = [], [], [], []
    written: dict[int, Article] = {}
    for version in versions:
        if version.article is not None:
            written[version.position] = version.article
            row = to_row(version.article, version.columns)
            row["change"] = version.change
            if version.position > stored:
                new.append(row | {"position": version.position})
            else:
                old.append(row | {"there": version.position})
            wide.append(_wide(version, version.article))
            past += [{"position": version.position, **each} for each in version.past]
    if old:
        connection.execute(_UPDATE, old)
        there = [{"there": row["there"]} for row in old]
        connection.execute(_DELETE_TEXT, there)
        connection.execute(_DELETE_DETAILS, there)
    if new:
        connection.execute(_INSERT, new)
    if written:
        _write_wide(connection, wide)
        rewritten = [row["there"] for row in old]
        near_duplicates.place(connection, written, rewritten=rewritten)
    if past:
        connection.execute(_INSERT_REVISION, past)


def _wide(version: _Version, article: Article) -> dict[str, Any]:
    first = recency.first_slot(article.published_at, version.position)
    return {"position": version.position, "recency": first, **version.columns}


def _write_wide(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    numbers = recency.allot(connection, [row["recency"] for row in rows])
    for row, number in zip(rows, numbers, strict=True):
        row["recency"] = number
    database_of(connection).insert_texts(connection, _only(texts, rows))
    connection.execute(_INSERT_DETAILS, _only(details, rows))


def _only(table: sa.Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = [column.name for column in table.c]
    return [{name: row[name] for name in names} for row in rows]


def _remember(connection: sa.Connection, found: Iterable[tuple[Article, int]]) -> None:
    """Note under which addresses the articles were found, at which positions.

    An article is found under its canonical address without a note.
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
