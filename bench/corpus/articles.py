"""Articles as a crawl would store them, written by the replica portal's generator.

Vietnamese news of 400 words on average, of 210 different ones an article (marks not
counted). The generator's own vocabulary is small; so that the index meets rare words
too, as in real news, each article ends in a paragraph with invented foreign names:
some thirty thousand different ones in all, half of them met but once or twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from scraper.demo import Portal
from scraper.items import Article, Block, BlockKind, Extraction, Image, Kind
from scraper.text import fingerprint
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.demo import Truth

BASE = "https://baotintuc.example"
NOW = datetime.fromisoformat("2026-03-02T09:00:00+07:00")
SIZE = 100_000
"""Articles of one portal; the most that it writes."""

_CONSONANTS = "bdfghjklmnprstvwz"
_VOWELS = "aeiou"
_PLACES = 10_000


def iter_articles(start: int, stop: int) -> Iterator[Article]:
    """Yield the articles of the numbers *start* to *stop*, oldest first.

    One follows the other by seven minutes; SIZE of them are of one portal.
    """
    for number in range(start, stop):
        place = SIZE - 1 - number % SIZE
        yield _article(_portal(number // SIZE).truth(place), number)


def rare_name(number: int) -> str:
    """Return the foreign name of *number*: two words, seldom those of another one."""
    chance = Random(number * 7919)
    return " ".join(_name(chance) for _ in range(2))


@lru_cache(maxsize=2)
def _portal(number: int) -> Portal:
    now = NOW + number * SIZE * timedelta(minutes=7)
    return Portal(SIZE, seed=3 + number, base=BASE, now=now)


def _article(truth: Truth, number: int) -> Article:
    blocks = tuple(Block(BlockKind(kind), text) for kind, text in truth.blocks)
    published = datetime.fromisoformat(truth.published_at)
    article = Article(
        url=truth.url,
        canonical_url=truth.url,
        site=site_of(truth.url),
        kind=Kind(truth.kind),
        title=truth.title,
        lead=truth.lead,
        lead_source="page",
        blocks=(*blocks, _correspondent(number)),
        images=tuple(_images(truth)),
        byline=truth.byline,
        authors=truth.authors,
        agency=truth.agency,
        published_at=published,
        published_source="json_ld",
        modified_at=published + timedelta(minutes=3),
        modified_source="json_ld",
        section=truth.section,
        breadcrumbs=("Trang chủ", truth.section),
        tags=truth.tags,
        language="vi",
        extraction=_EXTRACTION,
        fetched_at=published + timedelta(minutes=9),
    )
    return replace(article, content_fingerprint=fingerprint(article.text))


_EXTRACTION = Extraction(
    model_version="5f1d7c9a20b34e68",
    confidence=0.97,
    kept=17,
    dropped={"outside_container": 61, "teaser": 12, "share": 3, "tags": 4},
)


def _correspondent(number: int) -> Block:
    names = f"{rare_name(number)} và {rare_name(number + 1)}"
    return Block(BlockKind.PARAGRAPH, f"Tin do {names} gửi về lúc {number} giây.")


def _images(truth: Truth) -> Iterator[Image]:
    for n, caption in enumerate(truth.captions or (truth.title,)):
        stem = truth.url.removeprefix(BASE).rpartition("-")[0]
        yield Image(f"{BASE}/anh{stem}-{n}.jpg", caption, "Ảnh: TTXVN")


def _name(chance: Random) -> str:
    """Return a word of two or three syllables, as Heaps has it: many are seldom met."""
    place = int(_PLACES ** (1.4 * chance.random()))
    syllables = Random(place)
    word = "".join(
        syllables.choice(_CONSONANTS) + syllables.choice(_VOWELS)
        for _ in range(2 + place % 2)
    )
    return word.capitalize()
