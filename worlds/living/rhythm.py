"""When a news portal publishes: hour by hour, weekday by weekday."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOURS = (
    *(3, 2, 1, 1, 2, 6, 15, 24, 28, 29, 28, 25),
    *(17, 16, 22, 26, 29, 30, 24, 20, 16, 13, 9, 5),
)
"""Articles an hour: nearly none at night, most in the morning and towards evening."""
_WEEKDAYS = (1.05, 1.06, 1.06, 1.06, 1.05, 0.9, 0.82)
_MINUTES = 60


class Span(NamedTuple):
    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.start <= moment < self.end


def minutes_of_publication(
    seed: int, start: datetime, days: int, a_day: int, quiet: Span | None
) -> list[datetime]:
    """Return the times of all articles from *start* for *days*, oldest first.

    None is in *quiet*, no two are in one minute. A day is the same in every world of
    its seed, however long.
    """
    end = start + timedelta(days=days)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        moment
        for k in range(days + 1)
        for moment in _day(seed, midnight + timedelta(days=k), a_day)
        if start <= moment < end and (quiet is None or moment not in quiet)
    ]


def _day(seed: int, midnight: datetime, a_day: int) -> Iterator[datetime]:
    chance = Random(f"{seed} {midnight.date()}")
    share = a_day * _WEEKDAYS[midnight.weekday()] / sum(_HOURS)
    for hour, weight in enumerate(_HOURS):
        count = min(_MINUTES, int(weight * share + chance.random()))
        for minute in sorted(chance.sample(range(_MINUTES), count)):
            yield midnight + timedelta(hours=hour, minutes=minute)
