"""The only place that asks for the time, so that a simulation can own it.

And the only one that says how times are shown: see :func:`shown`.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from scraper.urls import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = "TINSACH_NOW"
"""The environment variable that holds the moment at which a process starts."""
OF_THE_LOG = "%Y-%m-%d %H:%M:%S%z"
"""The form of times in the log, in the machine's zone until a crawl has its formatter."""

SLACK = timedelta(hours=1)
"""How far two right clocks may be apart: less than a time zone, for which a wrong one is
often off."""
MOST_APART = timedelta(days=1)
"""How far a clock may be from those of servers for something to be new or old by it: more
than any mistake of a time zone."""
SET_CLOCK = "set the clock: timedatectl set-ntp true"
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
"""No clock that is right shows less; one without a battery begins in 1970 or 2000."""

_STARTED = time.monotonic()
_sources: list[Callable[[], datetime]] = []


def now() -> datetime:
    """Return the present moment, aware, in UTC.

    The simulation's within :func:`simulated`; else, where TINSACH_NOW is set, that
    moment and the time since this process started. Raises ConfigurationError where it
    is no ISO 8601 time with an offset.
    """
    if _sources:
        return _sources[-1]().astimezone(UTC)
    return datetime.now(UTC) + _shift(os.environ.get(START, ""))


def believed_until(at: datetime) -> datetime:
    """Return the latest time of something past that is believed *at* that moment."""
    return at + SLACK


def is_ahead(moment: datetime, at: datetime | None = None) -> bool:
    """Return True if *moment*, said to be past *at* that time (default now), is not.

    One of the two clocks was wrong, so *moment* must not be built on.
    """
    return moment > believed_until(now() if at is None else at)


def shown(moment: datetime, *, precision: str = "minutes") -> str:
    """Return *moment*, aware, as people see it: ``2026-01-05 08:00+07:00``.

    The zone is that in which days begin, whatever the machine's is. *precision* is that
    of :meth:`datetime.isoformat`.
    """
    return moment.astimezone(VIETNAM).isoformat(" ", precision)


def monotonic() -> float:
    """Return seconds that never run backwards, for measuring spans: always real."""
    return time.monotonic()


@contextmanager
def simulated(source: Callable[[], datetime]) -> Iterator[None]:
    """Let *source* say what :func:`now` returns, in all threads, within the block.

    It returns aware moments; the inner one of two simulations counts.
    """
    _sources.append(source)
    try:
        yield
    finally:
        _sources.pop()


@cache
def _shift(start: str) -> timedelta:
    """Return how far the time of a process that starts at *start* is from the real one."""
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
