"""Where an article gets its title, its tags and its address."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scraper.demo.sections import PHOTOS
from scraper.demo.slug import slug_of
from scraper.demo.story import SHAPES, Headline, tags_of, topic_of, voice_for

if TYPE_CHECKING:
    from scraper.demo.sections import Section

VIETNAM = timezone(timedelta(hours=7))


def this_hour() -> datetime:
    """Return the present moment in Vietnam, rounded down to the hour."""
    return datetime.now(VIETNAM).replace(minute=0, second=0, microsecond=0)


def mix(n: int, seed: int) -> int:
    """Return twenty bits that look like chance, the same for the same arguments."""
    return (n * 2_654_435_761 + seed * 40_503 >> 7) & 0xFFFFF


def shape_of(n: int) -> str:
    return SHAPES[n % len(SHAPES)]


def is_numbered(n: int) -> bool:
    """Tell whether the address of article *n* ends in -post<digits>.

    By its number alone: a portal that grows keeps its addresses.
    """
    return n % 4 == 1


def headline_of(
    n: int,
    seed: int,
    section: Section,
    published: datetime,
    *,
    template: str,
    number: int = 0,
) -> Headline:
    """Return the headline of article *n*; *number* are the digits of a -post address."""
    voice = voice_for(n, seed, section, published)
    title, lead = voice.say("title", capital=True), voice.say("lead", capital=True)
    slug = slug_of(title)
    if is_numbered(n):
        path = f"/{slug}-post{number}.html"
    else:
        folder = PHOTOS if shape_of(n) == "gallery" else section
        path = f"/{folder.slug}/{slug}-{_stamp(mix(n, seed), published)}.htm"
    return Headline(
        n=n,
        title=title,
        lead=lead,
        path=path,
        published=published,
        section=section,
        template=template,
        shape=shape_of(n),
        tags=tags_of(voice, topic_of(section)),
        facts=voice.facts,
    )


def _stamp(chance: int, published: datetime) -> str:
    """Return the 17 digits: up to a minute before *published*, on the same day."""
    behind = 0 if published.hour == published.minute == 0 else chance % 60
    moment = published - timedelta(seconds=behind)
    return (
        f"{moment.year}{moment.month:02}{moment.day:02}{moment.hour:02}"
        f"{moment.minute:02}{moment.second:02}{chance % 1000:03}"
    )
