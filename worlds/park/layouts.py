"""How sites make a page of the same things: tags, names and nesting, by make and seed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from scraper.demo.story import Block
    from worlds.park.stories import Story
    from worlds.park.words import Words

Anchor = tuple[str, str]
"""What a link says and where it leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds the content of every page of a site."""

    site: str
    home: str
    menu: Sequence[Anchor]
    most_read: Sequence[Anchor]
    feet: Sequence[Anchor]
    feeds: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page that lists *items*, pairs of a story and its address; *extra* is markup."""

    name: str
    items: Sequence[tuple[Story, str]]
    before: str = ""
    after: str = ""
    extra: str = ""
    tools: Sequence[Anchor] = field(default_factory=tuple)


class Layout:
    """A make of pages. *tags* are the elements of each role, div if none is named."""

    tags: ClassVar[dict[str, str]] = {}
    prints_date: ClassVar[bool] = True
    prints_author: ClassVar[bool] = True
    declares: ClassVar[frozenset[str]] = frozenset({"og"})

    def __init__(self, words: Words, chance: Random) -> None:
        self.words = words
        self.chance = chance
        self._names: dict[str, str] = {}

    def name(self, role: str) -> str:
        """Return the class of *role*, drawn once; "" for none."""
        return self._names.setdefault(role, self.draw(role))

    def draw(self, role: str) -> str:
        prefix = self.chance.choice(("c-", "m-", "", "news-", "box-", "v3-"))
        return f"{prefix}{role}"

    def el(self, role: str, content: str, **attributes: str) -> str:
        tag = self.tags.get(role, "div")
        named = {"class": self.name(role), **attributes}
        written = "".join(f' {k}="{v}"' for k, v in named.items() if v)
        return f"<{tag}{written}>{content}</{tag}>\n"

    def links(self, role: str, anchors: Iterable[Anchor], title: str = "") -> str:
        items = "".join(self.el(f"{role}-item", a(*anchor)) for anchor in anchors)
        head = self.el("box-title", escape(title)) if title else ""
        return self.el(role, head + items)

    def article(
        self, story: Story, url: str, frame: Frame, related: Sequence[Anchor]
    ) -> str:
        words = self.words
        content = [
            self.el("section", escape(story.place.name)),
            self.el("headline", escape(story.title)),
            self.el("date", words.date(story.published)) if self.prints_date else "",
            self.el("lead", escape(story.lead)),
            self.body(story, related),
            self.el("author", self.signature(story)) if self.prints_author else "",
            self.links("tags", [(t, f"/tag/{n}") for n, t in enumerate(story.tags)]),
            self.links("share", [(each, "#") for each in words.share]),
            self.links("related", related, words.related),
            self.el("comments", escape(words.comments)),
        ]
        head = self.declared(story, url)
        return self.page(story.title, head, self.el("story", "".join(content)), frame)

    def signature(self, story: Story) -> str:
        return escape(story.author)

    def body(self, story: Story, related: Sequence[Anchor]) -> str:
        return self.el("body", "".join(map(self.block, story.blocks)))

    def block(self, block: Block) -> str:
        text = escape(block.text)
        if block.kind == "caption":
            image = '<img src="/anh/1.jpg" width="640" height="400" alt="">'
            return f"<figure>{image}<figcaption>{text}</figcaption></figure>\n"
        if block.kind == "heading":
            return f"<h2>{text}</h2>\n"
        if block.kind == "quote":
            return f"<blockquote><p>{text}</p></blockquote>\n"
        return f"<p>{text}</p>\n"

    def listing(self, page: Listing, frame: Frame) -> str:
        items = "".join(self.item(story, url) for story, url in page.items)
        pages = [(self.words.previous, page.before), (self.words.next, page.after)]
        steps = "".join(a(text, url) for text, url in pages if url)
        tools = self.links("tools", page.tools) if page.tools else ""
        heading = self.el("listing-title", escape(page.name))
        pager = self.el("pager", steps)
        content = heading + tools + self.el("list", items) + pager + page.extra
        return self.page(page.name, "", content, frame)

    def item(self, story: Story, url: str) -> str:
        title = self.el("item-title", a(story.title, url))
        return self.el("item", title + self.el("item-lead", escape(story.lead)))

    def static(self, title: str, text: str, frame: Frame) -> str:
        body = self.el("body", "".join(f"<p>{escape(text)}</p>" for _ in range(3)))
        content = self.el("headline", escape(title)) + body
        return self.page(title, "", self.el("story", content), frame)

    def page(self, title: str, head: str, content: str, frame: Frame) -> str:
        words = self.words
        feeds = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{each}">'
            for each in frame.feeds
        )
        top = self.el("logo", a(frame.site, frame.home)) + self.links(
            "menu", frame.menu
        )
        search = (
            f'<form action="/search"><input name="q" title="{words.search}"></form>'
        )
        aside = self.links("most-read", frame.most_read, words.most_read)
        aside += self.el("letter", escape(words.letter))
        feet = self.links("feet", frame.feet) + self.el(
            "imprint", escape(words.imprint)
        )
        body = self.el("top", top + search + a(words.login, "/login"))
        body += self.el("columns", self.el("main", content) + self.el("aside", aside))
        body += self.el("bottom", feet)
        title = f"<title>{escape(title)} - {escape(frame.site)}</title>"
        return (
            f'<!DOCTYPE html><html lang="{words.language}"><head><meta charset="utf-8">'
            f"{title}{feeds}{head}</head><body>{body}</body></html>"
        )

    def declared(self, story: Story, url: str) -> str:
        """Return what the head says of *story*, in the ways of this make."""
        found = ""
        when = story.published.isoformat()
        if "og" in self.declares:
            pairs = {
                "og:type": "article",
                "og:title": story.title,
                "og:url": url,
                "article:published_time": when,
            }
            found += "".join(
                f'<meta property="{k}" content="{escape(v)}">' for k, v in pairs.items()
            )
        if "json_ld" in self.declares:
            data = {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": story.title,
                "datePublished": when,
                "author": [{"@type": "Person", "name": story.author}],
                "mainEntityOfPage": url,
            }
            written = json.dumps(data, ensure_ascii=False)
            found += f'<script type="application/ld+json">{written}</script>'
        return found


def a(text: str, url: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'
