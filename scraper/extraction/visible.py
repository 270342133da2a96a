"""Visibility: tags, attributes and styles that hide, and text without what they hide.

Not rendered are scripts, styles, templates, form controls, the fallbacks of media, and
what an attribute hides. A class can only hint at hiding: the page's style decides. A
table of data is one text; a table for layout only arranges the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from lxml import etree

from scraper.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent


_HIDES = re.compile(r"display\s*:\s*none\b")
_SHOWS = re.compile(r"display\s*:\s*(?!\s|none\b)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"[.#][A-Za-z_-][\w-]*")
_MOST_RULES = 2000
"""Rules that hide something, of which no more are read."""
_MOST_NAMES = 200
"""Names that are searched in the sheet and the scripts; any other may be shown again."""
_MOST_HIDDEN = 0.25
"""Share of the words found that the style may hide; a script will show a larger part."""


@dataclass(frozen=True, slots=True)
class Styles:
    """The rules that a page itself holds, and the scripts and links that may undo them."""

    sheet: str
    hiding: frozenset[str]
    scripts: Sequence[HtmlElement]
    fragments: frozenset[str]

    @classmethod
    def of(cls, root: HtmlElement) -> Self:
        """Return what the ``style`` elements of *root* say; these may then be removed."""
        sheet = _sheet_of(root)
        hiding = frozenset(_hiding_names(sheet))
        if not hiding:
            return cls(sheet, hiding, (), frozenset())
        fragments = frozenset(a.get("href", "") for a in root.iter("a"))
        return cls(sheet, hiding, [*root.iter("script")], fragments)

    def without_hidden(self, main: MainContent, blocks: list[RawBlock]) -> MainContent:
        """Return *main* without those of *blocks* that the style hides; mark these.

        Of 1,600 gold pages 150 hide some text so, and one a line of its gold (2026-11-29).
        """
        if not self.hiding:
            return main
        known: dict[HtmlElement | None, bool] = {None: False}
        undone: dict[str, bool] = {}
        asked = (blocks[at] for at in sorted(main.found.union(main.inside)))
        hidden = [b for b in asked if self._is_hidden(b.element, known, undone)]
        found = main.found.difference(block.index for block in hidden)
        said, left = (
            sum(len(blocks[at].words) for at in each) for each in (main.found, found)
        )
        if not hidden or said - left > _MOST_HIDDEN * said:
            return main
        for block in hidden:
            block.hidden = True
        return replace(main, found=found)

    def _is_hidden(
        self,
        element: HtmlElement,
        known: dict[HtmlElement | None, bool],
        undone: dict[str, bool],
    ) -> bool:
        """Return True if the style hides *element* or what is around it.

        What is *known* of elements, and whether a name is *undone*, is remembered.
        """
        chain: list[HtmlElement] = []
        node: HtmlElement | None = element
        while node is not None and node not in known:
            chain.append(node)
            node = node.getparent()
        is_hidden = known[node]
        for each in reversed(chain):
            is_hidden = known[each] = is_hidden or self._hides(each, undone)
        return is_hidden

    def _hides(self, element: HtmlElement, undone: dict[str, bool]) -> bool:
        names = [f".{name}" for name in element.get("class", "").split()]
        names.append(f"#{element.get('id', '')}")
        for name in self.hiding.intersection(names):
            if name not in undone:
                undone[name] = len(undone) >= _MOST_NAMES or self._may_show(name)
            if not undone[name]:
                return not _SHOWS.search(element.get("style", ""))
        return False

    def _may_show(self, name: str) -> bool:
        """Return True if a rule of any screen or state, a script or a link shows *name*."""
        if self._has_rule_to_show(name):
            return True
        if any(name[1:] in (script.text or "") for script in self.scripts):
            return True
        return name in self.fragments

    def _has_rule_to_show(self, name: str) -> bool:
        searched = 0
        for match in re.finditer(rf"{re.escape(name)}(?![\w-])", self.sheet):
            if match.end() < searched:  # the same rule names it several times
                continue
            start = self.sheet.find("{", match.end())
            if start < 0:
                return False
            searched = self.sheet.find("}", start)
            if searched < 0:
                searched = len(self.sheet)
            if _SHOWS.search(self.sheet, start, searched):
                return True
        return False


def _sheet_of(root: HtmlElement) -> str:
    """Return the rules for every screen that *root* holds itself."""
    sheet = "\n".join(
        style.text or ""
        for style in root.iter("style")
        if style.get("media", "all").strip().lower() in {"", "all", "screen"}
        and next(style.iterancestors("noscript"), None) is None
    )
    return _COMMENT.sub("", sheet) if "/*" in sheet else sheet


def _hiding_names(sheet: str) -> Iterator[str]:
    """Yield ``.class`` and ``#id`` of each rule outside all others that hides them."""
    depth = seen = 0
    for count, match in enumerate(_HIDES.finditer(sheet)):
        if count == _MOST_RULES:
            return
        at = match.start()
        depth += sheet.count("{", seen, at) - sheet.count("}", seen, at)
        seen = at
        start = sheet.rfind("{", 0, at)
        if depth != 1 or start < 0:
            continue
        before = max(sheet.rfind("}", 0, start), sheet.rfind(";", 0, start))
        for selector in sheet[before + 1 : start].split(","):
            if _SIMPLE.fullmatch(selector.strip()):
                yield selector.strip()


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCK_TAGS = _tags("""
    address article aside blockquote body caption center dd details dialog div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend
    li main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul
""")
_NO_PLACE = _tags("head link meta noframes noscript script style template title")
_CONTROLS = _tags(
    "button datalist input meter optgroup option progress select textarea"
)
_MEDIA = _tags("audio canvas embed iframe object svg video")
INVISIBLE_TAGS = _NO_PLACE | _CONTROLS | _MEDIA
_PARTING_TAGS = BLOCK_TAGS | _CONTROLS | _MEDIA | {"br"}

