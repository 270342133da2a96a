"""Near-duplicates found as articles are saved, inside the caller's transaction.

Two texts published within WINDOW that share a key are compared; near-duplicates belong
to one cluster, as do near-duplicates of near-duplicates. So clusters do not depend on the
order of saving. Nothing is kept in memory, and the cost of an article does not grow with
the store: its keys are stored with those of its week.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from scraper.likeness import (
    KEY_BITS,
    KEYS,
    SLOTS,
    Sketch,
    is_near_duplicate,
    sketch_of,
)
from scraper.storage.databases import database_of
from scraper.storage.rows import STORED
from scraper.storage.tables import (
    articles,
    near_duplicates,
    sketch_keys,
    sketches,
    stored_article,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scraper.items import Article

WINDOW = 7 * 24 * 3600
"""Seconds between the publications of two near-duplicates, at most."""
MOST = 8
"""Articles of a week that one key finds: the hundredth near-duplicate needs no more, and a
bulletin printed a thousand times costs no more than another text."""
_KEY = (1 << KEY_BITS) - 1
_PACKED = struct.Struct(f"<{KEYS}I")
_INSERT = sa.insert(sketches)
_DELETE_KEY = sa.delete(sketch_keys).where(
    sketch_keys.c.key == sa.bindparam("of"),
    sketch_keys.c.position == sa.bindparam("at"),
)


_RENAME = (
    sa.update(near_duplicates)
    .where(near_duplicates.c.cluster == sa.bindparam("old"))
    .values(cluster=sa.bindparam("new"))
)
_NEVER = sa.literal(datetime.max.replace(tzinfo=UTC), articles.c.published_at.type)
_EARLIEST_FIRST = (articles.c.published_at.nulls_last(), articles.c.position)


def join(connection: sa.Connection, links: Iterable[tuple[int, int]]) -> None:
    """Merge the clusters of the two positions of each link."""
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
    """Return the select of one member of each cluster with most articles."""
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
    """Return the condition that an article has no earlier near-duplicate."""
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
    """Return the select of id and head's URL of each near-duplicate among *ids*."""
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
    """Return the cluster of each of *positions* that has one; delete damaged rows."""
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


class _Text(NamedTuple):
    site: str
    moment: int
    sketch: Sketch

    @property
    def week(self) -> int:
        """The high bits of its stored keys, which are added to those of the sketch."""
        return self.moment // WINDOW << KEY_BITS

    def is_near_duplicate(self, other: _Text) -> bool:
        near = abs(self.moment - other.moment) <= WINDOW
        one_site = self.site == other.site
        return near and is_near_duplicate(self.sketch, other.sketch, one_site=one_site)


def place(
    connection: sa.Connection,
    written: Mapping[int, Article],
    *,
    rewritten: Iterable[int] = (),
) -> None:
    """Put the articles *written* at these positions among their near-duplicates.

    Those *rewritten* existed before. One whose text or time changed leaves its cluster and
    may join another; for an unchanged one only its sketch is read.
    """
    said = {at: text for at, article in written.items() if (text := _text(article))}
    there = set(rewritten)
    before = _load(connection, there)
    changed = {at: text for at, text in before.items() if text != said.get(at)}
    if changed:
        _take_out(connection, changed)
    fresh = {at: text for at, text in said.items() if text != before.get(at)}
    if unreadable := fresh.keys() & there - before.keys():
        gone = sketches.c.position.in_(database_of(connection).listed(unreadable))
        connection.execute(sa.delete(sketches).where(gone))
    if fresh:
        join(connection, _add_sketches(connection, fresh))


def find_damaged(
    connection: sa.Connection, written: Mapping[int, Article]
) -> list[int]:
    """Return the positions of those *written* whose stored sketch is wrong."""
    stored = _load(connection, written)
    return [at for at, article in written.items() if stored.get(at) != _text(article)]


def _text(article: Article) -> _Text | None:
    sketch = sketch_of(article.text)
    if not sketch:
        return None
    when = article.published_at or article.fetched_at
    return _Text(article.site, int(when.timestamp()) if when else 0, sketch)


