"""The record of the archive that each article was read from, and articles without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.items import id_of
from scraper.storage.rows import archived_at, without_archive
from scraper.storage.tables import articles, details, frontier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_AT_ONCE = 500
_LISTED = sa.select(
    articles.c.position, articles.c.canonical_url, details.c.fields
).join_from(articles, details)
_UPDATE = (
    sa.update(details)
    .where(details.c.position == sa.bindparam("there"))
    .values(fields=sa.bindparam("left"))
)


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
        rows = connection.execute(_LISTED.where(articles.c.id.in_(ids))).all()
        changed = [
            {"there": row.position, "left": without_archive(row.fields)} for row in rows
        ]
        if changed:
            connection.execute(_UPDATE, changed)
        _visit_again(connection, ids)


def _visit_again(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Let the URLs of the articles be fetched anew, whatever was known of their pages."""
    urls = sa.select(articles.c.url).where(articles.c.id.in_(ids))
    visited = frontier.c.url.in_(urls) & frontier.c.visited_at.is_not(None)
    nothing = {"etag": "", "last_modified": "", "content_hash": ""}
    again = sa.update(frontier).where(visited).values(due_at=clock.now(), **nothing)
    connection.execute(again)
