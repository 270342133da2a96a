"""Clusters of copies: joined, dissolved and read, inside the caller's transaction.

A cluster is named by a position of its own, the lowest there was; its head is the
member that was published first, of one moment the one stored first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.storage.sqlite import listed
from scraper.storage.tables import articles, copies

if TYPE_CHECKING:
    from collections.abc import Iterable

_RENAME = (
    sa.update(copies)
    .where(copies.c.cluster == sa.bindparam("old"))
    .values(cluster=sa.bindparam("new"))
)
EARLIEST_FIRST = (articles.c.published_at.asc().nulls_last(), articles.c.position)


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
        connection.execute(sa.insert(copies), rows)


def dissolve(connection: sa.Connection, positions: Iterable[int]) -> set[int]:
    """Dissolve the clusters that *positions* are in; return their other members."""
    gone = set(positions)
    names = set(_clusters(connection, gone).values())
    if not names:
        return set()
    mine = copies.c.cluster.in_(listed(names))
    members = connection.execute(sa.select(copies.c.position).where(mine)).scalars()
    left = set(members) - gone
    connection.execute(sa.delete(copies).where(mine))
    return left


def _clusters(connection: sa.Connection, positions: Iterable[int]) -> dict[int, int]:
    """Return the cluster of each of *positions* that is in one."""
    select = sa.select(copies).where(copies.c.position.in_(listed(positions)))
    return {row.position: row.cluster for row in connection.execute(select)}


def _root(lower: dict[int, int], name: int) -> int:
    while name in lower:
        name = lower[name]
    return name
