"""The pages of a portal as templates, their chrome prepared once."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from scraper.demo.pages.cms import Cms
from scraper.demo.pages.current import Current
from scraper.demo.pages.furniture import STILL, Churn
from scraper.demo.pages.listing import Listing
from scraper.demo.pages.older import Older
from scraper.demo.pages.plain import Plain
from scraper.demo.pages.renewed import Renewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from scraper.demo.markup import Part
    from scraper.demo.pages.furniture import Stock
    from scraper.demo.sections import Directory, Section
    from scraper.demo.story import Headline, Story


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


DECOMPOSED_EVERY = 31
"""One article in so many is served in NFD (PORTALS.md: one page is)."""

_Template = Current | Cms | Older | Renewed
_TEMPLATES: dict[str, type[_Template]] = {
    "current": Current,
    "cms": Cms,
    "older": Older,
    "renewed": Renewed,
}


class Look:
    """Templates around the chrome of *stock*; holds nothing that grows."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.listing = Listing(stock)
        self.plain = Plain(stock)
        self.films = {film.path: film for film in stock.films}
        self.adverts = {advert.path: advert for advert in stock.adverts}
        self._templates: dict[str, _Template] = {}

    def article(
        self, story: Story, related: list[Headline], churn: Churn = STILL
    ) -> list[Part]:
        """Return the page of *story* in the template that its headline names."""
        name = story.headline.template
        if name not in self._templates:
            self._templates[name] = _TEMPLATES[name](self.stock)
        if story.headline.n % DECOMPOSED_EVERY == 7:  # noqa: PLR2004
            story = decomposed(story)
        return self._templates[name].render(story, related, churn)


def decomposed(story: Story) -> Story:
    """Return *story* in NFD: the same letters, the marks apart."""

    def apart(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    head = story.headline
    tags = tuple(map(apart, head.tags))
    head = replace(head, title=apart(head.title), lead=apart(head.lead), tags=tags)
    blocks = tuple(block._replace(text=apart(block.text)) for block in story.blocks)
    return replace(story, headline=head, blocks=blocks)
