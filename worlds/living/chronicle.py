"""What happens to the articles of a world, by article, day, month and section."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from scraper.demo.lexicon import section_at
from worlds.living.events import Event, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

_K = TypeVar("_K")
ALL = 0
"""Stands for the id of a section where all of them are meant."""


class Chronicle:
    """*events* of the articles published at *times*, kept so as to be asked quickly."""

    def __init__(self, events: Iterable[Event], times: Sequence[datetime]) -> None:
        self._of: dict[int, list[Event]] = defaultdict(list)
        self._shifts: dict[int, list[datetime]] = defaultdict(list)
        self._lastmods: dict[str, list[datetime]] = defaultdict(list)
        self._marks: dict[date, list[datetime]] = defaultdict(list)
        arrivals = defaultdict(list)
        displaced = set()
        for event in sorted(events, key=lambda event: event.time):
            n = event.n or 0
            self._of[n].append(event)
            if event.announced or event.kind is not Kind.EDIT:
                self._marks[times[n].date()].append(event.time)
            if event.announced:
                self._lastmods[f"{times[n]:%Y-%m}"].append(event.time)
            if event.kind is not Kind.EDIT:
                displaced.add(n)
                for touched in _touched(event):
                    self._shifts[touched].append(event.time)
            if event.kind is Kind.MOVE:
                arrivals[int(event.detail)].append(n)
        self.displaced = sorted(displaced)
        self._arrivals = {id_: sorted(ns)[::-1] for id_, ns in arrivals.items()}

    def __iter__(self) -> Iterator[Event]:
        for events in self._of.values():
            yield from events

    def __contains__(self, n: object) -> bool:
        return n in self._of

    def until(self, n: int, at: datetime) -> Sequence[Event]:
        """Return what happened to article *n* by *at*, oldest first."""
        if n not in self._of:
            return ()
        return [event for event in self._of[n] if event.time <= at]

    def is_gone(self, n: int, at: datetime) -> bool:
        return n in self._of and any(
            event.kind is Kind.TAKEDOWN for event in self.until(n, at)
        )

    def arrivals(self, section: int) -> Sequence[int]:
        """Return the articles that ever move to *section*, the newest first."""
        return self._arrivals.get(section, ())

    def last_shift(self, section: int, at: datetime) -> datetime | None:
        """Return when an article last left or came to the lists of *section*."""
        return _last(self._shifts, section, at)

    def last_lastmod(self, month: str, at: datetime) -> datetime | None:
        """Return the newest announced change of an article of *month* (``2025-07``)."""
        return _last(self._lastmods, month, at)

    def last_mark(self, day: date, at: datetime) -> datetime | None:
        """Return when the sitemap last changed in what was published on *day*."""
        return _last(self._marks, day, at)


def _touched(event: Event) -> set[int]:
    """Return the ids of the sections whose lists *event* changes."""
    section = section_at(event.n or 0)
    target = {int(event.detail)} if event.kind is Kind.MOVE else set()
    return {ALL, section.id, section.top} | target


def _last(
    index: Mapping[_K, Sequence[datetime]], key: _K, at: datetime
) -> datetime | None:
    times = index.get(key, ())
    k = bisect_right(times, at)
    return times[k - 1] if k else None
