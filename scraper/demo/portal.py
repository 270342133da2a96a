"""The portal's articles: which there are, when, where, and what is true of them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.demo.sections import CYCLE, PHOTOS, Section, positions, section_at
from scraper.demo.slug import slug_of
from scraper.demo.story import (
    SHAPES,
    Headline,
    Story,
    tags_of,
    tell,
    topic_of,
    voice_for,
)
from scraper.demo.truth import Truth, truth_of

if TYPE_CHECKING:
    from collections.abc import Iterator


VIETNAM = timezone(timedelta(hours=7))
MINUTES_APART = 7
LARGEST = 100_000
_EPOCH = datetime(2020, 1, 1, tzinfo=VIETNAM)
_STAMPED = re.compile(r"-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\d{5}\.htm$")
_NUMBERED = re.compile(r"-post(\d{1,9})\.html$")


def this_hour() -> datetime:
    """Return the present moment in Vietnam, rounded down to the hour."""
    return datetime.now(VIETNAM).replace(minute=0, second=0, microsecond=0)


class Portal:
    """*size* articles, number 0 the newest, one every seven minutes back from *now*.

    Everything follows from the arguments; an article is made when it is asked for.
    Raises ValueError where *size* is not within 0..100000 or *now* is naive.
    """

    def __init__(
        self, size: int, seed: int = 0, base: str = "", now: datetime | None = None
    ) -> None:
        if not 0 <= size <= LARGEST:
            raise ValueError(f"size is {size}: give a number from 0 to {LARGEST}")
        if now is not None and now.tzinfo is None:
            raise ValueError(f"now is {now} without an offset: write it with +07:00")
        moment = (now or this_hour()).astimezone(VIETNAM)
        self.size = size
        self.seed = seed
        self.base = base.rstrip("/")
        self.now = moment.replace(second=0, microsecond=0)
        self.headline = lru_cache(maxsize=4096)(self._headline)

    def __len__(self) -> int:
        return self.size

    def truth(self, n: int) -> Truth:
        """Return what is true of article *n*; raises IndexError out of range."""
        return truth_of(self.story(n), self.base)

    def truths(self) -> Iterator[Truth]:
        return map(self.truth, range(self.size))

    def story(self, n: int) -> Story:
        """Return all of article *n*; raises IndexError out of range."""
        return tell(self.headline(n), self.seed)

    def published(self, n: int) -> datetime:
        return self.now - timedelta(minutes=n * MINUTES_APART + self._mix(n) % 7)

    def find(self, path: str) -> int | None:
        """Return the number of the article at *path*, None where there is none."""
        minute = _minute_in(path)
        if minute is None:
            return None
        behind = int((self.now - minute).total_seconds()) // 60
        for n in {(behind - 1) // MINUTES_APART, behind // MINUTES_APART}:
            if 0 <= n < self.size and self.headline(n).path == path:
                return n
        return None

    def count(self, section: Section) -> int:
        """Return how many articles *section* lists."""
        rounds, rest = divmod(self.size, len(CYCLE))
        places = positions(section)
        return rounds * len(places) + sum(place < rest for place in places)

    def listed(self, section: Section, first: int, last: int) -> list[Headline]:
        """Return the headlines *first* to *last* (exclusive) of *section*."""
        places = positions(section)
        numbers = (
            k // len(places) * len(CYCLE) + places[k % len(places)]
            for k in range(first, min(last, self.count(section)))
        )
        return [self.headline(n) for n in numbers]

    def related(self, n: int) -> list[Headline]:
        """Return the articles that the page of article *n* links: three to five."""
        wanted = min(3 + self._mix(n) % 3, self.size - 1)
        return [self.headline((n + 1 + 11 * k) % self.size) for k in range(wanted)]

    def on_day(self, day: date) -> range:
        """Return the numbers of the articles published on *day* (Vietnam)."""
        start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
        return self.between(start, start + timedelta(days=1))

    def between(self, start: datetime, end: datetime) -> range:
        """Return the numbers of the articles published from *start* until *end*."""
        return range(self._first_before(end), self._first_before(start))

    def _first_before(self, moment: datetime) -> int:
        behind = int((self.now - moment).total_seconds()) // 60
        n = max(0, behind // MINUTES_APART - 1)
        while n < self.size and self.published(n) >= moment:
            n += 1
        return min(n, self.size)

    def _mix(self, n: int) -> int:
        return (n * 2_654_435_761 + self.seed * 40_503 >> 7) & 0xFFFFF

    def _headline(self, n: int) -> Headline:
        if not 0 <= n < self.size:
            raise IndexError(f"article {n}: this portal has {self.size} articles")
        section, published = section_at(n), self.published(n)
        voice = voice_for(n, self.seed, section, published)
        title, lead = voice.say("title", capital=True), voice.say("lead", capital=True)
        return Headline(
            n=n,
            title=title,
            lead=lead,
            path=self._path(n, title, section, published),
            published=published,
            section=section,
            template=self._template(n),
            shape=SHAPES[n % len(SHAPES)],
            tags=tags_of(voice, topic_of(section)),
            facts=voice.facts,
        )

    def _template(self, n: int) -> str:
        if _is_numbered(n):
            return "cms"
        return "older" if n >= self.size * 4 // 5 else "current"

    def _path(self, n: int, title: str, section: Section, published: datetime) -> str:
        if _is_numbered(n):
            minutes = int((published - _EPOCH).total_seconds()) // 60
            return f"/{slug_of(title)}-post{minutes}.html"
        folder = PHOTOS if SHAPES[n % len(SHAPES)] == "gallery" else section
        return f"/{folder.slug}/{slug_of(title)}-{self._stamp(n, published)}.htm"

    def _stamp(self, n: int, published: datetime) -> str:
        """Return the 17 digits: up to a minute before *published*, on the same day."""
        mix = self._mix(n)
        behind = 0 if published.hour == published.minute == 0 else mix % 60
        moment = published - timedelta(seconds=behind)
        return (
            f"{moment.year}{moment.month:02}{moment.day:02}{moment.hour:02}"
            f"{moment.minute:02}{moment.second:02}{mix % 1000:03}"
        )


def _is_numbered(n: int) -> bool:
    """Tell whether the address of article *n* ends in -post<digits>.

    By its number alone: a portal that grows keeps its addresses.
    """
    return n % 4 == 1


def _minute_in(path: str) -> datetime | None:
    """Return the minute that the digits at the end of *path* state."""
    numbered = _NUMBERED.search(path)
    if numbered:
        return _EPOCH + timedelta(minutes=int(numbered[1]))
    stamped = _STAMPED.search(path)
    if not stamped:
        return None
    year, month, day, hour, minute = map(int, stamped.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=VIETNAM)
    except ValueError:
        return None
