"""The makes of pages that the park's sites are of."""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING, ClassVar

from worlds.park.layouts import Frame, Layout, a

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.demo.story import Block
    from worlds.park.layouts import Anchor, Frame
    from worlds.park.stories import Story

_SYLLABLES = ("ba", "do", "ki", "lu", "ne", "po", "ra", "su", "ti", "vo", "xe", "zu")


class Semantic(Layout):
    tags: ClassVar = {
        "top": "header",
        "menu": "nav",
        "main": "main",
        "story": "article",
        "headline": "h1",
        "listing-title": "h1",
        "date": "time",
        "lead": "p",
        "aside": "aside",
        "related": "aside",
        "bottom": "footer",
        "pager": "nav",
        "item": "article",
        "item-title": "h3",
        "item-lead": "p",
        "box-title": "h4",
    }
    declares: ClassVar = frozenset({"og", "json_ld"})


class Soup(Layout):
    """Nothing but div, under names that say nothing."""

    def draw(self, role: str) -> str:
        return "".join(self.chance.choice(_SYLLABLES) for _ in range(3))

    def block(self, block: Block) -> str:
        text = self.el(f"text-{block.kind}", escape(block.text))
        if block.kind != "caption":
            return text
        image = '<img src="/anh/1.jpg" width="640" height="400" alt="">'
        return self.el("picture", image + text)


class Tables(Layout):
    """A page of 2005: layout by tables, line breaks for paragraphs, no classes."""

    declares: ClassVar = frozenset()
    tags: ClassVar = {"headline": "b", "listing-title": "b", "item-title": "b"}

    def draw(self, role: str) -> str:
        return ""

    def block(self, block: Block) -> str:
        text = escape(block.text)
        return (
            f"<b>{text}</b><br><br>" if block.kind == "heading" else f"{text}<br><br>"
        )

    def body(self, story: Story, related: Sequence[Anchor]) -> str:
        text = "".join(self.block(b) for b in story.blocks if b.kind != "caption")
        return f'<font face="Arial" size="2">{text}</font>'

    def links(self, role: str, anchors: Iterable[Anchor], title: str = "") -> str:
        rows = "".join(f"<tr><td>{a(*anchor)}</td></tr>" for anchor in anchors)
        head = f"<tr><td><b>{escape(title)}</b></td></tr>" if title else ""
        return f'<table width="100%" cellpadding="2">{head}{rows}</table>'

    def page(self, title: str, head: str, content: str, frame: Frame) -> str:
        words = self.words
        menu = " | ".join(a(*anchor) for anchor in frame.menu)
        feet = " | ".join(a(*anchor) for anchor in frame.feet)
        side = self.links("most-read", frame.most_read, words.most_read)
        return (
            f"<html><head><meta charset=utf-8><title>{escape(title)}</title>{head}</head>"
            '<body bgcolor="#ffffff"><table width="780" align="center">'
            f'<tr><td colspan="2">{a(frame.site, frame.home)}<br>{menu}</td></tr>'
            f'<tr><td width="560" valign="top">{content}</td>'
            f'<td width="220" valign="top">{side}</td></tr>'
            f'<tr><td colspan="2" align="center">{feet}<br>{escape(words.imprint)}</td>'
            "</tr></table></body></html>"
        )


class Utility(Layout):
    """Utility classes and names hashed by a build, other ones with each seed."""

    tags: ClassVar = {"headline": "h1", "lead": "p", "item-title": "h3", "story": "div"}

    def draw(self, role: str) -> str:
        hashed = "".join(self.chance.choice("abcdef0123456789") for _ in range(6))
        sizes = self.chance.choice(("flex mt-4", "px-2 py-3", "w-full text-sm", "grid"))
        return f"{sizes} css-{hashed}"


class JsonLdOnly(Semantic):
    """Dates and authors stand in JSON-LD and nowhere else."""

    declares: ClassVar = frozenset({"json_ld"})
    prints_date: ClassVar = False
    prints_author: ClassVar = False


class Split(Layout):
    """The body in two or three containers, with other things between them."""

    tags: ClassVar = {"headline": "h1", "lead": "p", "item-title": "h3"}

    def body(self, story: Story, related: Sequence[Anchor]) -> str:
        blocks = [self.block(block) for block in story.blocks]
        third = max(2, len(blocks) // 3)
        parts = [blocks[:third], blocks[third : 2 * third], blocks[2 * third :]]
        advert = self.el("advert", escape(self.words.advert))
        between = [
            self.links("inline-related", related[:2], self.words.related),
            advert,
        ]
        found = ""
        for n, part in enumerate(filter(None, parts)):
            found += self.el("part", "".join(part))
            found += between[n] if n < len(between) else ""
        return self.el("body", found)


class Post(Layout):
    """The content management system of vietnamplus.vn, as others report it."""

    tags: ClassVar = {"headline": "h1", "item-title": "h3", "item": "article"}
    NAMES: ClassVar = {
        "headline": "article__title cms-title",
        "lead": "article__sapo cms-desc",
        "body": "article__body cms-body",
        "date": "article__meta",
        "menu": "main-nav",
        "author": "article__author cms-author",
        "tags": "article__tag",
    }

    def draw(self, role: str) -> str:
        return self.NAMES.get(role) or super().draw(role)


class Stamp(Post):
    """That of tuoitre.vn and thanhnien.vn, as others report it."""

    tags: ClassVar = {"headline": "h1", "lead": "h2", "item-title": "h3"}
    NAMES: ClassVar = {
        "headline": "detail-title",
        "lead": "detail-sapo",
        "date": "detail-time",
        "body": "detail-content afcbc-body",
        "author": "detail-author",
        "menu": "header__nav",
        "tags": "detail-tab",
    }


class Express(Post):
    """That of vnexpress.net, as others report it: the last line is the signature."""

    tags: ClassVar = {"headline": "h1", "lead": "p", "body": "article", "author": "p"}
    NAMES: ClassVar = {
        "headline": "title-detail",
        "lead": "description",
        "body": "fck_detail",
        "author": "author_mail",
        "menu": "main-nav",
        "date": "date",
    }

    def block(self, block: Block) -> str:
        return super().block(block).replace("<p>", '<p class="Normal">')

    def signature(self, story: Story) -> str:
        return f"<strong>{escape(story.author)}</strong>"


class Bare(Post):
    """That of bnews.vn, as others report it: text nodes between breaks, in NFD."""

    tags: ClassVar = {"headline": "h1", "item-title": "h3"}
    NAMES: ClassVar = {
        "headline": "font-42",
        "lead": "lr-summary-post",
        "body": "lr-ct",
        "author": "lr-author",
        "menu": "menu-top",
    }

    def block(self, block: Block) -> str:
        if block.kind != "paragraph":
            return super().block(block)
        return unicodedata.normalize("NFD", escape(block.text)) + "<br><br>\n"
