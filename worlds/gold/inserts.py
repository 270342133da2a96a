"""The set ``inserts``: articles with what real pages put between and beside their text.

Read-also lines, cards, letters, prompts, consents, comments and next articles that are
none of the text; details, loose lines, terms, code and linked paragraphs that are; short
articles beside much else; languages that gold sets have few pages of. The labeller learns
them here; names of classes and the order of things are drawn. A page is a site of its own.
"""

from __future__ import annotations

from html import escape
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from worlds.gold import pieces
from worlds.gold.park import NOW
from worlds.gold.pieces import Draft
from worlds.gold.sets import write_set
from worlds.gold.speech import PAPERS, load_speech, sentences_of, stories_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worlds.gold.pieces import Piece
    from worlds.gold.sets import GoldSet
    from worlds.gold.speech import Speech
    from worlds.park.stories import Story

NAME = "inserts"
PAGES = 450
SEED = 5
_LANGUAGES = (*PAPERS, *PAPERS, "zh", "ja", "ko", *PAPERS, *PAPERS, "th", "hi", "ar")
"""Every third page is in a language of few gold pages."""
_LINKED = (0.0, 0.0, 0.0, 0.04, 0.04, 0.3)
"""Shares of paragraphs that are one link, as pages of some publishers have them."""
_SHORT = 0.25
"""Share of articles of one to three sentences."""
_PIECES = 4
"""Pieces between the paragraphs of a page, at most."""
_SIGNED = 0.7
"""Share of pages that print the author and the time."""
_WALLED = 0.2
"""Share of pages with a consent before the article, or after it."""
_SPLIT = 0.25
"""Share of pages whose text is set in several elements."""
_STREAMS = 0.12
"""Share of pages that continue with other articles, set as the first."""
_WITH_CARDS = 0.6
_WITH_LINKS = 0.5
"""Shares of pages that offer others."""
_INSIDE = 0.5
"""Share of pages that hold what comes after the text in the element of the article."""
_DECLARED = 0.85
"""Share of pages with og:title; the title of some others is the site's."""


class _Setting(NamedTuple):
    """How articles of a page are set: the whole, and its text in an *inner* element or not."""

    outer: str
    name: str
    inner: str
    inner_name: str

    def article(self, title: str, text: str, after: str = "") -> str:
        if self.inner:
            text = f'<{self.inner} class="{self.inner_name}">\n{text}\n</{self.inner}>'
        return (
            f'<{self.outer} class="{self.name}"><h1>{escape(title)}</h1>\n'
            f"{text}\n{after}\n</{self.outer}>"
        )


def write_inserts(folder: Path) -> GoldSet:
    """Write the set into the empty *folder*."""
    return write_set(NAME, folder, _iter_pages())


def _iter_pages() -> Iterator[tuple[dict[str, Any], bytes]]:
    speeches = {language: load_speech(language) for language in _LANGUAGES}
    stories = {name: stories_of(each, SEED, NOW) for name, each in speeches.items()}
    for number in range(PAGES):
        language = _LANGUAGES[number % len(_LANGUAGES)]
        yield _page(number, speeches[language], stories[language])


def _page(
    number: int, speech: Speech, stories: list[Story]
) -> tuple[dict[str, Any], bytes]:
    chance = Random(f"{SEED} {number}")
    at = number // 3 % len(stories)
    story, others = stories[at], stories[(at + 1) % 2 :: 2]
    draft = Draft(chance, speech, others, chance.choice(_LINKED))
    if chance.random() < _SIGNED:
        _sign(draft, story)
    _insert(draft, _text_of(draft, story))
    body = _split(draft) if chance.random() < _SPLIT else draft.take()
    text = "\n\n".join(draft.texts)
    page = _whole(draft, story, body)
    row = {
        "id": f"inserts-{number}",
        "kind": "article",
        "url": f"https://inserts-{number}.example/{story.slug}-{story.number}.html",
        "fetched_at": NOW.isoformat(),
        "title": story.title,
        "text": text,
    }
    return row, page.encode()


def _text_of(draft: Draft, story: Story) -> list[str]:
    """Return the paragraphs of *story*, or the few sentences of a short notice."""
    chance = draft.chance
    body = [b.text for b in story.blocks if b.kind == "paragraph"]
    if chance.random() >= _SHORT:
        return [story.lead, *body[: chance.choice((1, 2, 3, 5, len(body)))]]
    said = [text for each in (story.lead, *body) for text in sentences_of(each)]
    said = [*draft.speech.lines, *said]
    return chance.sample(said, min(len(said), chance.randrange(1, 4)))


