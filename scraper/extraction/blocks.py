"""The visible blocks of a tree and their kinds: heading, caption, quote and others.

A block is a run of text between block-level tags. ``br`` parts runs inside a paragraph or
a cell of a layout, since portals split whole bodies with it; inside a heading or a caption
it is a space. A table of data is one block. What is visible at all is decided in
:mod:`scraper.extraction.visible`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from scraper.extraction.document import MOST_BLOCKS, MOST_TEXT, Bound
from scraper.extraction.paths import HEADINGS
from scraper.extraction.visible import (
    BLOCK_TAGS,
    INVISIBLE_TAGS,
    Sight,
    gap,
    is_data_table,
    linked_pieces,
    sight_of,
    table_text,
    visible_text,
)
from scraper.items import BlockKind
from scraper.text import (
    clean,
    compare_key,
    count_units,
    has_many_marks,
    key_of_clean,
    normalised,
    words,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.document import Beyond


_PICTURES = frozenset({"img", "picture"})
_CAPTION_UNITS = (5, 80)
"""Words; fewer name a person beside a portrait, more are a paragraph."""
_LINE_UNITS = 20
"""Words of a line whose picture stands in an element of its own, or before a line break."""


def is_under_picture(block: RawBlock) -> bool:
    """Return True for the only line below, or beside, the only picture of an element.

    So is the text beside the caption of a figure: a credit, or the caption itself if the
    other is a credit. Asked for each block of a page, so it does not count an element's
    children.
    """
    below = block.element
    if below.tag == "figure":
        return below.find(".//figcaption") is not None
    picture = below.getprevious()
    if picture is None or not _is_picture(picture):
        return _is_broken_off(block)
    if picture.getprevious() is not None or below.getnext() is not None:
        return False
    loose = (picture.getparent().text, picture.tail, below.tail)
    most = _CAPTION_UNITS[1] if picture.tag in _PICTURES else _LINE_UNITS
    return _is_caption_long(block, most) and not any(map(_says, loose))


def _is_broken_off(block: RawBlock) -> bool:
    """Return True if an element holds a picture, a line break and this one line."""
    element = block.element
    first = next(iter(element), None)
    if first is None or not _is_picture(first) or _says(element.text):
        return False
    following = first.getnext()
    if following is None or following.tag != "br" or _says(first.tail):
        return False
    is_only = next(following.itersiblings("br"), None) is None
    return is_only and _is_caption_long(block, _LINE_UNITS)


def _is_picture(element: HtmlElement) -> bool:
    """Return True for a picture, alone in as many elements as there are."""
    while element.tag not in _PICTURES:
        only = next(iter(element), None)
        if only is None or only.getnext() is not None:
            return False
        if _says(element.text) or _says(only.tail):
            return False
        element = only
    return True


def _is_caption_long(block: RawBlock, most: int) -> bool:
    return _CAPTION_UNITS[0] <= count_units(block.text, block.words) <= most


def _says(text: str | None) -> bool:
    return text is not None and bool(text.strip())


_PARAGRAPH = BlockKind.PARAGRAPH
"""Bound here, since to look up a member takes as long as a call."""
_BOLD = frozenset({"b", "strong"})
_MOSTLY_BOLD = 0.9
"""Share of the characters that ``b`` or ``strong`` hold of a block in bold."""
_UNSPLIT = HEADINGS | {"figcaption", "caption"}
_SENTENCE_ENDS = (".", "!", "?", "…")
_PERMALINKS = " #¶§"
"""Marks beside a heading that link to it."""
_ANCHORED = 80
"""Characters of a paragraph that leads to a mark on its page."""
_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])[Cc]aption|[a-z]Caption(?:$|[\s_-])|photo-?cms-caption"
)
_NEVER_HELD = ("h1", "article", "main")
_PARAGRAPHS = {"button": 3, "noscript": 1}
"""Paragraphs in a button that was never closed, and in a text for readers."""
_MOST_OPENED = 16
"""Such elements of a page that are entered; each check visits all that one holds."""
_EMBED_CLASS = re.compile(
    r"(?:^|\s)(?:twitter-(?:tweet|video)|instagram-media|tiktok-embed|fb-(?:post|video)"
    r"|reddit-(?:card|embed-bq)|bluesky-embed|mastodon-embed|text-post-media)(?:\s|$)"
)
"""Names that the makers of embedded posts give their element."""
_KIND_OF_TAG = {
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    "blockquote": BlockKind.QUOTE,
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    **dict.fromkeys(HEADINGS, BlockKind.HEADING),
}


@dataclass(slots=True, eq=False)
class RawBlock:
    """One visible run of text.

    *element* is its nearest block-level element. *linked* counts the characters inside
    links, *link_density* is their share (0-1); *is_bold* if ``b`` or ``strong`` hold nine
    tenths of the text. *words* are those of
    :func:`scraper.text.words`. A *hidden* block is in a block-level element that the page
    hides: a second copy, a menu, or the rest of the text for subscribers; it is
    *rendered* where only a class says so. What hides inside a line has no words. *path* is
    remembered by :func:`scraper.extraction.paths.template_paths`. If links hold any of the
    *pieces* that the text was joined from, *links* has the innermost ``a`` around each, by
    its index.
    """

    index: int
    element: HtmlElement
    kind: BlockKind
    text: str
    linked: int = 0
    link_density: float = 0.0
    is_bold: bool = False
    words: list[str] = field(default_factory=list)
    hidden: bool = False
    rendered: bool = True
    path: str = ""
    pieces: list[str] | None = None
    links: dict[int, HtmlElement] | None = None
    _key: str | None = None

    @property
    def key(self) -> str:
        """The text as :func:`scraper.text.compare_key` has it, computed once."""
        if self._key is None:
            is_table = self.kind is BlockKind.TABLE  # its text has lines and columns
            self._key = (compare_key if is_table else key_of_clean)(self.text)
        return self._key

    @property
    def size(self) -> int:
        """Number of characters that are not spaces; the text is clean, except for tables."""
        text = self.text
        return len(text) - text.count(" ") - text.count("\t") - text.count("\n")


def iter_blocks(root: HtmlElement) -> list[RawBlock]:
    """Return the visible blocks of *root* in page order."""
    return walk_blocks(root)[0]


def walk_blocks(
    root: HtmlElement, beyond: Beyond | None = None
) -> tuple[list[RawBlock], dict[HtmlElement, int]]:
    """Return the visible blocks of *root* and its pictures, both in page order.

    Each picture comes with the number of blocks that begin before it. *beyond* takes note
    of it if there are more blocks than are read.
    """
    walk = _Walk(root)
    if beyond is not None:
        beyond |= walk.beyond()
    return walk.blocks, walk.pictures


def embed_of(element: HtmlElement) -> HtmlElement:
    """Return the element of the embedded post that *element* is part of, or is."""
    chain = (element, *element.iterancestors())
    return next((e for e in chain if _EMBED_CLASS.search(e.get("class", ""))), element)


class _Walk:
    """One pass over the tree; never recursive, since pages nest 2000 levels deep."""

    def __init__(self, root: HtmlElement) -> None:
        self.blocks: list[RawBlock] = []
        self.pictures: dict[HtmlElement, int] = {}
        self.is_cut = False
        self.cut_texts = self.marked_texts = 0
        self._parts: list[str] = []
        self._linked = self._bold = 0
        self._links: list[HtmlElement] = []
        self._bolds = 0
        self._in_links: dict[int, HtmlElement] = {}
        self._hidden: HtmlElement | None = None
        self._unrendered: HtmlElement | None = None
        self._skipped: HtmlElement | None = None
        self._opened = 0
        self._stack: list[tuple[HtmlElement, BlockKind]] = [(root, BlockKind.PARAGRAPH)]
        enter, leave = self._enter, self._leave
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if len(self.blocks) >= MOST_BLOCKS:
                self.is_cut = True
                return
            if event == "end":
                leave(element, element.tag)
                text = element.tail
            elif enter(element, element.tag):
                text = element.text
            else:
                self._skipped = element
                walk.skip_subtree()
                text = gap(element)
            if text and (self._parts or not text.isspace()):
                self._add(text)
        self._flush()

    def beyond(self) -> Beyond:
        """Return what is not read of the page."""
        found: Beyond = {}
        if self.is_cut:
            found[Bound.BLOCKS] = f"all after {MOST_BLOCKS:,} blocks"
        if self.cut_texts:
            found[Bound.TEXT] = f"the rest of {self.cut_texts:,} blocks"
        if self.marked_texts:
            found[Bound.MARKS] = f"in {self.marked_texts:,} blocks"
        return found

    def _enter(self, element: HtmlElement, tag: str) -> bool:
        """Note that *element* begins; return False to skip what it holds."""
        if tag in INVISIBLE_TAGS or (tag == "dialog" and element.get("open") is None):
            return self._enter_invisible(element, tag)
        name = element.get("class", "")
        sight = sight_of(element, name)
        if tag in BLOCK_TAGS:
            return self._enter_block(element, tag, name, sight)
        if sight:
            self._account_for(element, sight)
            return False
        if tag == "a":
            if _is_link(element):
                self._links.append(element)
        elif tag in _BOLD:
            self._bolds += 1
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._picture(element)
        elif self._parts and (tag == "span" or "-" in tag):
            self._part(element.text)
        return True

    def _enter_invisible(self, element: HtmlElement, tag: str) -> bool:
        """Enter a button that was never closed, and what replaces scripts.

        The parser puts what follows an open button into it, the whole page perhaps.
        """
        if tag == "noscript":
            for picture in element.iter("img"):
                self._picture(picture)
        if tag not in _PARAGRAPHS or self._opened == _MOST_OPENED:
            return False
        if not _holds_text(element, _PARAGRAPHS[tag]):
            return False
        self._opened += 1
        self._flush()
        if tag == "noscript":
            self._hide(element, Sight.UNRENDERED)
        return True

    def _picture(self, element: HtmlElement) -> None:
        self.pictures[element] = len(self.blocks) + bool(self._parts)

    def _hide(self, element: HtmlElement, sight: Sight) -> None:
        """Note that *element* hides what it holds, unless one around it does already."""
        if self._hidden is None:
            self._hidden = element
        if sight is Sight.UNRENDERED and self._unrendered is None:
            self._unrendered = element

    def _enter_block(
        self, element: HtmlElement, tag: str, name: str, sight: Sight
    ) -> bool:
        """Begin the block of *element*; False for a table of data, which is one block."""
        if self._parts:
            self._flush()
        if sight:
            self._hide(element, sight)
        if tag == "table" and is_data_table(element):
            self._table(element)
            return False
        outer = self._stack[-1][1]
        kind = _kind_in(outer, tag, name)
        if kind is not outer and tag not in _KIND_OF_TAG and self._holds_more(element):
            kind = outer
        self._stack.append((element, kind))
        return True

    def _holds_more(self, element: HtmlElement) -> bool:
        """Return True if a whole page is only named after the captions or posts it has."""
        if self._opened == _MOST_OPENED:
            return False
        holds = next(element.iter(*_NEVER_HELD), None) is not None
        self._opened += holds
        return holds

    def _leave(self, element: HtmlElement, tag: str) -> None:
        if element is self._skipped:
            self._skipped = None
        elif tag in BLOCK_TAGS:
            if self._parts:
                self._flush()
            self._stack.pop()
        elif tag == "a":
            if self._links and self._links[-1] is element:
                self._links.pop()
        elif tag in _BOLD:
            self._bolds -= 1
        elif self._parts and (tag == "span" or "-" in tag):
            self._part(element.tail)
        if element is self._hidden:
            self._hidden = self._unrendered = None
        elif element is self._unrendered:
            self._unrendered = None

    def _account_for(self, element: HtmlElement, sight: Sight) -> None:
        """Add a hidden block for the text of a line that a class hides."""
        rendered = sight is not Sight.UNRENDERED
        if text := clean(visible_text(element)) if rendered else "":
            block = RawBlock(len(self.blocks), element, BlockKind.PARAGRAPH, text)
            block.hidden, block.rendered = True, self._unrendered is None
            self.blocks.append(block)

    def _add(self, text: str) -> None:
        if self._links or self._bolds:
            size = _size(text)
            if self._links:
                self._linked += size
                self._in_links[len(self._parts)] = self._links[-1]
            if self._bolds:
                self._bold += size
        self._parts.append(text)

    def _part(self, following: str | None) -> None:
        """Separate two sentences that only a style or a script of the page separates."""
        is_sentence = following and following[0].isupper()
        if is_sentence and self._parts[-1].endswith(_SENTENCE_ENDS):
            self._parts.append(" ")

    def _break(self) -> None:
        if self._stack[-1][0].tag in _UNSPLIT:
            self._parts.append(" ")
        else:
            self._flush()

    def _flush(self) -> None:
        if not self._parts:
            return
        text = clean(self._bounded("".join(self._parts)))
        element, kind = self._stack[-1]
        if self._linked == 1 and kind is BlockKind.HEADING:
            text = text.strip(_PERMALINKS)
        block = self._append(element, kind, text, self._linked) if text else None
        if self._in_links:
            if block:
                block.pieces, block.links = self._parts, self._in_links
            self._in_links = {}
        self._parts = []
        self._linked = self._bold = 0

    def _bounded(self, text: str) -> str:
        self.cut_texts += len(text) > MOST_TEXT
        self.marked_texts += has_many_marks(text)
        return text[:MOST_TEXT]

    def _table(self, table: HtmlElement) -> None:
        for caption in table.iter("caption"):
            if text := clean(visible_text(caption)):
                block = self._append(caption, BlockKind.CAPTION, text, 0)
                block.pieces, block.links = linked_pieces(caption)
        if text := self._bounded(table_text(table)):
            linked = sum(_size(visible_text(a)) for a in table.iter("a"))
            block = self._append(table, BlockKind.TABLE, text, linked)
            if linked:
                block.pieces, block.links = linked_pieces(table)

    def _append(
        self, element: HtmlElement, kind: BlockKind, text: str, linked: int
    ) -> RawBlock:
        block = RawBlock(
            len(self.blocks), element, kind, text, linked, words=words(text)
        )
        if linked:
            block.link_density = min(1.0, linked / max(1, block.size))
        elif kind is _PARAGRAPH and is_under_picture(block):
            block.kind = BlockKind.CAPTION
        if self._bold:
            block.is_bold = self._bold >= _MOSTLY_BOLD * block.size
        if self._hidden is not None:
            block.hidden, block.rendered = True, self._unrendered is None
        self.blocks.append(block)
        return block


def _is_link(element: HtmlElement) -> bool:
    """Return True for a link that leads elsewhere, not to or from an anchor of the page."""
    target = element.get("href")
    if target is None:
        return False
    return not target.startswith("#") or len(element.text_content()) < _ANCHORED


def _holds_text(element: HtmlElement, paragraphs: int) -> bool:
    """Return True for what holds a headline, the article, or so many *paragraphs*."""
    if next(element.iter(*_NEVER_HELD), None) is not None:
        return True
    return len(list(islice(element.iter("p"), paragraphs))) == paragraphs


@lru_cache(maxsize=8192)
def _kind_in(outer: BlockKind, tag: str, name: str) -> BlockKind:
    """Return the kind of an element with the class *name* in one of the kind *outer*."""
    if outer in (BlockKind.CAPTION, BlockKind.QUOTE, BlockKind.EMBED):
        return outer
    if _EMBED_CLASS.search(name):
        return BlockKind.EMBED
    if outer is BlockKind.HEADING and tag == "p":  # a heading that was never closed
        return BlockKind.PARAGRAPH
    own = _KIND_OF_TAG.get(tag)
    if own is None and _CAPTION_CLASS.search(name):
        own = BlockKind.CAPTION
    return own or outer


def _size(text: str) -> int:
    """Return the number of characters of *text* in NFC that are not spaces."""
    return len("".join(normalised(text).split()))
