"""Putting articles into the tables, inside the caller's transaction.

The caller holds the write lock, so what is read here is still so when it is written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.storage.records import Outcome
from scraper.storage.rows import (
    encodable,
    is_made_alike,
    says_the_same,
    to_record,
    to_row,
    to_text_row,
)
from scraper.storage.tables import addresses, articles, texts
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.items import Article


_FIND = (
    sa.select(articles.c.revision, articles.c.content_fingerprint, texts)
    .join_from(articles, texts)
    .where(articles.c.canonical_url == sa.bindparam("canonical_url"))
)
_INSERT = sa.insert(articles).returning(articles.c.position)
_UPDATE = sa.update(articles).where(articles.c.position == sa.bindparam("there"))
_UPDATE_TEXT = sa.update(texts).where(texts.c.position == sa.bindparam("there"))
_MOVE = sa.update(addresses).where(addresses.c.url == sa.bindparam("moved"))


def save(connection: sa.Connection, batch: Sequence[Article]) -> list[Outcome]:
    """Insert or replace each article of *batch*; return the outcomes in its order."""
    return [_save_one(connection, article) for article in batch]


def _save_one(connection: sa.Connection, article: Article) -> Outcome:
    key = {"canonical_url": encodable(article.canonical_url)}
    stored = connection.execute(_FIND, key).one_or_none()
    if stored is None:
        position = connection.execute(_INSERT, to_row(article)).scalar_one()
        words = to_text_row(article) | {"position": position}
        connection.execute(sa.insert(texts), words)
        outcome = Outcome.NEW
    else:
        position, outcome = stored.position, _replace(connection, stored, article)
    _remember(connection, article, position)
    return outcome


def _replace(
    connection: sa.Connection, stored: sa.Row[Any], article: Article
) -> Outcome:
    record = to_record(article)
    same = says_the_same(stored.record, record)
    if same and is_made_alike(stored.record, record):
        return Outcome.UNCHANGED
    reworded = article.content_fingerprint != stored.content_fingerprint
    article = replace(article, revision=stored.revision + reworded)
    place = {"there": stored.position}
    connection.execute(_UPDATE, to_row(article) | place)
    connection.execute(_UPDATE_TEXT, to_text_row(article) | place)
    return Outcome.UNCHANGED if same else Outcome.CHANGED


def _remember(connection: sa.Connection, article: Article, position: int) -> None:
    """Note under which addresses the article was found; the newest finding counts."""
    urls = {encodable(normalise_url(u)) for u in (article.url, article.canonical_url)}
    select = sa.select(addresses).where(addresses.c.url.in_(sorted(urls)))
    known = {row.url: row.position for row in connection.execute(select)}
    for url in sorted(urls):
        if url not in known:
            row = {"url": url, "position": position}
            connection.execute(sa.insert(addresses), row)
        elif known[url] != position:
            connection.execute(_MOVE, {"moved": url, "position": position})
