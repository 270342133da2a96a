"""What an editor changes in an article that is out already."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from scraper.demo.lexicon import GIVEN, MIDDLE, SURNAMES, Voice
from scraper.demo.story import Block, topic_of

if TYPE_CHECKING:
    from scraper.demo.story import Story
    from worlds.living.events import Event

_NUMBER = re.compile(r"(?<![\w/.,])\d{2,3}(?= [^\W\d])")
_NAME = re.compile(
    rf"\b(?:{'|'.join(SURNAMES)}) (?:{'|'.join(MIDDLE)}) (?:{'|'.join(GIVEN)})\b"
)
_NOTE = (
    "Đính chính: Bản tin đăng trước đó nêu {old} thay vì {new} do sơ suất khi biên tập."
    " Tòa soạn đã sửa lại và chân thành xin lỗi bạn đọc."
)


def edited(story: Story, event: Event, seed: int) -> Story:
    """Return *story* as *event* leaves it: another text under the same title and lead.

    An edit for which the story offers no place (a number to correct, a name) adds a
    paragraph. *seed* is that of the world.
    """
    chance = Random(f"{seed} {event.n} {event.time}")
    blocks = list(story.blocks)
    if event.detail in {"number", "note"}:
        change = _another_number(blocks, chance)
    else:
        change = _another_name(blocks, chance) if event.detail == "name" else None
    if change is None:
        _add_paragraph(story, blocks, chance)
    elif event.detail == "note":
        kind = "answer" if blocks[-1].kind == "answer" else "paragraph"
        old, new = change
        blocks.append(Block(kind, _NOTE.format(old=f"“{old}”", new=f"“{new}”")))
    stated = event.time if event.stated else story.stated
    return replace(story, blocks=tuple(blocks), stated=stated)


def _another_number(blocks: list[Block], chance: Random) -> tuple[str, str] | None:
    """Change one number within *blocks*; return it as it was and as it is."""
    places = [
        (k, found)
        for k, block in enumerate(blocks)
        if block.kind in {"paragraph", "answer"}
        for found in _NUMBER.finditer(block.text)
    ]
    if not places:
        return None
    k, found = chance.choice(places)
    old, new = found[0], str(int(found[0]) + chance.randint(1, 9))
    text = blocks[k].text
    changed = text[: found.start()] + new + text[found.end() :]
    blocks[k] = blocks[k]._replace(text=changed)
    following = text[found.end() :].split(" ", 2)[1].rstrip(".,;:”")
    return f"{old} {following}", f"{new} {following}"


def _another_name(blocks: list[Block], chance: Random) -> tuple[str, str] | None:
    """Change one name of three words, wherever it stands in *blocks*."""
    texts = " ".join(block.text for block in blocks if block.kind != "caption")
    names = _NAME.findall(texts)
    if not names:
        return None
    old = chance.choice(names)
    middle = chance.choice([word for word in MIDDLE if word != old.split(" ")[1]])
    first, _, last = old.split(" ")
    new = f"{first} {middle} {last}"
    for k, block in enumerate(blocks):
        blocks[k] = block._replace(text=block.text.replace(old, new))
    return old, new


def _add_paragraph(story: Story, blocks: list[Block], chance: Random) -> None:
    """Put a paragraph behind one of those among *blocks*: every body has some."""
    head = story.headline
    facts = {name: text for name, text in head.facts.items() if name != "thing"}
    voice = Voice(topic_of(head.section), chance.getrandbits(32), facts)
    places = [k for k, block in enumerate(blocks) if block.kind == "paragraph"]
    at = chance.choice(places) + 1
    slot = "short" if head.shape == "gallery" else "para"
    blocks.insert(at, Block("paragraph", voice.say(slot, capital=True)))
