"""What leaves the store by itself: old runs, and addresses that are never due again.

Each run takes a bounded look, so that it takes as long after years: at the oldest runs, and
at one window of the frontier, of which the next run takes the next one. SQLite gives the
pages that become free to what is stored next; the file does not shrink.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.storage.tables import frontier, runs
from scraper.storage.visits import AddressKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

OLDEST = 500
"""Runs looked at, the first ones: a job that runs each minute has 1,440 a day."""
WINDOW = 2000
"""Positions of the frontier looked at: five times what a portal publishes in a day."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows were removed."""

    runs: int
    addresses: int


def prune(
    connection: sa.Connection,
    run: int,
    *,
    runs_before: datetime | None,
    addresses_before: datetime | None,
) -> Pruned:
    """Remove what is older, None for nothing; *run* is the present one."""
    old = _old_runs(connection, run, runs_before) if runs_before else []
    if old:
        connection.execute(sa.delete(runs).where(runs.c.position.in_(old)))
    gone = 0
    if addresses_before:
        within = _window(connection, run)
        gone = connection.execute(
            sa.delete(frontier).where(within, *_is_done(addresses_before))
        ).rowcount
    return Pruned(len(old), gone)


def _old_runs(connection: sa.Connection, run: int, before: datetime) -> Sequence[int]:
    """Return the oldest runs that began *before*.

    None began later than one that came after it: where it says so, a clock was ahead.
    """
    select = sa.select(runs.c.position, runs.c.started_at).where(runs.c.position < run)
    rows = connection.execute(select.order_by(runs.c.position).limit(OLDEST)).all()
    began = list(accumulate((row.started_at for row in reversed(rows)), min))[::-1]
    return [row.position for row, at in zip(rows, began, strict=True) if at < before]


def _window(connection: sa.Connection, run: int) -> sa.ColumnElement[bool]:
    """Return which positions *run* looks at: all of them in as many runs as there are windows."""
    last = connection.execute(sa.select(sa.func.max(frontier.c.position))).scalar()
    first = run % ((last or 0) // WINDOW + 1) * WINDOW
    return frontier.c.position.between(first, first + WINDOW - 1)


def _is_done(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what is true of an article's address that nothing asks for any more.

    Its article, if it has one, says that the address is known. Sources stay: one that is
    visited once would be visited again.
    """
    row = frontier.c
    return (
        row.kind == AddressKind.ARTICLE.value,
        row.due_at.is_(None),
        row.last_seen < before,
        row.visited_at < before,
    )
