"""What the made pages of a language say: phrases around an article, and its stories.

``languages/*.toml`` hold both. Vietnamese, English and French have no ``stock``: their
stories come from the papers of ``worlds/park``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.demo.story import Block
from worlds.park.grammar import Teller
from worlds.park.paper import Paper
from worlds.park.stories import Place, Story

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PAPERS = {"vi": "semantic", "en": "english", "fr": "french"}
_UNSPACED = frozenset({"ja", "zh"})
"""Languages without a space between sentences."""
_FOLDER = Path(__file__).parent / "languages"
_STORIES = 40
_TOLD = frozenset({"lead", "sentence"})
"""Of their patterns every second story has the other half: two of these share no line."""
_SENTENCE = re.compile(r"(?<=[.!?。।؟])\s*")


@dataclass(frozen=True)
class Speech:
    """*letters*, *prompts* and *consents* are each a title, "" for none, and paragraphs.

    *stock* holds the patterns of stories.
    """

    language: str
    says: str
    minutes: str
    comment_heading: str
    reply: str
    newer: str
    share: Sequence[str]
    read_also: Sequence[str]
    lines: Sequence[str]
    questions: Sequence[str]
    comments: Sequence[str]
    letters: Sequence[Sequence[str]]
    prompts: Sequence[Sequence[str]]
    consents: Sequence[Sequence[str]]
    stock: Mapping[str, Sequence[str]] = field(default_factory=dict)


def load_speech(language: str) -> Speech:
    """Return what ``languages/<language>.toml`` holds."""
    text = (_FOLDER / f"{language}.toml").read_text("utf-8")
    return Speech(language, **tomllib.loads(text))


def stories_of(speech: Speech, seed: int, now: datetime) -> list[Story]:
    """Return stories in the language of *speech*, the same for the same *seed*."""
    if paper := PAPERS.get(speech.language):
        return Paper(paper, seed, f"https://{paper}.example", now).stories
    return [_story(speech, seed, n, now) for n in range(_STORIES)]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of *text*; a text without any mark of their ends is one."""
    return [each for each in _SENTENCE.split(text) if each]


def opening_of(text: str, words: int) -> str:
    """Return the first *words* of *text*, twice as many characters without spaces."""
    run = text.split()
    if len(run) > words:
        return " ".join(run[:words])
    return text[: 2 * words] if len(run) * 8 < len(text) else text


def _story(speech: Speech, seed: int, n: int, now: datetime) -> Story:
    own = {
        slot: said[n % 2 :: 2] if slot in _TOLD else said
        for slot, said in speech.stock.items()
    }
    teller = Teller(own, seed * 1000 + n)
    for fact in ("thing", "town"):
        teller.facts[fact] = teller.say(fact)
    title, lead = teller.say("title"), teller.say("lead")
    space = "" if speech.language in _UNSPACED else " "
    blocks = [
        Block(
            "paragraph",
            space.join(
                teller.say("sentence") for _ in range(teller.chance.randrange(1, 5))
            ),
        )
        for _ in range(teller.chance.randrange(3, 9))
    ]
    blocks.insert(1, Block("caption", teller.say("caption")))
    town = teller.facts["town"]
    return Story(
        number=100_000 + n,
        title=title,
        lead=lead,
        blocks=tuple(blocks),
        place=Place(f"s{n % 5}", town, ""),
        author=teller.say("name"),
        tags=(town, teller.facts["thing"]),
        published=now - timedelta(hours=n * 7 + 1),
    )
