"""Which articles of a portal the lists across its sections show."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scraper.demo.lexicon import CITIES, PROVINCES, TOPICS
from scraper.demo.sections import CYCLE
from scraper.demo.story import SHAPES, place_of, topic_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.demo.shown import Shown
    from scraper.demo.story import Headline


def latest(portal: Shown, count: int) -> list[Headline]:
    return _headlines(portal, portal.newest(), count)


def of_shape(portal: Shown, shape: str, count: int) -> list[Headline]:
    """Return the first *count* articles of *shape* among the newest."""
    recent = islice(portal.newest(), len(SHAPES) * 8)
    numbers = (n for n in recent if SHAPES[n % len(SHAPES)] == shape)
    return _headlines(portal, numbers, count)


def about(portal: Shown, k: int, count: int) -> list[Headline]:
    """Return what the page of topic *k* lists: one article in eight."""
    return _headlines(portal, islice(portal.newest(), k, None, 8), count)


def tagged(portal: Shown, tag: str, count: int) -> list[Headline] | None:
    """Return the newest articles that carry *tag*, None where none ever does."""
    places = {name.lower() for name in (*PROVINCES, *CITIES)}
    topics = {name for name, topic in TOPICS.items() if tag in topic["tag"]}
    if tag not in places and not topics:
        return None

    def carries(n: int) -> bool:
        topic = topic_of(portal.section_of(n))
        return topic in topics or place_of(n, portal.seed, topic).lower() == tag

    recent = islice(portal.newest(), len(CYCLE) * 30)
    return _headlines(portal, filter(carries, recent), count)


def _headlines(portal: Shown, numbers: Iterable[int], count: int) -> list[Headline]:
    return [portal.headline(n) for n in islice(numbers, count)]
