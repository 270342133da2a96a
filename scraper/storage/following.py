"""Articles in the order in which they were stored or changed, to be followed.

Every change of what an article says takes a number above all before. It is given by who
holds the turn to write, which ends when the change is seen by others, in SQLite and in
PostgreSQL alike: who has seen a number has seen, or can see, every one below it.

It is the time in microseconds of Unix time, and one more than the last where that is
later. So a number is given once also where the article with the highest was forgotten,
unless the clock is turned back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.storage.paging import PAGE, filters
from scraper.storage.rows import STORED
from scraper.storage.tables import articles, stored_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scraper.storage.records import Query

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