_HIDDEN_STYLE = re.compile(
    r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)"
)
_CLIPPED_STYLE = re.compile(r"(?i)(?:^|;)\s*clip\s*:\s*rect\(\s*0")
_HIDDEN_CLASS = re.compile(
    r"(?i)(?:^|\s)(?:hidden|hide|d-none|sr-only|visually-?hidden|screen-reader-text)(?:\s|$)"
)


def _is_invisible(element: HtmlElement) -> bool:
    """Return True for what is never text: a comment, script, control, closed dialog."""
    tag = element.tag
    if not isinstance(tag, str) or tag in INVISIBLE_TAGS:
        return True
    return tag == "dialog" and element.get("open") is None


class Sight(IntEnum):
    """How an element is seen: a class or a clip hides it, or it is not rendered at all."""

    SEEN = 0
    HIDDEN = 1
    UNRENDERED = 2


def sight_of(element: HtmlElement, name: str) -> Sight:
    """Return how *element* and what it holds are seen; *name* is its class, "" for none."""
    get = element.get
    return _sight(get("hidden") is not None, get("style", ""), name)


@lru_cache(maxsize=8192)
def _sight(hidden: bool, style: str, name: str) -> Sight:
    if hidden or _HIDDEN_STYLE.search(style):
        return Sight.UNRENDERED
    if _CLIPPED_STYLE.search(style) or _HIDDEN_CLASS.search(name):
        return Sight.HIDDEN
    return Sight.SEEN


def _is_unrendered(element: HtmlElement) -> bool:
    """Return True if an attribute of *element* hides it and what it holds."""
    return sight_of(element, element.get("class", "")) is Sight.UNRENDERED


def gap(element: HtmlElement) -> str:
    """Return what separates the text before *element* from that after it."""
    return " " if element.tag in _PARTING_TAGS else ""


def visible_text(element: HtmlElement) -> str:
    """Return the text inside *element* that is rendered, its spaces unchanged."""
    return "".join(_pieces(element))


def _pieces(root: HtmlElement) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        yield gap(element)
        if event == "end":
            yield (element is not root and element.tail) or ""
        elif _is_invisible(element) or _is_unrendered(element):
            walk.skip_subtree()
        else:
            yield element.text or ""


_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"table", "thead", "tbody", "tfoot", "tr"})


def is_data_table(table: HtmlElement) -> bool:
    """Return True for a table of data, not one that only arranges the page.

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


@dataclass(slots=True)
class _Cell:
    """*stands* is True for a cell of the table, False for text between its cells."""

    stands: bool
    text: str = ""


def table_text(table: HtmlElement) -> str:
    """Return the visible rows of *table* as lines, their cells separated by tabs.

    Its captions are left out; text that stands in no cell is a cell of its own.
    """
    rows = [[_Cell(False)]]
    walk = etree.iterwalk(table, events=("start", "end"))
    for event, element in walk:
        starts = event == "start"
        seen = not (starts and element is not table and _is_left_out(element))
        if not seen:
            walk.skip_subtree()
        elif element.tag in _ROWS:
            rows.append([_Cell(False)])
        elif element.tag in _CELLS:
            rows[-1].append(_Cell(starts))
        text = _text(element, table, starts=starts, seen=seen)
        rows[-1][-1].text += gap(element) + text
    return "\n".join(filter(str.strip, map(_row, rows)))


def _is_left_out(element: HtmlElement) -> bool:
    """Return True for what stands in a table and is no part of its text."""
    return _is_invisible(element) or element.tag == "caption" or _is_unrendered(element)


def _text(element: HtmlElement, table: HtmlElement, *, starts: bool, seen: bool) -> str:
    if starts:
        return (element.text or "") if seen else ""
    return (element.tail or "") if element is not table else ""


def _row(cells: list[_Cell]) -> str:
    texts = [(cell.stands, clean(cell.text)) for cell in cells]
    return "\t".join(text for stands, text in texts if stands or text)


def linked_pieces(
    root: HtmlElement,
) -> tuple[list[str], dict[int, HtmlElement]]:
    """Return the visible pieces of *root*, a table or its caption, and their links.

    The captions of a table are left out, as they are blocks of their own.
    """
    pieces: list[str] = []
    links: dict[int, HtmlElement] = {}
    around: list[HtmlElement] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if around and around[-1] is element:
                around.pop()
            text = element.tail if element is not root else None
        elif element is not root and _is_left_out(element):
            walk.skip_subtree()
            continue
        else:
            if element.tag == "a":
                around.append(element)
            text = element.text
        if text:
            if around:
                links[len(pieces)] = around[-1]
            pieces.append(text)
    return pieces, links
