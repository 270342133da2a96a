"""The record of the archive that each article was read from, and articles without one."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.items import id_of
from scraper.storage.frontier import fetch_anew
from scraper.storage.rows import STORED, DamagedRow, archived_at, without_archive
from scraper.storage.tables import articles, details, stored_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_AT_ONCE = 500
_LISTED = sa.select(
    articles.c.position, articles.c.canonical_url, details.c.fields
).join_from(articles, details)
_FIND = (
    sa.select(*STORED)
    .select_from(stored_article)
    .where(articles.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_UPDATE = sa.update(details).where(details.c.position == sa.bindparam("there"))
_UPDATE = _UPDATE.values(fields=sa.bindparam("left"))
_UPDATE_SUM = sa.update(articles).where(articles.c.position == sa.bindparam("there"))
_UPDATE_SUM = _UPDATE_SUM.values(checksum=sa.bindparam("sum"))


def iter_references(
    fetch: Callable[[sa.Select[Any]], Sequence[sa.Row[Any]]],
) -> Iterator[tuple[str, str]]:
    """Yield the canonical URL of each article that names a record, and its reference."""
    last = -1
    ordered = _LISTED.order_by(articles.c.position).limit(_AT_ONCE)
    while rows := fetch(ordered.where(articles.c.position > last)):
        for row in rows:
            if reference := archived_at(row.fields):
                yield row.canonical_url, reference
        last = rows[-1].position


def forget_references(connection: sa.Connection, urls: Sequence[str]) -> None:
    """Let the articles at the canonical *urls* name no record, and be visited next.

    The visit asks for the whole page, and its record is the one that they name then.
    """
    for at in range(0, len(urls), _AT_ONCE):
        chunk = urls[at : at + _AT_ONCE]
        ids = [id_of(url) for url in chunk]
        rows = connection.execute(_FIND, {"ids": ids}).mappings().all()
        for row in rows:
            with suppress(DamagedRow):
                _forget(connection, row["position"], without_archive(row))
        urls_of = sa.select(articles.c.url).where(articles.c.id.in_(ids))
        fetch_anew(connection, connection.execute(urls_of).scalars().all())


def _forget(connection: sa.Connection, position: int, left: dict[str, Any]) -> None:
    there = {"there": position}
    connection.execute(_UPDATE, there | {"left": left["fields"]})
    connection.execute(_UPDATE_SUM, there | {"sum": left["checksum"]})
