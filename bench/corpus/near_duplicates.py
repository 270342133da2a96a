"""Near-duplicates of stories as other sites print them, and stories that only follow one.

Each family is one story, what became of it elsewhere within three days (see CHANGES),
and another story that repeats two of its paragraphs as background: no near-duplicate.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from bench.corpus.articles import iter_articles
from bench.corpus.making import SITES
from scraper.items import Article, Block, BlockKind, Image
from scraper.text import fingerprint, spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = Callable[[Article, Article], Article]

APART = 20
"""Places between two stories: some two hours."""
SHORTEST = 100
"""Words of a story; its half is as short as texts that can be compared."""
_PLACES = (0, 75_000, 50_000)
"""Where in the corpus the next story, what its near-duplicates add and its follower are."""
OWN = 5
"""Paragraphs of a follower's own, at least."""
_EVERY = 20
"""Words from one that an editor replaced to the next: one in a sentence or two."""
_OTHER_LEADS = [
    "Thông tin vừa được cơ quan chức năng công bố chiều nay đã thu hút sự quan tâm của đông đảo bạn đọc trên địa bàn tỉnh.",
    "Đây là một trong những nội dung đáng chú ý trong ngày mà Tòa soạn ghi nhận được từ nhiều nguồn tin khác nhau.",
    "Sự việc diễn ra trong bối cảnh nhiều địa phương đang gấp rút hoàn thành kế hoạch đề ra từ đầu năm.",
]


class Family(NamedTuple):
    """A story, its near-duplicates by the name of their change, and one that follows it."""

    story: Article
    near_duplicates: dict[str, Article]
    follow_up: Article


def iter_families(count: int) -> Iterator[Family]:
    """Yield *count* families of different stories of SHORTEST words and more."""
    made = number = 0
    while made < count:
        story, spare, other = (_at(number * APART + place) for place in _PLACES)
        number += 1
        long_enough = len(story.text.split()) >= SHORTEST
        if long_enough and len(paragraphs(other)) >= OWN:
            made += 1
            yield make_family(story, spare, other, number)


def _at(place: int) -> Article:
    return next(iter_articles(place, place + 1))


def make_family(story: Article, spare: Article, other: Article, number: int) -> Family:
    """Return the family of *story*; what near-duplicates add is of *spare*, *other* follows."""
    chance = Random(number)
    near_duplicates = {
        name: _elsewhere(change(story, spare), name, chance)
        for name, change in CHANGES.items()
    }
    follower = replace(
        other,
        blocks=(*other.blocks, *paragraphs(story)[:2]),
        published_at=story.published_at,
    )
    return Family(story, near_duplicates, _elsewhere(follower, "follow-up", chance))


def _elsewhere(article: Article, name: str, chance: Random) -> Article:
    """Return *article* as another site has it, within three days."""
    site = SITES[1 + chance.randrange(len(SITES) - 1)]
    url = f"https://{site}/{name}-{chance.randrange(10**9)}.htm"
    later = timedelta(minutes=chance.randrange(5, 3 * 24 * 60))
    return replace(
        article,
        url=url,
        canonical_url=url,
        site=site,
        published_at=article.published_at and article.published_at + later,
        content_fingerprint=fingerprint(article.text),
    )


def paragraphs(article: Article) -> tuple[Block, ...]:
    return tuple(b for b in article.blocks if b.kind is BlockKind.PARAGRAPH)


def _as_it_is(story: Article, _spare: Article) -> Article:
    return story


def _headline(story: Article, spare: Article) -> Article:
    return replace(story, title=spare.title)


def _photos(story: Article, spare: Article) -> Article:
    """Return *story* with other pictures and captions, and as many."""
    others = iter(spare.captions)
    blocks = (
        replace(b, text=next(others, "Ảnh minh họa."))
        if b.kind is BlockKind.CAPTION
        else b
        for b in story.blocks
    )
    images = (Image("https://cdn.example/1.jpg", "Ảnh minh họa."),)
    return replace(story, blocks=tuple(blocks), images=images)


def _new_lead(story: Article, _spare: Article) -> Article:
    return replace(story, lead=_OTHER_LEADS[len(story.text) % len(_OTHER_LEADS)])


def _local(story: Article, spare: Article) -> Article:
    """Return *story* with a paragraph on the near-duplicate's own province."""
    return replace(story, blocks=(*story.blocks, paragraphs(spare)[0]))


def _half(story: Article, _spare: Article) -> Article:
    """Return the first half of *story*, to the word, as papers cut from the end."""
    left = len(story.text.split()) // 2 - len(story.lead.split())
    blocks = []
    for block in story.blocks:
        words = block.text.split()[: max(0, left)]
        if words:
            blocks.append(replace(block, text=" ".join(words)))
        if block.kind is not BlockKind.CAPTION:
            left -= len(words)
    return replace(story, blocks=tuple(blocks))


def _edited(story: Article, _spare: Article) -> Article:
    return _said(story, _with_other_words)


def _with_other_words(text: str) -> str:
    words = text.split()
    words[_EVERY // 2 :: _EVERY] = ["vừa"] * len(words[_EVERY // 2 :: _EVERY])
    return " ".join(words)


def _worked_over(story: Article, spare: Article) -> Article:
    return _new_lead(_local(_half(story, spare), spare), spare)


def _tone(story: Article, _spare: Article) -> Article:
    """Return *story* with hoà for hòa, and the other way round."""
    return _said(story, lambda text: " ".join(map(_other_spelling, text.split(" "))))


def _other_spelling(word: str) -> str:
    others = spellings(word) - {word}
    return others.pop() if others else word


def _nfd(story: Article, _spare: Article) -> Article:
    return _said(story, lambda text: unicodedata.normalize("NFD", text))


def _said(story: Article, say: Callable[[str], str]) -> Article:
    blocks = tuple(replace(block, text=say(block.text)) for block in story.blocks)
    return replace(story, lead=say(story.lead), blocks=blocks)


CHANGES: dict[str, Change] = {
    "whole": _as_it_is,
    "headline": _headline,
    "photos": _photos,
    "tone": _tone,
    "nfd": _nfd,
    "new_lead": _new_lead,
    "local": _local,
    "edited": _edited,
    "half": _half,
    "worked_over": _worked_over,
}
