"""The portal: its articles, what is true of each, and its other pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from scraper.demo.lexicon import (
    ADVERTORIALS,
    ADVERTS,
    BRANDS,
    CYCLE,
    DIRECTORY,
    FILMS,
    THREADS,
    Directory,
    Section,
    positions,
    section_at,
)
from scraper.demo.story import (
    VIETNAM,
    Headline,
    Story,
    headline_of,
    is_numbered,
    mix,
    slug_of,
    story_of,
    this_hour,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Truth:
    """One article, all text in NFC with single spaces.

    *blocks* are (kind, text) in the order of the page, kinds named as in
    ``scraper.items.BlockKind``; a table's cells are joined by tabs, its rows by
    newlines. *text* is the lead and every block but captions, joined by a blank line.
    *published_at* is ISO 8601 with +07:00, to the minute as the page's metas say.
    *modified_at* is what the page states, right or not. *kind* is article or gallery;
    *template* is current, cms, older or renewed.
    """

    url: str
    title: str
    lead: str
    blocks: tuple[tuple[str, str], ...]
    text: str
    captions: tuple[str, ...]
    byline: str
    authors: tuple[str, ...]
    agency: str
    published_at: str
    modified_at: str
    section: str
    tags: tuple[str, ...]
    kind: str
    template: str


def truth_of(story: Story, base: str) -> Truth:
    """Return the truth of *story*, served below *base*."""
    head, byline = story.headline, story.byline
    body = [text for kind, text in story.blocks if kind != "caption"]
    return Truth(
        url=base + head.path,
        title=head.title,
        lead=head.lead,
        blocks=tuple((kind, text) for kind, text in story.blocks),
        text="\n\n".join([head.lead, *body]),
        captions=tuple(text for kind, text in story.blocks if kind == "caption"),
        byline=byline.printed,
        authors=byline.authors,
        agency=byline.agency,
        published_at=head.published.isoformat(),
        modified_at=story.modified.isoformat(),
        section=head.page_section.name,
        tags=head.tags,
        kind="gallery" if head.shape == "gallery" else "article",
        template=head.template,
    )


_STAMPED = re.compile(r"-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{3}\.htm$")
_NUMBERED = re.compile(r"-post(\d{1,9})\.html$")


def number_in(path: str) -> int | None:
    """Return the digits of an address that ends in -post<digits>."""
    found = _NUMBERED.search(path)
    return int(found[1]) if found else None


def moment_in(path: str) -> datetime | None:
    """Return the second that the 17 digits at the end of *path* state."""
    found = _STAMPED.search(path)
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        return None


MINUTES_APART = 7
LARGEST = 250_000
_EPOCH = datetime(2020, 1, 1, tzinfo=VIETNAM)


class Portal:
    """*size* articles, number 0 the newest, one every seven minutes back from *now*.

    Everything follows from the arguments; an article is made when it is asked for.
    Raises ValueError if *size* is not within 0..250000 or *now* is naive.
    """

    sections = DIRECTORY

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
        self.key = f"{self.size} {self.seed} {self.now} {self.base}"
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
        return story_of(self.headline(n), self.seed)

    def newest(self) -> range:
        """Return the numbers of all articles, the newest first."""
        return range(self.size)

    def section_of(self, n: int) -> Section:
        return section_at(n)

    def published(self, n: int) -> datetime:
        return self.now - timedelta(minutes=n * MINUTES_APART + mix(n, self.seed) % 7)

    def find(self, path: str) -> int | None:
        """Return the number of the article at *path*, None if there is none."""
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
        wanted = min(3 + mix(n, self.seed) % 3, self.size - 1)
        return [self.headline((n + 1 + 11 * k) % self.size) for k in range(wanted)]

    def on_day(self, day: date) -> range:
        """Return the numbers of the articles published on *day* (Vietnam)."""
        start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
        return self.between(start, start + timedelta(days=1))

    def between(self, start: datetime, end: datetime) -> range:
        """Return the numbers of the articles published from *start* until *end*."""
        return range(self._first_before(end), self._first_before(start))

    def months(self) -> Iterator[tuple[str, datetime]]:
        """Yield each month (``2025-07``) that has articles, with its newest time."""
        n = 0
        while n < self.size:
            newest = self.published(n)
            yield f"{newest:%Y-%m}", newest
            start = newest.replace(day=1, hour=0, minute=0)
            n = self.between(start, newest).stop

    def _first_before(self, moment: datetime) -> int:
        behind = int((self.now - moment).total_seconds()) // 60
        n = max(0, behind // MINUTES_APART - 1)
        while n < self.size and self.published(n) >= moment:
            n += 1
        return min(n, self.size)

    def _headline(self, n: int) -> Headline:
        if not 0 <= n < self.size:
            raise IndexError(f"article {n}: this portal has {self.size} articles")
        published = self.published(n)
        return headline_of(
            n,
            self.seed,
            section_at(n),
            published,
            template=self._template(n),
            number=int((published - _EPOCH).total_seconds()) // 60,
        )

    def _template(self, n: int) -> str:
        if is_numbered(n):
            return "cms"
        return "older" if n >= self.size * 4 // 5 else "current"


def _minute_in(path: str) -> datetime | None:
    """Return the minute that the digits at the end of *path* state."""
    number = number_in(path)
    if number is not None:
        return _EPOCH + timedelta(minutes=number)
    moment = moment_in(path)
    return moment.replace(second=0) if moment else None


class Shown(Protocol):
    """A portal as it stands: articles by their numbers, lists with the newest first."""

    @property
    def key(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def base(self) -> str: ...
    @property
    def now(self) -> datetime: ...
    @property
    def sections(self) -> Directory: ...
    def headline(self, n: int, /) -> Headline: ...
    def story(self, n: int) -> Story: ...
    def section_of(self, n: int) -> Section: ...
    def related(self, n: int) -> list[Headline]: ...
    def find(self, path: str) -> int | None: ...
    def newest(self) -> Iterable[int]: ...
    def count(self, section: Section) -> int: ...
    def listed(self, section: Section, first: int, last: int) -> list[Headline]: ...
    def on_day(self, day: date) -> Sequence[int]: ...
    def between(self, start: datetime, end: datetime) -> Sequence[int]: ...
    def months(self) -> Iterator[tuple[str, datetime]]: ...


@dataclass(frozen=True, slots=True)
class Extra:
    """A page that is no article: an advertorial, a video, a topic."""

    title: str
    path: str
    published: datetime
    lead: str = ""


@dataclass(frozen=True)
class Stock:
    """What the chrome of one portal links: the same on every page."""

    base: str
    tops: Sequence[Section]
    latest: list[Headline]
    photos: list[Headline]
    adverts: list[Extra]
    films: list[Extra]
    topics: list[Extra]
    same: dict[int, list[Headline]]


def stock_of(portal: Shown, *, news: bool = True) -> Stock:
    """Return the stock of *portal*, without *news* what does not change with them."""
    now, tops = portal.now, portal.sections.top
    latest = [portal.headline(n) for n in islice(portal.newest(), 40 if news else 0)]
    return Stock(
        base=portal.base,
        tops=tops,
        latest=latest,
        photos=[item for item in latest if item.shape == "gallery"],
        adverts=[
            _advertorial(k, now - timedelta(minutes=97 * k + 31)) for k in range(20)
        ],
        films=[_video(k, now - timedelta(minutes=211 * k + 47)) for k in range(12)],
        topics=[
            Extra(name, f"/dong-su-kien/{slug_of(name)}-e{630 - k}.htm", now)
            for k, name in enumerate(THREADS)
        ],
        same={top.id: portal.listed(top, 0, 5 if news else 0) for top in tops},
    )


def _advertorial(k: int, moment: datetime) -> Extra:
    title = ADVERTS[k // 10].format(brand=BRANDS[k % 10], percent=11 + k * 3)
    path = f"/{ADVERTORIALS.slug}/{slug_of(title)}-{_stamp(moment, k)}.htm"
    return Extra(title, path, moment)


def _video(k: int, moment: datetime) -> Extra:
    title = FILMS[k % 3].format(percent=12 + k)
    return Extra(title, f"/video/{slug_of(title)}-v{_stamp(moment, k)}.htm", moment)


def _stamp(moment: datetime, k: int) -> str:
    return f"{moment:%Y%m%d%H%M%S}{k * 37 % 1000:03}"
