"""What happens in a world: drawn once, by its seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from scraper.demo.lexicon import TOP, section_at
from scraper.demo.story import is_numbered, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from worlds.living.plan import Plan
    from worlds.living.rhythm import Span


class Kind(StrEnum):
    EDIT = "edit"
    TAKEDOWN = "takedown"
    MOVE = "move"
    FEED_DEATH = "feed_death"
    RENAME = "rename"
    REDESIGN = "redesign"
    QUIET_NIGHT = "quiet_night"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at *time*, or from then *until* a moment.

    *n* is the number of the article it happens to, None if it is the portal.
    *address* is where it is seen: the article as it was addressed before, the feed, the
    section before its renaming; empty for what is everywhere. *detail* is the form of
    an edit (paragraph, number, name, note), the status of a takedown (404, 410), the
    new address of what moved. *announced*: the sitemap gives the time as lastmod.
    *stated*: the page gives it as its time of modification.
    """

    time: datetime
    kind: Kind
    n: int | None = None
    address: str = ""
    detail: str = ""
    announced: bool = False
    stated: bool = False
    until: datetime | None = None


_FORMS = (*["paragraph"] * 10, *["number"] * 4, *["name"] * 3, *["note"] * 3)
_STATED = {True: 0.8, False: 0.3}
"""The share of edits whose page gives their time, where the sitemap does or does not."""
_TRIES = 50
_AGAIN = 6
"""One edited article in so many is edited twice."""


class EventGenerator:
    """Generates the events of the articles published at *times*, none within *closed*."""

    def __init__(
        self, seed: int, times: Sequence[datetime], end: datetime, closed: list[Span]
    ) -> None:
        self._chance = Random(f"{seed} events")
        self._times = times
        self._end = end
        self._closed = closed
        self._taken: set[int] = set()

    def events(self, plan: Plan, days: int) -> list[Event]:
        """Return takedowns, moves and edits, each article in one kind of them at most."""
        edits = round(len(self._times) * plan.edited)
        return [
            *self._all(plan.scaled(plan.takedowns, days), self._takedown),
            *self._all(plan.scaled(plan.moves, days), self._move),
            *self._edits(edits),
        ]

    def _all(self, count: int, make: Callable[[int], Event | None]) -> Iterator[Event]:
        """Yield *count* events of articles that none was drawn for, fewer where few are."""
        for _ in range(count * _TRIES):
            if not count or not self._times:
                return
            n = self._chance.randrange(len(self._times))
            event = make(n) if n not in self._taken else None
            if event:
                self._taken.add(n)
                count -= 1
                yield event

    def _edits(self, count: int) -> Iterator[Event]:
        for k, event in enumerate(self._all(count, self._edit)):
            yield event
            again = self._edit(event.n or 0) if k % _AGAIN == 0 else None
            if again and again.time != event.time:
                yield again

    def _takedown(self, n: int) -> Event | None:
        time = self._after(n, timedelta(minutes=40), timedelta(hours=48), bend=2)
        status = self._chance.choice(("410", "404"))
        return Event(time, Kind.TAKEDOWN, n, detail=status) if time else None

    def _move(self, n: int) -> Event | None:
        if is_numbered(n) or shape_of(n) == "gallery":
            return None  # their addresses name no section
        time = self._after(n, timedelta(hours=1), timedelta(hours=72), bend=2)
        others = [top for top in TOP if top.id != section_at(n).top]
        section = self._chance.choice(others)
        return (
            Event(time, Kind.MOVE, n, detail=str(section.id), announced=True)
            if time
            else None
        )

    def _edit(self, n: int) -> Event | None:
        time = self._after(n, timedelta(minutes=20), timedelta(hours=24), bend=3)
        announced = self._chance.random() < 0.5
        stated = self._chance.random() < _STATED[announced]
        form = self._chance.choice(_FORMS)
        return (
            Event(time, Kind.EDIT, n, detail=form, announced=announced, stated=stated)
            if time
            else None
        )

    def _after(
        self, n: int, least: timedelta, most: timedelta, bend: int
    ) -> datetime | None:
        """Return a second between *least* and *most* after the publication of *n*.

        The sooner the likelier, by the power *bend*. None if the world ends before,
        or hardly a moment is free.
        """
        for _ in range(_TRIES):
            share = self._chance.random() ** bend
            delay = (least + (most - least) * share).total_seconds()
            time = self._times[n] + timedelta(seconds=int(delay))
            if time >= self._end:
                return None
            if not any(time in span for span in self._closed):
                return time
        return None
