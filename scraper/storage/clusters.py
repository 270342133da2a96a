"""Clusters of near-duplicates: joined, dissolved and read, inside the caller's transaction.

A cluster is named by a position of its own, the lowest there was; its head is the
member that was published first, of one moment the one stored first.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.storage.databases import database_of
from scraper.storage.rows import STORED
from scraper.storage.tables import articles, near_duplicates, stored_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_RENAME = (
    sa.update(near_duplicates)
    .where(near_duplicates.c.cluster == sa.bindparam("old"))
    .values(cluster=sa.bindparam("new"))
)
_NEVER = sa.literal(datetime.max.replace(tzinfo=UTC), articles.c.published_at.type)
_EARLIEST_FIRST = (articles.c.published_at.nulls_last(), articles.c.position)


def join(connection: sa.Connection, links: Iterable[tuple[int, int]]) -> None:
    """Put the two positions of each link, and whatever stands with them, together."""
    links = list(links)
    if not links:
        return
    there = _clusters(connection, {at for link in links for at in link})
    lower: dict[int, int] = {}
    for link in links:
        one, two = sorted(_root(lower, there.get(at, at)) for at in link)
        if one != two:
            lower[two] = one
    old = {cluster for cluster in there.values() if cluster in lower}
    if old:
        names = [{"old": name, "new": _root(lower, name)} for name in old]
        connection.execute(_RENAME, names)
    new = {at for link in links for at in link if at not in there}
    if new:
        rows = [{"position": at, "cluster": _root(lower, at)} for at in sorted(new)]
        connection.execute(sa.insert(near_duplicates), rows)


def dissolve(connection: sa.Connection, positions: Iterable[int]) -> list[int]:
    """Dissolve the clusters that *positions* are in; return all their members."""
    names = set(_clusters(connection, positions).values())
    mine = near_duplicates.c.cluster.in_(database_of(connection).listed(names))
    members = connection.execute(
        sa.select(near_duplicates.c.position).where(mine)
    ).scalars()
    left = list(members)
    connection.execute(sa.delete(near_duplicates).where(mine))
    return left


def members(position: sa.ColumnElement[int]) -> sa.Select[Any]:
    """Return the select of the articles of the cluster of *position*, the head first."""
    mine = sa.select(near_duplicates.c.cluster).where(
        near_duplicates.c.position == position
    )
    return (
        sa.select(*STORED)
        .join_from(
            stored_article,
            near_duplicates,
            near_duplicates.c.position == articles.c.position,
        )
        .where(near_duplicates.c.cluster == mine.scalar_subquery())
        .order_by(*_EARLIEST_FIRST)
    )


def largest(
    conditions: Iterable[sa.ColumnElement[bool]], *, limit: int
) -> sa.Select[tuple[int]]:
    """Return the select of a member of each cluster with most articles as asked for."""
    count = sa.func.count()
    return (
        sa.select(sa.func.min(near_duplicates.c.position))
        .join_from(
            near_duplicates, articles, articles.c.position == near_duplicates.c.position
        )
        .where(*conditions)
        .group_by(near_duplicates.c.cluster)
        .having(count > 1)
        .order_by(count.desc(), near_duplicates.c.cluster)
        .limit(limit)
    )


def is_head() -> sa.ColumnElement[bool]:
    """Return the condition that an article has no near-duplicate that is earlier."""
    mine, other = near_duplicates.alias("mine"), near_duplicates.alias("other")
    first = articles.alias("first")
    at, then = first.c.published_at, articles.c.published_at
    same = sa.func.coalesce(at, _NEVER) == sa.func.coalesce(then, _NEVER)
    earlier = sa.or_(
        sa.func.coalesce(at, _NEVER) < sa.func.coalesce(then, _NEVER),
        sa.and_(same, first.c.position < articles.c.position),
    )
    return ~sa.exists(
        sa.select(sa.literal(1))
        .join_from(mine, other, other.c.cluster == mine.c.cluster)
        .join(first, first.c.position == other.c.position)
        .where(mine.c.position == articles.c.position, earlier)
        .correlate(articles)
    )


def heads(ids: Sequence[str]) -> sa.Select[tuple[str, str]]:
    """Return the select of the id of each near-duplicate among *ids*, and its head's address."""
    mine, other, head = (
        near_duplicates.alias(),
        near_duplicates.alias(),
        articles.alias(),
    )
    order = head.c.published_at.nulls_last(), head.c.position
    rank = sa.func.row_number().over(partition_by=articles.c.id, order_by=order)
    ranked = (
        sa.select(
            articles.c.id,
            head.c.id.label("head"),
            head.c.canonical_url,
            rank.label("rank"),
        )
        .join_from(articles, mine, mine.c.position == articles.c.position)
        .join(other, other.c.cluster == mine.c.cluster)
        .join(head, head.c.position == other.c.position)
        .where(articles.c.id.in_(ids))
        .subquery()
    )
    return sa.select(ranked.c.id, ranked.c.canonical_url).where(
        ranked.c.rank == 1, ranked.c.id != ranked.c.head
    )


def _clusters(connection: sa.Connection, positions: Iterable[int]) -> dict[int, int]:
    """Return the cluster of each of *positions* that is in one; a damaged one is left."""
    select = sa.select(near_duplicates).where(
        near_duplicates.c.position.in_(database_of(connection).listed(positions))
    )
    rows = connection.execute(select).all()
    damaged = [row.position for row in rows if not isinstance(row.cluster, int)]
    if damaged:
        alone = near_duplicates.c.position.in_(damaged)
        connection.execute(sa.delete(near_duplicates).where(alone))
    return {row.position: row.cluster for row in rows if row.position not in damaged}


def _root(lower: dict[int, int], name: int) -> int:
    while name in lower:
        name = lower[name]
    return name
