"""The only module that reads the clock, so that a simulation can replace it.

It is also the only one that formats times for people, see :func:`shown`, and that knows
the zone in which days begin, see :func:`zone`.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from scraper.options import ZONE, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

START = "TINSACH_NOW"
"""The environment variable with the time at which a process pretends to start."""
OF_THE_LOG = "%Y-%m-%d %H:%M:%S%z"
"""The time format of the log, in the machine's zone until a crawl sets its formatter."""

SLACK = timedelta(hours=1)
"""How far two correct clocks may differ. It is less than one time zone, which is what a
wrong clock is often off by."""
MOST_APART = timedelta(days=1)
"""How far a clock may differ from those of servers before its ages are not trusted. It
is more than any mistake of a time zone."""
SET_CLOCK = "set the clock: timedatectl set-ntp true"
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
"""A correct clock shows no earlier time; one without a battery starts in 1970 or 2000."""

_STARTED = time.monotonic()
_sources: list[Callable[[], datetime]] = []


def now() -> datetime:
    """Return the current time, aware, in UTC.

    Within :func:`simulated` it is the simulation's. If TINSACH_NOW is set, it is that
    time plus the time since this process started. Raises ConfigurationError if the
    variable is not an ISO 8601 time with an offset.
    """
    if _sources:
        return _sources[-1]().astimezone(UTC)
    return datetime.now(UTC) + _shift(os.environ.get(START, ""))


def believed_until(at: datetime) -> datetime:
    """Return the latest time that counts as past at the time *at*."""
    return at + SLACK


def is_ahead(moment: datetime, at: datetime | None = None) -> bool:
    """Return True if *moment*, a past time, lies after the time *at* (default now).

    One of the two clocks was wrong then, so *moment* must not be relied on.
    """
    return moment > believed_until(now() if at is None else at)


def shown(moment: datetime, *, precision: str = "minutes") -> str:
    """Return the aware *moment* formatted for people: ``2026-01-05 08:00+07:00``.

    The zone is that of :func:`zone`, not the machine's. *precision* is the ``timespec`` of
    :meth:`datetime.isoformat`.
    """
    return moment.astimezone(zone()).isoformat(" ", precision)


def day_of(moment: datetime) -> str:
    """Return the day of the aware *moment* in the zone of :func:`zone`: ``2026-01-05``."""
    return moment.astimezone(zone()).date().isoformat()


def zone() -> ZoneInfo:
    """Return the zone in which days are counted and times are shown, see TINSACH_ZONE.

    Raises ConfigurationError if the system does not know it.
    """
    found: ZoneInfo = read(ZONE, os.environ.get(ZONE))
    return found


def monotonic() -> float:
    """Return seconds of a clock that never runs backwards and is never simulated."""
    return time.monotonic()


@contextmanager
def simulated(source: Callable[[], datetime]) -> Iterator[None]:
    """Let :func:`now` return what *source* returns, in all threads, within the block.

    *source* returns aware times. The inner of two simulations applies.
    """
    _sources.append(source)
    try:
        yield
    finally:
        _sources.pop()


@cache
def _shift(start: str) -> timedelta:
    """Return the offset from real time of a process that pretends to start at *start*."""
    if not start:
        return timedelta()
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigurationError(
            f"{START} is {start!r}: give a moment with its offset,"
            " such as 2026-03-02T09:00:00+07:00, or unset it"
        )
    real = datetime.now(UTC) - timedelta(seconds=time.monotonic() - _STARTED)
    return moment - real
