"""The number of an article in the full text index: the newer, the higher.

The index is read in the order of these numbers, from the newest back, and may stop when
it has enough: a word that stands in every article costs no more than another one. A
minute has SLOTS numbers; articles beyond them take those of the next minute. Articles
without a date stand below all others, in the order of storing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scraper.storage.databases import database_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

SLOTS = 1024
"""More would make the index larger: it holds differences, for each word and article."""

_UNDATED = 1 << 34
"""Numbers below are positions; the calendar begins well above, see time zones."""
_FIRST_DATED = 1 << 35
_CALENDAR = datetime.min.replace(tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def first_slot(published_at: datetime | None, position: int) -> int:
    """Return the first number of the minute, or the one number of an undated article."""
    if published_at is None:
        return position
    return _FIRST_DATED + (published_at - _CALENDAR) // _MINUTE * SLOTS


def allot(connection: sa.Connection, firsts: Iterable[int]) -> list[int]:
    """Return a number that nobody has for each of *firsts*, from :func:`first_slot`."""
    firsts = list(firsts)
    taken = database_of(connection).last_taken(connection, set(firsts), SLOTS)
    return [_next(connection, taken, first) for first in firsts]


def _next(connection: sa.Connection, taken: dict[int, int], first: int) -> int:
    if first < _UNDATED:
        return first
    while taken.get(first) == first + SLOTS - 1:
        first += SLOTS
        if first not in taken:
            taken |= database_of(connection).last_taken(connection, {first}, SLOTS)
    taken[first] = taken.get(first, first - 1) + 1
    return taken[first]
