"""The pages of a portal as templates, their chrome prepared once."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.demo.pages.churn import STILL, Churn
from scraper.demo.pages.cms import Cms
from scraper.demo.pages.current import Current
from scraper.demo.pages.listing import Listing
from scraper.demo.pages.older import Older
from scraper.demo.pages.plain import Plain
from scraper.demo.pages.renewed import Renewed

if TYPE_CHECKING:
    from scraper.demo.markup import Part
    from scraper.demo.pages.furniture import Stock
    from scraper.demo.story import Headline, Story

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
