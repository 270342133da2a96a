"""Putting articles into the tables, inside the caller's transaction.

The caller holds the write lock, so what is read here is still so when it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from scraper.storage.records import Outcome
from scraper.storage.rows import encodable, says_the_same, to_row, with_revision
from scraper.storage.tables import addresses, articles
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.items import Article


class _Stored(NamedTuple):
    position: int
    revision: int
    fingerprint: str
    record: str


def save(connection: sa.Connection, batch: Sequence[Article]) -> list[Outcome]:
    """Insert or replace each article of *batch*; return the outcomes in its order."""
    return [_save_one(connection, article) for article in batch]


def _save_one(connection: sa.Connection, article: Article) -> Outcome:
    row = to_row(article)
    stored = _find(connection, row["canonical_url"])
    if stored is None:
        insert = sa.insert(articles).values(row).returning(articles.c.position)
        position, outcome = connection.execute(insert).scalar_one(), Outcome.NEW
    else:
        position, outcome = stored.position, _replace(connection, stored, row)
    _remember(connection, article, position)
    return outcome


def _find(connection: sa.Connection, canonical_url: str) -> _Stored | None:
    columns = articles.c
    select = sa.select(
        columns.position, columns.revision, columns.content_fingerprint, columns.record
    ).where(columns.canonical_url == canonical_url)
    found = connection.execute(select).one_or_none()
    return None if found is None else _Stored(*found)


def _replace(
    connection: sa.Connection, stored: _Stored, row: dict[str, Any]
) -> Outcome:
    if says_the_same(stored.record, row["record"]):
        return Outcome.UNCHANGED
    reworded = row["content_fingerprint"] != stored.fingerprint
    values = with_revision(row, stored.revision + reworded)
    same_row = articles.c.position == stored.position
    connection.execute(sa.update(articles).where(same_row).values(values))
    return Outcome.CHANGED


def _remember(connection: sa.Connection, article: Article, position: int) -> None:
    """Note under which addresses the article was found; the newest finding counts."""
    urls = {encodable(normalise_url(u)) for u in (article.url, article.canonical_url)}
    select = sa.select(addresses).where(addresses.c.url.in_(urls))
    known = {row.url: row.position for row in connection.execute(select)}
    for url in sorted(urls - known.keys()):
        connection.execute(sa.insert(addresses), {"url": url, "position": position})
    moved = [url for url in known if known[url] != position]
    if moved:
        there = addresses.c.url.in_(moved)
        connection.execute(sa.update(addresses).where(there).values(position=position))
