"""What an article says, before any template: made from (seed, n) alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from scraper.demo.lexicon import (
    CITIES,
    COMMUNES,
    PEN_NAMES,
    PHOTOS,
    PROVINCES,
    SECTION_TOPICS,
    TOPICS,
    Section,
    Voice,
)

_OTHER = re.compile(r"[^a-z0-9]+")


def _ascii_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base.lower()
    return table


_ASCII = _ascii_table()


def slug_of(title: str) -> str:
    """Return *title* in lower case ASCII words joined by hyphens."""
    return _OTHER.sub("-", title.translate(_ASCII).lower()).strip("-")


VIETNAM = timezone(timedelta(hours=7))
"""The country has no daylight saving time."""


def this_hour() -> datetime:
    """Return the present moment in Vietnam, rounded down to the hour."""
    return datetime.now(VIETNAM).replace(minute=0, second=0, microsecond=0)


def mix(n: int, seed: int) -> int:
    """Return twenty bits that look like chance, the same for the same arguments."""
    return (n * 2_654_435_761 + seed * 40_503 >> 7) & 0xFFFFF


def shape_of(n: int) -> str:
    return SHAPES[n % len(SHAPES)]


def is_numbered(n: int) -> bool:
    """Return True if the address of article *n* ends in -post<digits>.

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


TTXVN = "TTXVN"
AGENCY_ALONE = "TTXVN/Báo Tin tức và Dân tộc"


@dataclass(frozen=True, slots=True)
class Byline:
    """*strong* and *italic* are how the current template sets the line in two parts."""

    strong: str
    italic: str
    authors: tuple[str, ...]
    agency: str = TTXVN

    @property
    def printed(self) -> str:
        return self.strong + self.italic

    @property
    def glued(self) -> str:
        """The name that the portal's JSON-LD states: ``Linh SơnTTXVN``."""
        return self.strong + (TTXVN if self.italic else "")


_NEWS = (
    ("{a}", " (TTXVN)"),
    ("Tin, ảnh: {a}", " (TTXVN)"),
    ("{a} – {b}", " (TTXVN)"),
    (AGENCY_ALONE, ""),
    ("{a}", " (TTXVN)"),
    ("Bài, ảnh: {a}", " (TTXVN)"),
    ("{a}/TTXVN", ""),
    ("{a}, {b}", " (TTXVN)"),
)
_GALLERY = (
    ("Chùm ảnh, clip: {a}/TTXVN", ""),
    ("Chùm ảnh: {a}", " (TTXVN)"),
    ("Ảnh: {a} – {b}", " (TTXVN)"),
)
_FORMS = {"interview": (("{a}/TTXVN (Thực hiện)", ""),), "gallery": _GALLERY}


