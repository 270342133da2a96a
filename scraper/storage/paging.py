"""Newest first, a page at a time: flat memory, and no transaction left open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.storage.near_duplicates import is_head
from scraper.storage.rows import STORED
from scraper.storage.tables import articles, stored_article
from scraper.storage.words import folded_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.storage.visits import Query

    Fetch = Callable[[sa.Select[Any]], Sequence[sa.Row[Any]]]


_EPOCH = datetime.fromtimestamp(0, UTC)
_change = articles.c.change

_NO_CHANGE = 2**53
"""Microseconds: in the year 2255. A number from here on is a damaged one."""
LAST = sa.select(sa.func.coalesce(sa.func.max(_change), 0)).where(_change < _NO_CHANGE)
"""The number of the last change, 0 in an empty store."""


def next_change(connection: sa.Connection) -> int:
    """Return the first number free for changes; the caller holds the turn to write."""
    last = int(connection.execute(LAST).scalar_one())
    return max(last + 1, (clock.now() - _EPOCH) // timedelta(microseconds=1))


def iter_changed(
    query: Query, after: int, to: int, fetch: Fetch
) -> Iterator[sa.Row[Any]]:
    """Yield change and columns of what *query* asks for, from beyond *after* up to *to*.

    In the order of changes, each article once, as it is when it is met; one that changes
    meanwhile has a number beyond *to* by then. The limit of *query* does not count.
    """
    select = (
        sa.select(*STORED)
        .select_from(stored_article)
        .where(_change <= to, *filters(query))
        .order_by(_change)
        .limit(PAGE)
    )
    while rows := fetch(select.where(_change > after)):
        yield from rows
        after = rows[-1].change


PAGE = 100
"""Rows read at once; a page of the longest live articles is some 20 MB."""

_columns = articles.c


def iter_rows(query: Query, fetch: Fetch) -> Iterator[sa.Row[Any]]:
    """Yield the rows that *query* asks for; each *fetch* is one short transaction.

    Articles without a date come last. An article whose date changes between two
    pages can be met twice or not at all.
    """
    left = query.limit
    for dated in (True, False):
        after: sa.Row[Any] | None = None
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            rows = fetch(_page(query, dated, after).limit(size))
            yield from rows
            left = left if left is None else left - len(rows)
            if len(rows) < size:
                break
            after = rows[-1]


def _page(query: Query, dated: bool, after: sa.Row[Any] | None) -> sa.Select[Any]:
    page = sa.select(*STORED)
    page = page.select_from(stored_article).where(*filters(query))
    if dated:
        page = page.where(_columns.published_at.is_not(None)).order_by(
            _columns.published_at.desc(), _columns.position
        )
        return page if after is None else page.where(_older(after))
    page = page.where(_columns.published_at.is_(None)).order_by(_columns.position)
    return page if after is None else page.where(_columns.position > after.position)


def _older(row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    same_time = sa.and_(
        _columns.published_at == row.published_at, _columns.position > row.position
    )
    # The first condition is implied; it is what the index can seek to.
    return sa.and_(
        _columns.published_at <= row.published_at,
        sa.or_(_columns.published_at < row.published_at, same_time),
    )


def filters(query: Query) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that *query* states."""
    stated: list[sa.ColumnElement[bool]] = []
    if query.site is not None:
        stated.append(_columns.site == query.site)
    if query.section is not None:
        stated.append(_columns.section_folded == folded_words(query.section))
    if query.since is not None:
        stated.append(_columns.published_at >= query.since)
    if query.until is not None:
        stated.append(_columns.published_at < query.until)
    if query.confidence:
        stated.append(_columns.confidence >= query.confidence)
    if query.heads:
        stated.append(is_head())
    return stated
