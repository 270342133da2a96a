"""Tables: those of data are one text, those for layout only place things on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from scraper.extraction.visible import gap, is_invisible, is_unrendered
from scraper.text import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"table", "thead", "tbody", "tfoot", "tr"})


def is_data_table(table: HtmlElement) -> bool:
    """Return True for a table of data, not one that only places things on the page.

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
    """Return the visible rows of *table* as lines, their cells parted by tabs.

    Its captions are left out; text that stands in no cell is a cell of its own.
    """
    rows = [[_Cell(False)]]
    walk = etree.iterwalk(table, events=("start", "end"))
    for event, element in walk:
        starts = event == "start"
        seen = not (starts and element is not table and is_left_out(element))
        if not seen:
            walk.skip_subtree()
        elif element.tag in _ROWS:
            rows.append([_Cell(False)])
        elif element.tag in _CELLS:
            rows[-1].append(_Cell(starts))
        text = _text(element, table, starts=starts, seen=seen)
        rows[-1][-1].text += gap(element) + text
    return "\n".join(filter(str.strip, map(_row, rows)))


def is_left_out(element: HtmlElement) -> bool:
    """Return True for what stands in a table and is no part of its text."""
    return is_invisible(element) or element.tag == "caption" or is_unrendered(element)


def _text(element: HtmlElement, table: HtmlElement, *, starts: bool, seen: bool) -> str:
    if starts:
        return (element.text or "") if seen else ""
    return (element.tail or "") if element is not table else ""


def _row(cells: list[_Cell]) -> str:
    texts = [(cell.stands, clean(cell.text)) for cell in cells]
    return "\t".join(text for stands, text in texts if stands or text)