def _sign(draft: Draft, story: Story) -> None:
    """Put who wrote it and when, and an offer to share it, before the text."""
    moment = f"{story.published:%d/%m/%Y %H:%M}"
    share = "".join(f"<li>{escape(name)}</li>" for name in draft.speech.share)
    form = draft.chance.choice(
        (
            "<p>{author}</p><p>{moment}</p>",
            "<div>{author} - {moment}</div>",
            '<div class="meta"><span>{author}</span> <span>{moment}</span></div>',
            "<div><a href='/a'>{author}</a><br>{moment}</div><ul>{share}</ul>",
        )
    )
    draft.put(form.format(author=escape(story.author), moment=moment, share=share))


def _insert(draft: Draft, texts: list[str]) -> None:
    """Add *texts* with some pieces between them, no more than there are texts."""
    chance = draft.chance
    chosen: list[Piece] = [
        chance.choice(chance.choice((pieces.TOLD, pieces.TOLD, pieces.UNTOLD)))
        for _ in range(chance.randrange(min(_PIECES, len(texts)) + 1))
    ]
    places = [chance.randrange(1, len(texts) + 1) for _ in chosen]
    for at, text in enumerate(texts, start=1):
        draft.add_paragraph(text)
        for piece, place in zip(chosen, places, strict=True):
            if place == at:
                piece(draft)


def _split(draft: Draft) -> str:
    """Return the body in two or three elements beside each other, something between."""
    parts, chance = draft.html.copy(), draft.chance
    draft.html.clear()
    name = draft.name("module", "text", "part")
    between = [
        f'<div class="{draft.name("ads", "slot")}"><p>{chance.choice(draft.speech.share)}</p></div>',
        f"<div>{draft.link()}</div>",
        "",
    ]
    size = -(-len(parts) // chance.choice((2, 2, 3)))
    runs = ["\n".join(parts[at : at + size]) for at in range(0, len(parts), size)]
    joint = chance.choice(between)
    return joint.join(f'<div class="{name}">{run}</div>' for run in runs)


def _whole(draft: Draft, story: Story, body: str) -> str:
    """Return the page: some of what comes after the text stands in the article's element."""
    chance = draft.chance
    setting = _Setting(
        chance.choice(("article", "main", "div")),
        draft.name("post", "story"),
        chance.choice(("div", "section", "")),
        draft.name("content", "entry", "body"),
    )
    before, after, aside = _before(draft), _after(draft), _aside(draft)
    inside, outside = (after, "") if chance.random() < _INSIDE else ("", after)
    article = setting.article(story.title, body, inside)
    if chance.random() < _STREAMS:
        article = _stream(draft, setting, article)
    menu = "".join(
        f'<li><a href="/s{n}">{n} {story.place.name}</a></li>' for n in range(5)
    )
    return f"""<!doctype html><html lang="{draft.speech.language}"><head>{_head(draft, story)}
</head><body>
<header><nav><ul>{menu}</ul></nav></header>
{before}
{article}
{outside}
{aside}
<footer><p>© 2026 {escape(story.place.name)}</p></footer></body></html>"""


def _head(draft: Draft, story: Story) -> str:
    title = escape(story.title)
    if draft.chance.random() < _DECLARED:
        return f'<title>{title}</title><meta property="og:title" content="{title}">'
    site = draft.chance.choice((story.place.name, draft.other().title, ""))
    return f"<title>{escape(site) or title}</title>"


def _before(draft: Draft) -> str:
    if draft.chance.random() < _WALLED:
        pieces.consent(draft)
    return draft.take()


def _after(draft: Draft) -> str:
    for piece in draft.chance.sample(pieces.AFTER, draft.chance.randrange(3)):
        piece(draft)
    return draft.take()


def _aside(draft: Draft) -> str:
    """Return what is offered beside the article: teasers, a list of links, a consent."""
    chance = draft.chance
    if chance.random() < _WITH_CARDS:
        draft.put(f'<div class="{draft.name("more", "other-news")}">')
        pieces.cards(draft, chance.randrange(3, 13))
        draft.put("</div>")
    if chance.random() < _WITH_LINKS:
        pieces.related(draft)
    if chance.random() < _WALLED:
        pieces.consent(draft)
    return draft.take()


def _stream(draft: Draft, setting: _Setting, article: str) -> str:
    """Return *article* and one or two more, set as it is, in one element or not."""
    chance = draft.chance
    found = [article]
    for other in chance.sample(draft.others, chance.randrange(1, 3)):
        if chance.random() < _SIGNED:
            _sign(draft, other)
        for text in other.text_blocks[: chance.randrange(2, 8)]:
            draft.put(f"<p>{escape(text)}</p>")
        found.append(setting.article(other.title, draft.take()))
    form = chance.choice(('<div class="stream">\n{}\n</div>', "<main>{}</main>", "{}"))
    return form.format("\n".join(found))