def _load(connection: sa.Connection, positions: Iterable[int]) -> dict[int, _Text]:
    wanted = set(positions)
    if not wanted:
        return {}
    select = (
        sa.select(sketches, articles.c.site)
        .join(articles, articles.c.position == sketches.c.position)
        .where(sketches.c.position.in_(database_of(connection).listed(wanted)))
    )
    return {
        row.position: _Text(
            row.site,
            row.moment,
            Sketch(row.shingles, row.signature, _PACKED.unpack(row.keys)),
        )
        for row in connection.execute(select)
        if len(row.signature) == SLOTS and len(row.keys) == _PACKED.size
    }


def _take_out(connection: sa.Connection, texts: dict[int, _Text]) -> None:
    stored = [(key + t.week, at) for at, t in texts.items() for key in t.sketch.keys]
    connection.execute(_DELETE_KEY, [{"of": key, "at": at} for key, at in stored])
    gone = sketches.c.position.in_(database_of(connection).listed(texts))
    connection.execute(sa.delete(sketches).where(gone))
    left = _load(connection, dissolve(connection, texts))
    join(connection, _near_duplicates_among(left))


def _near_duplicates_among(texts: dict[int, _Text]) -> list[tuple[int, int]]:
    """Return links that connect the near-duplicates among *texts*, not every pair.

    Each is compared with the previous groups, from their newest member back: one
    comparison if all are near-duplicates, as in the largest clusters.
    """
    links: list[tuple[int, int]] = []
    groups: list[dict[int, _Text]] = []
    for at, text in sorted(texts.items(), key=lambda item: item[1].moment):
        near: list[dict[int, _Text]] = []
        apart: list[dict[int, _Text]] = []
        for group in groups:
            is_near = any(map(text.is_near_duplicate, reversed(group.values())))
            (near if is_near else apart).append(group)
        links += [(at, next(iter(group))) for group in near]
        joined = near[0] if near else {}
        for group in near[1:]:
            joined.update(group)
        joined[at] = text
        groups = [*apart, joined]
    return links


def _add_sketches(
    connection: sa.Connection, texts: dict[int, _Text]
) -> list[tuple[int, int]]:
    """Store the sketches of *texts*; return each with each of its near-duplicates."""
    near: dict[int, list[int]] = defaultdict(list)
    taken: Counter[int] = Counter()
    for row in _stored_near(connection, texts.values()):
        taken[row.key] += 1
        near[row.key & _KEY].append(row.position)
    known = _load(connection, {at for there in near.values() for at in there})
    links, rows = [], []
    for at, text in texts.items():
        found = {other for key in text.sketch.keys for other in near.get(key, ())}
        near_duplicates = (
            o for o in found if o in known and text.is_near_duplicate(known[o])
        )
        links += [(at, other) for other in near_duplicates]
        known[at] = text
        for key in text.sketch.keys:
            stored = text.week + key
            if taken[stored] < MOST:
                taken[stored] += 1
                near[key].append(at)
                rows.append((stored, at))
    connection.execute(_INSERT, [_row(at, text) for at, text in texts.items()])
    database_of(connection).insert_keys(connection, sorted(rows))
    return links


def _stored_near(
    connection: sa.Connection, texts: Iterable[_Text]
) -> Iterable[sa.Row[tuple[int, int]]]:
    """Return the stored keys of *texts* in the weeks around them, with their positions."""
    own = {text.week + key for text in texts for key in text.sketch.keys}
    keys = [key + week for week in (-1 << KEY_BITS, 0, 1 << KEY_BITS) for key in own]
    wanted = database_of(connection).listed(keys)
    select = sa.select(sketch_keys).where(sketch_keys.c.key.in_(wanted))
    return connection.execute(select)


def _row(position: int, text: _Text) -> dict[str, int | bytes]:
    return {
        "position": position,
        "moment": text.moment,
        "shingles": text.sketch.shingles,
        "signature": text.sketch.signature,
        "keys": _PACKED.pack(*text.sketch.keys),
    }
