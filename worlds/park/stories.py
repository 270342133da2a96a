"""What the articles of a site say, drawn from its seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.demo.lexicon import DIRECTORY
from scraper.demo.story import Block, headline_of, shape_of, slug_of, story_of
from worlds.park import grammar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from random import Random

DAYS = 20
NO_TABLES = frozenset({"news", "split", "interview", "feature"})
_MANY = 1000
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A section of a site; *topic* is what its language's lexicon calls it."""

    slug: str
    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class Story:
    """*blocks* are the body's, captions too; *number* rises with time and is unique."""

    number: int
    title: str
    lead: str
    blocks: tuple[Block, ...]
    place: Place
    author: str
    tags: tuple[str, ...]
    published: datetime

    @property
    def slug(self) -> str:
        return slug_of(self.title)

    @property
    def text_blocks(self) -> tuple[str, ...]:
        body = (block.text for block in self.blocks if block.kind != "caption")
        return (self.lead, *body)


def places_of(language: str, chance: Random, count: int) -> list[Place]:
    """Return *count* sections, in an order that is drawn."""
    if language == "vi":
        known = [Place(s.slug, s.name, s.slug) for s in DIRECTORY.top]
    else:
        known = [Place(*row) for row in grammar.SECTIONS[language]]
    return chance.sample(known, count)


def stories_of(
    language: str,
    chance: Random,
    places: list[Place],
    *,
    size: int,
    now: datetime,
    shapes: Collection[str] = NO_TABLES,
) -> list[Story]:
    """Return *size* stories of the last :data:`DAYS` days, the newest first.

    Titles, leads and long paragraphs are unique on the site.
    """
    write = _vietnamese if language == "vi" else grammar.write_story
    first = chance.randrange(100_000, 900_000)
    moments = _moments(chance, size, now)
    seen: set[str] = set()
    found: list[Story] = []
    for n in range(_MANY):
        place = places[n % len(places)]
        if language == "vi" and shape_of(n) not in shapes:
            continue
        k = len(found)
        number = first + (size - k) * 3 + chance.randrange(3)
        draft = write(language, chance.randrange(1 << 30), n, place, moments[k])
        story = Story(number, *draft, published=moments[k])
        long = (text for text in story.text_blocks if len(text) > _SHORT)
        texts = {story.slug, story.lead, *long}
        if not texts & seen:
            seen |= texts
            found.append(story)
        if len(found) == size:
            return found
    raise ValueError(f"{size} unique stories are more than {_MANY} drafts gave")


def _moments(chance: Random, size: int, now: datetime) -> list[datetime]:
    apart = timedelta(days=DAYS) / size
    start = now.replace(second=0, microsecond=0) - timedelta(minutes=10)
    minutes = int(apart.total_seconds()) // 60
    return [
        start - timedelta(minutes=k * minutes + chance.randrange(max(1, minutes - 1)))
        for k in range(size)
    ]


def _vietnamese(
    _language: str, seed: int, n: int, place: Place, moment: datetime
) -> tuple[str, str, tuple[Block, ...], Place, str, tuple[str, ...]]:
    section = DIRECTORY.by_slug[place.slug]
    headline = headline_of(n, seed, section, moment, template="")
    story = story_of(headline, seed)
    blocks = tuple(_trimmed(story.blocks))
    authors = story.byline.authors or ("Linh Khang",)
    return headline.title, headline.lead, blocks, place, authors[0], headline.tags


def _trimmed(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield the blocks of at most ten paragraphs; a heading does not end a story."""
    kept = list(blocks[:12])
    while kept[-1].kind in {"heading", "question", "caption"}:
        kept.pop()
    yield from kept
