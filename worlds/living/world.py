"""A portal with a past and a future: what is published when, and what becomes of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.demo.lexicon import section_at
from scraper.demo.portal import Truth, moment_in, number_in, truth_of
from scraper.demo.story import (
    VIETNAM,
    Headline,
    Story,
    headline_of,
    is_numbered,
    mix,
    story_of,
)
from worlds.living.chronicle import Chronicle
from worlds.living.dates import Dates
from worlds.living.edits import edited
from worlds.living.events import Event, EventGenerator, Kind
from worlds.living.plan import Plan
from worlds.living.rhythm import minutes_of_publication

if TYPE_CHECKING:
    from scraper.demo.lexicon import Section

_FIRST_NUMBER = 3_000_000
_STEP = 3
_SECOND = timedelta(seconds=1)


class World:
    """Articles 0 (the oldest) to ``len() - 1``, published from *start* for *days*.

    All follows from the arguments; an article is made when it is asked for, and its
    number and first address never change. Raises ValueError if *start* has no
    offset or *days* is below 1.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        start: datetime,
        days: int = 30,
        base: str = "",
        plan: Plan | None = None,
    ) -> None:
        if start.tzinfo is None:
            raise ValueError(f"start is {start} without an offset: write +07:00 to it")
        if days < 1:
            raise ValueError(f"days is {days}: give 1 or more")
        self.seed, self.days, self.base = seed, days, base.rstrip("/")
        self.start = start.astimezone(VIETNAM)
        self.end = self.start + timedelta(days=days)
        self.plan = plan or Plan()
        self.dates = Dates(self.plan, self.start)
        self.times = minutes_of_publication(
            seed, self.start, days, self.plan.articles, self.dates.night
        )
        generator = EventGenerator(seed, self.times, self.end, self.dates.closed)
        self.chronicle = Chronicle(generator.events(self.plan, days), self.times)
        self.headline = lru_cache(maxsize=8192)(self._headline)

    def __len__(self) -> int:
        return len(self.times)

    def truth(self, n: int, at: datetime) -> Truth:
        """Return what is true of article *n* as it reads at *at*.

        Before its publication that is its first text, after a takedown the last one.
        Raises IndexError out of range.
        """
        return truth_of(self.story(n, at), self.base)

    def events(self) -> list[Event]:
        """Return everything that happens before this world ends, oldest first."""
        events = [
            *map(self._with_addresses, self.chronicle),
            *self.dates.events(self.base),
        ]
        return sorted((e for e in events if e.time < self.end), key=lambda e: e.time)

    def count(self, moment: datetime) -> int:
        """Return how many articles were published by *moment*, taken down or not."""
        return bisect_right(self.times, moment)

    def between(self, start: datetime, end: datetime) -> range:
        """Return the numbers of the articles published from *start* until *end*."""
        return range(bisect_left(self.times, start), bisect_left(self.times, end))

    def section_of(self, n: int, at: datetime) -> Section:
        """Return the section that lists article *n*, named as when it came there."""
        since, section = self.times[n], section_at(n).id
        for event in self.chronicle.until(n, at):
            if event.kind is Kind.MOVE:
                since, section = event.time, int(event.detail)
        return self.dates.sections(since).by_id[section]

    def headline_at(self, n: int, at: datetime) -> Headline:
        """Return the headline of article *n* as lists show it at *at*."""
        head = self.headline(n)
        section = self.section_of(n, at) if n in self.chronicle else head.section
        if section != head.section:
            path = f"/{section.slug}/{head.path.rpartition('/')[2]}"
            head = replace(head, section=section, path=path)
        return head

    def story(self, n: int, at: datetime) -> Story:
        """Return article *n* after its changes by *at*; raises IndexError out of range."""
        story = story_of(self.headline(n), self.seed)
        for event in self.chronicle.until(n, at):
            if event.kind is Kind.EDIT:
                story = edited(story, event, self.seed)
        head = self.headline_at(n, at)
        if self.dates.is_redesigned(at):
            head = replace(head, template="renewed")
        return replace(story, headline=head)

    def locate(self, path: str) -> int | None:
        """Return the number of the one article that may ever be at *path*."""
        number = number_in(path)
        if number is not None:
            n = (number - _FIRST_NUMBER) // _STEP
            return n if 0 <= n < len(self) else None
        second = moment_in(path)
        if second is None:
            return None
        n = bisect_left(self.times, second)
        return n if n < len(self) else None

    def _headline(self, n: int) -> Headline:
        if not 0 <= n < len(self):
            raise IndexError(f"article {n}: this world has {len(self)} articles")
        published = self.times[n]
        return headline_of(
            n,
            self.seed,
            self.dates.sections(published).by_id[section_at(n).id],
            published,
            template="cms" if is_numbered(n) else "current",
            number=_FIRST_NUMBER + n * _STEP + mix(n, self.seed) % _STEP,
        )

    def _with_addresses(self, event: Event) -> Event:
        """Return *event* with the addresses in it."""
        n = event.n or 0
        before = self.headline_at(n, event.time - _SECOND).path
        event = replace(event, address=self.base + before)
        if event.kind is Kind.MOVE:
            after = self.headline_at(n, event.time).path
            event = replace(event, detail=self.base + after)
        return event
