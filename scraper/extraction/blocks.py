"""A tree to the blocks a reader sees: runs of text between block-level tags.

``br`` parts runs inside a paragraph, since portals split whole bodies with it; inside a
heading, a caption or a cell it is a space. A table of data is one block. Script, style,
template, form controls and whatever the page hides by attribute are not visible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from scraper.items import BlockKind
from scraper.text import clean, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCK_TAGS = _tags("""
    address article aside blockquote body caption center dd details dialog div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li
    main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul
    video audio
""")
INVISIBLE_TAGS = _tags("""
    head script style template noscript svg math select option datalist button input
    textarea iframe object embed canvas map progress meter title link meta dialog
""")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNSPLIT = HEADINGS | {"figcaption", "caption", "td", "th"}
_HIDDEN_STYLE = re.compile(
    r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*0)"
)
_HIDDEN_CLASS = re.compile(
    r"(?i)(?:^|\s)(?:hidden|hide|d-none|sr-only|visually-?hidden|screen-reader-text)(?:\s|$)"
)
_CAPTION_CLASS = re.compile(
    r"(?i)(?:^|[\s_-])(?:caption|photo-?cms-caption|wp-caption-text)"
)
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

    *element* is its nearest block-level element. *linked* and *bold* count the
    characters inside links and inside ``b`` or ``strong``; *words* are those of
    :func:`scraper.text.words`. A *hidden* block is in a block-level element that the page
    hides: a second copy, a menu, or the rest of the text for subscribers.
    """

    index: int
    element: HtmlElement
    kind: BlockKind
    text: str
    linked: int = 0
    bold: int = 0
    words: list[str] = field(default_factory=list)
    hidden: bool = False

    @property
    def link_density(self) -> float:
        """Share of the text inside links, 0-1."""
        return self.linked / max(1, _size(self.text))

    @property
    def is_bold(self) -> bool:
        return self.bold >= 0.9 * _size(self.text)


def iter_blocks(root: HtmlElement) -> list[RawBlock]:
    """Return the visible blocks of *root* in page order."""
    return _Walk(root).blocks


def path_of(element: HtmlElement, depth: int = 4) -> str:
    """Return the last *depth* steps to *element*, as ``div.content > p``."""
    steps: list[str] = []
    node: HtmlElement | None = element
    while node is not None and len(steps) < depth:
        steps.append(f"{node.tag}{_label(node)}")
        node = node.getparent()
    return " > ".join(reversed(steps))


def _label(element: HtmlElement) -> str:
    classes = element.get("class", "").split()
    if classes:
        return f".{classes[0]}"
    return f"#{element.get('id')}" if element.get("id") else ""


def is_hidden(element: HtmlElement) -> bool:
    """Tell whether attributes of *element* hide it and what it holds."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return True
    name = element.get("class")
    return bool(name) and bool(_HIDDEN_CLASS.search(name))


class _Walk:
    """One pass over the tree; never recursive, since pages nest 2000 levels deep."""

    def __init__(self, root: HtmlElement) -> None:
        self.blocks: list[RawBlock] = []
        self._parts: list[str] = []
        self._linked = self._bold = 0
        self._links = self._bolds = 0
        self._hidden: HtmlElement | None = None
        self._stack: list[tuple[HtmlElement, BlockKind]] = [(root, BlockKind.PARAGRAPH)]
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._leave(element)
            elif not self._enter(element):
                walk.skip_subtree()
        self._flush()

    def _enter(self, element: HtmlElement) -> bool:
        tag = element.tag
        if not isinstance(tag, str) or tag in INVISIBLE_TAGS:
            return False
        if self._hidden is None and is_hidden(element):
            if tag not in BLOCK_TAGS:
                return False
            self._flush()
            self._hidden = element
        if tag == "table" and is_data_table(element):
            self._table(element)
            return False
        if tag in BLOCK_TAGS:
            self._flush()
            self._stack.append((element, self._kind(element)))
        elif tag == "br":
            self._break()
        elif tag == "a":
            self._links += 1
        elif tag in ("b", "strong"):
            self._bolds += 1
        self._add(element.text)
        return True

    def _leave(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in BLOCK_TAGS and self._stack[-1][0] is element:
            self._flush()
            self._stack.pop()
            self._hidden = None if self._hidden is element else self._hidden
        elif tag == "a" and self._links:
            self._links -= 1
        elif tag in ("b", "strong") and self._bolds:
            self._bolds -= 1
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        self._parts.append(text)
        if self._links or self._bolds:
            size = _size(text)
            self._linked += size if self._links else 0
            self._bold += size if self._bolds else 0

    def _break(self) -> None:
        if self._stack[-1][0].tag in _UNSPLIT:
            self._parts.append(" ")
        else:
            self._flush()

    def _kind(self, element: HtmlElement) -> BlockKind:
        outer = self._stack[-1][1]
        if outer in (BlockKind.CAPTION, BlockKind.QUOTE):
            return outer
        own = _KIND_OF_TAG.get(element.tag)
        if own is None and _CAPTION_CLASS.search(element.get("class", "")):
            own = BlockKind.CAPTION
        return own or outer

    def _flush(self) -> None:
        if not self._parts:
            return
        text = clean("".join(self._parts))
        if text:
            element, kind = self._stack[-1]
            self._append(element, kind, text, self._linked)
        self._parts.clear()
        self._linked = self._bold = 0

    def _table(self, table: HtmlElement) -> None:
        self._flush()
        text = "\n".join(_rows(table))
        if text.strip():
            linked = sum(_size(a.text_content()) for a in table.iter("a"))
            self._append(table, BlockKind.TABLE, text, linked)

    def _append(
        self, element: HtmlElement, kind: BlockKind, text: str, linked: int
    ) -> None:
        hidden = self._hidden is not None
        block = RawBlock(len(self.blocks), element, kind, text, linked, self._bold)
        block.words, block.hidden = words(text), hidden
        self.blocks.append(block)


def _size(text: str) -> int:
    """Return how many characters of *text* are no space."""
    return sum(map(len, text.split()))


def is_data_table(table: HtmlElement) -> bool:
    """Tell a table of data from one that only places things on the page.

    Data has at least two rows of at least two short cells, and no table, heading,
    figure or form in it.
    """
    layout = table.iter("table", "h1", "h2", "h3", "form", "figure", "img")
    if any(inner is not table for inner in layout):
        return False
    wide = [
        row
        for row in table.iter("tr")
        if len(row.findall("td") + row.findall("th")) > 1
    ]
    return len(wide) > 1


def _rows(table: HtmlElement) -> Iterator[str]:
    for row in table.iter("tr"):
        cells = [clean(_cell(cell)) for cell in row if cell.tag in ("td", "th")]
        if any(cells):
            yield "\t".join(cells)


def _cell(cell: HtmlElement) -> str:
    return " ".join(cell.itertext())