def byline_of(n: int, shape: str, first: int) -> Byline:
    """Return the byline of article *n*; *first* chooses the names."""
    forms = _FORMS.get(shape, _NEWS)
    strong, italic = forms[n // 2 % len(forms)]
    a = PEN_NAMES[first % len(PEN_NAMES)]
    b = PEN_NAMES[(first + 1 + first % 7) % len(PEN_NAMES)]
    if "{" not in strong:
        return Byline(strong, italic, (), strong)
    authors = (a, b) if "{b}" in strong else (a,)
    return Byline(strong.format(a=a, b=b), italic, authors)


SHAPES = (
    *(
        "news",
        "split",
        "news",
        "interview",
        "feature",
        "gallery",
        "news",
        "data",
        "news",
    ),
    *("split", "feature", "news", "interview", "news", "data", "split", "news", "news"),
    *(
        "gallery",
        "feature",
        "news",
        "split",
        "news",
        "data",
        "interview",
        "news",
        "news",
    ),
)
"""The kind of body of 27 articles in a row; four are split by br (PORTALS: 4 of 27)."""


class Block(NamedTuple):
    """*kind* is named as in ``scraper.items.BlockKind``; rows of a table are lines."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Headline:
    """What a listing shows of article *n*."""

    n: int
    title: str
    lead: str
    path: str
    published: datetime
    section: Section
    template: str
    shape: str
    tags: tuple[str, ...]
    facts: dict[str, str] = field(repr=False, compare=False)

    @property
    def page_section(self) -> Section:
        """The section that the page itself names: photo stories have their own."""
        return PHOTOS if self.shape == "gallery" else self.section

    @property
    def stamp(self) -> str:
        """The digits that end the address."""
        return self.path.rpartition("-")[2].partition(".")[0].removeprefix("post")

    @property
    def slug(self) -> str:
        return self.path.rpartition("/")[2].rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Story:
    """*stated* is when the page says that it was changed, None if it does not."""

    headline: Headline
    blocks: tuple[Block, ...]
    byline: Byline
    stated: datetime | None = None

    @property
    def modified(self) -> datetime:
        """The time of the last change as the page's metas give it."""
        return self.stated or self.headline.published


def place_of(n: int, seed: int, topic: str) -> str:
    """Return the province, or the city abroad, that article *n* is about."""
    places = CITIES if topic == "world" else PROVINCES
    return places[(n * 13 + seed) % len(places)]


def topic_of(section: Section) -> str:
    return SECTION_TOPICS[section.top]


def voice_for(n: int, seed: int, section: Section, published: datetime) -> Voice:
    """Return the voice that tells article *n*, its facts chosen."""
    topic = topic_of(section)
    facts = {"place": place_of(n, seed, topic)}
    voice = Voice(topic, seed * 1_048_583 + n, facts)
    facts["person"] = voice.name()
    facts["day"] = f"{published.day}/{published.month}"
    later = published + timedelta(days=3 + voice.below(24))
    facts["later"] = f"{later.day}/{later.month}"
    facts["month"] = str(published.month)
    facts["subject"] = voice.say("subject")
    facts["role_short"] = voice.say("role_short")
    facts["thing"] = voice.say("thing")
    facts["ward"] = _ward(voice, topic)
    return voice


def _ward(voice: Voice, topic: str) -> str:
    if topic == "world":
        return voice.pick(CITIES)
    return f"{voice.pick(('xã', 'phường', 'xã'))} {voice.pick(COMMUNES)}"


def tags_of(voice: Voice, topic: str) -> tuple[str, ...]:
    first = voice.below(4)
    stock = TOPICS[topic]["tag"]
    return (voice.facts["place"], stock[first], stock[(first + 1) % len(stock)])


def story_of(headline: Headline, seed: int) -> Story:
    """Return the whole story below *headline*."""
    topic = topic_of(headline.section)
    facts = headline.facts.copy()
    del facts["thing"]
    voice = Voice(topic, ~(seed * 1_048_583 + headline.n), facts)
    voice.wards = [facts["ward"], *(_ward(voice, topic) for _ in range(3))]
    blocks = tuple(_BODIES[headline.shape](voice))
    first = voice.below(1000)
    return Story(headline, blocks, byline_of(headline.n, headline.shape, first))


def _paragraphs(voice: Voice, count: int, slot: str = "para") -> list[Block]:
    return [_block(voice, "paragraph", slot) for _ in range(count)]


def _block(voice: Voice, kind: str, slot: str) -> Block:
    voice.facts["ward"] = voice.pick(voice.wards)
    return Block(kind, voice.say(slot, capital=True))


def _caption(voice: Voice) -> Block:
    credit = voice.pick(_CREDITS)
    if "{" in credit:
        credit = credit.format(name=voice.name().split(" ", 1)[1])
    said = _block(voice, "caption", "caption").text
    return Block("caption", f"{said}. {credit}".rstrip())


_CREDITS = (
    *("Ảnh: {name}/TTXVN", "Ảnh: TTXVN phát", "Ảnh: {name} – TTXVN", "Ảnh: TTXVN", ""),
)


def _news(voice: Voice) -> list[Block]:
    blocks = _paragraphs(voice, 3 + voice.below(8))
    for _ in range(voice.below(3)):
        blocks.insert(voice.below(len(blocks)), _caption(voice))
    return [*blocks, _block(voice, "paragraph", "closing")]


def _split(voice: Voice) -> list[Block]:
    opening = [_caption(voice)] if voice.below(2) else []
    return opening + _paragraphs(voice, 4 + voice.below(6))


def _interview(voice: Voice) -> list[Block]:
    blocks = [*_paragraphs(voice, 1 + voice.below(2)), _caption(voice)]
    for i in range(3 + voice.below(4)):
        if i in {2, 4}:
            blocks.append(_block(voice, "heading", "head"))
        blocks.append(_block(voice, "question", "ask"))
        answers = 1 + voice.below(3)
        blocks += (_block(voice, "answer", "answer") for _ in range(answers))
    return [*blocks, _block(voice, "answer", "thanks")]


def _feature(voice: Voice) -> list[Block]:
    blocks = _paragraphs(voice, 2)
    for _ in range(2 + voice.below(3)):
        blocks.append(_block(voice, "heading", "head"))
        blocks += _paragraphs(voice, 2 + voice.below(3))
        if voice.below(2):
            blocks.append(_caption(voice))
        if voice.below(3) == 0:
            blocks.append(_block(voice, "quote", "quote"))
            blocks += _paragraphs(voice, 1, "short")
    return [*blocks, _block(voice, "paragraph", "closing")]


def _data(voice: Voice) -> list[Block]:
    blocks = _paragraphs(voice, 2 + voice.below(3))
    blocks.append(_table(voice) if voice.below(3) else _caption(voice))
    blocks += _paragraphs(voice, 1 + voice.below(2))
    items = 3 + voice.below(4)
    blocks += (_block(voice, "list_item", "item") for _ in range(items))
    return [*blocks, *_paragraphs(voice, 1), _block(voice, "paragraph", "closing")]


def _table(voice: Voice) -> Block:
    rows = [voice.say("column").replace("|", "\t")]
    for _ in range(3 + voice.below(5)):
        place = voice.pick(COMMUNES)
        rows.append(f"{place}\t{voice.say('n300')}\t{voice.say('n20')}")
    return Block("table", "\n".join(rows))


def _gallery(voice: Voice) -> list[Block]:
    blocks = _paragraphs(voice, 1, "short")
    blocks += (_caption(voice) for _ in range(6 + voice.below(8)))
    if voice.below(2):
        blocks[4:4] = _paragraphs(voice, 1, "short")
    return blocks


_BODIES = {
    "news": _news,
    "split": _split,
    "interview": _interview,
    "feature": _feature,
    "data": _data,
    "gallery": _gallery,
}
