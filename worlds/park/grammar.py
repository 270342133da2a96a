"""English and French stories: patterns whose slots are filled by the seed."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from scraper.demo.story import Block
from worlds.park.lexicon import english, french

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from worlds.park.stories import Place

_LEXICONS = {"en": english, "fr": french}
SECTIONS = {language: lexicon.SECTIONS for language, lexicon in _LEXICONS.items()}
_SLOT = re.compile(r"\{(\w+)\}")
_NUMBERS = {"n2": (2, 10), "n20": (11, 99), "n300": (101, 999), "year": (1989, 2024)}

Draft = tuple[str, str, tuple[Block, ...], "Place", str, tuple[str, ...]]


class Teller:
    """Fills the patterns of a *stock*; a slot of *facts* stays the same throughout."""

    def __init__(self, stock: Mapping[str, Sequence[str]], seed: int) -> None:
        self.chance = Random(seed)
        self.stock = stock
        self.facts: dict[str, str] = {}
        self._decks: dict[str, list[str]] = {}

    def say(self, slot: str) -> str:
        name = slot[0].lower() + slot[1:]
        if name in _NUMBERS:
            return str(self.chance.randrange(*_NUMBERS[name]))
        text = self.facts.get(name) or _SLOT.sub(
            lambda match: self.say(match[1]), self._draw(name)
        )
        return text[:1].upper() + text[1:] if slot[0].isupper() else text

    def _draw(self, slot: str) -> str:
        """Return a pattern; one comes again only after all of its list came."""
        if not self._decks.get(slot):
            self._decks[slot] = self.chance.sample(
                self.stock[slot], len(self.stock[slot])
            )
        return self._decks[slot].pop()


def write_story(
    language: str, seed: int, n: int, place: Place, _moment: datetime
) -> Draft:
    """Return title, lead, body, section, author and tags of one story."""
    teller = Teller(_LEXICONS[language].STOCK, seed)
    for fact in ("thing", "town"):
        teller.facts[fact] = teller.say(fact)
    title, lead = teller.say("Title"), teller.say("Lead")
    blocks = [_paragraph(teller) for _ in range(4 + teller.chance.randrange(6))]
    if n % 3 == 0:
        blocks.insert(len(blocks) // 2, Block("heading", teller.say("Head")))
    if n % 4 == 1:
        blocks.insert(2, Block("quote", f"{teller.say('Idea')}. {teller.say('Idea')}."))
    if n % 2:
        blocks.insert(1, Block("caption", teller.say("Caption")))
    tags = (teller.facts["town"], teller.facts["thing"])
    return title, lead, tuple(blocks), place, teller.say("name"), tags


def _paragraph(teller: Teller) -> Block:
    count = 2 + teller.chance.randrange(3)
    return Block("paragraph", " ".join(teller.say("Sentence") for _ in range(count)))
