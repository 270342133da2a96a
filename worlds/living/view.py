"""A world as it stands at one moment: what is published by then and not taken down."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from scraper.demo.lexicon import CYCLE, positions, section_at
from scraper.demo.story import VIETNAM, mix
from worlds.living.chronicle import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scraper.demo.lexicon import Directory, Section
    from scraper.demo.story import Headline, Story
    from worlds.living.world import World


class View:
    """What *world* shows at *moment*, to be made into pages; cheap to make."""

    def __init__(self, world: World, moment: datetime) -> None:
        self.world = world
        self.now = moment.astimezone(VIETNAM)
        self.size = world.count(moment)

    @property
    def key(self) -> str:
        return f"{self.world.seed} {self.world.start} {self.base}"

    @property
    def seed(self) -> int:
        return self.world.seed

    @property
    def base(self) -> str:
        return self.world.base

    @property
    def sections(self) -> Directory:
        return self.world.dates.sections(self.now)

    def headline(self, n: int, /) -> Headline:
        return self.world.headline_at(n, self.now)

    def story(self, n: int) -> Story:
        return self.world.story(n, self.now)

    def section_of(self, n: int) -> Section:
        return self.world.section_of(n, self.now)

    def is_shown(self, n: int) -> bool:
        return 0 <= n < self.size and not self.world.chronicle.is_gone(n, self.now)

    def find(self, path: str) -> int | None:
        """Return the number of the article at *path* now, None if there is no such article."""
        n = self.world.locate(path)
        shown = n is not None and self.is_shown(n) and self.headline(n).path == path
        return n if shown else None

    def newest(self) -> Iterator[int]:
        return filter(self.is_shown, range(self.size - 1, -1, -1))

    def count(self, section: Section) -> int:
        """Return how many articles *section* lists."""
        rounds, rest = divmod(self.size, len(CYCLE))
        places = positions(section)
        own = rounds * len(places) + sum(place < rest for place in places)
        return own + sum(
            self._is_listed(n, section) - section_at(n).is_in(section)
            for n in self.world.chronicle.displaced
            if n < self.size
        )

    def listed(self, section: Section, first: int, last: int) -> list[Headline]:
        numbers = islice(self._numbers(section), first, last)
        return [self.headline(n) for n in numbers]

    def related(self, n: int) -> list[Headline]:
        """Return what the page of article *n* links: up to five that were there before.

        As they were then: the page is not rewritten when one of them moves.
        """
        wanted = 3 + mix(n, self.seed) % 3
        earlier = range(n - 1, max(-1, n - 1 - 11 * wanted), -11)
        return [self.world.headline(k) for k in earlier]

    def on_day(self, day: date) -> list[int]:
        start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
        return self.between(start, start + timedelta(days=1))

    def between(self, start: datetime, end: datetime) -> list[int]:
        """Return the articles published from *start* until *end*, the newest first."""
        return list(filter(self.is_shown, reversed(self.world.between(start, end))))

    def months(self) -> Iterator[tuple[str, datetime]]:
        """Yield each month from this one back, with the newest time in its map."""
        n = self.size - 1
        while n >= 0:
            newest = self.world.times[n]
            yield f"{newest:%Y-%m}", self._newest_in(newest)
            first = newest.replace(day=1, hour=0, minute=0)
            n = self.world.between(first, newest).start - 1

    def lastmod(self, n: int) -> datetime:
        """Return the time of article *n* that the sitemap gives, true or not."""
        changes = self.world.chronicle.until(n, self.now)
        announced = [event.time for event in changes if event.announced]
        return announced[-1] if announced else self.world.times[n]

    def modified(self, n: int) -> datetime:
        """Return when the page of article *n* last changed."""
        changes = self.world.chronicle.until(n, self.now)
        times = [self.world.times[n], *(event.time for event in changes)]
        if self.world.dates.is_redesigned(self.now):
            times.append(self.world.dates.redesigned or self.now)
        return max(times)

    def changed(self, section: Section | None = None) -> datetime:
        """Return when the list of *section* last changed; of all, if it is None."""
        numbers = self._numbers(section) if section else self.newest()
        newest = next((self.world.times[n] for n in numbers), self.world.start)
        id_ = section.id if section else ALL
        return max(newest, self.world.chronicle.last_shift(id_, self.now) or newest)

    def _newest_in(self, newest: datetime) -> datetime:
        stated = self.world.chronicle.last_lastmod(f"{newest:%Y-%m}", self.now)
        return max(newest, stated or newest)

    def _numbers(self, section: Section) -> Iterator[int]:
        """Yield what *section* lists, the newest first."""
        arrived = self.world.chronicle.arrivals(section.id)
        both = heapq.merge(self._own(section), arrived, reverse=True)
        return (n for n in both if self._is_listed(n, section))

    def _own(self, section: Section) -> Iterator[int]:
        """Yield the numbers that the cycle of sections gives *section*."""
        places = positions(section)[::-1]
        for first in range(self.size // len(CYCLE) * len(CYCLE), -1, -len(CYCLE)):
            yield from (first + place for place in places if first + place < self.size)

    def _is_listed(self, n: int, section: Section) -> bool:
        return self.is_shown(n) and self.section_of(n).is_in(section)
