"""Captions that no tag and no class names: the line under a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.text import count_units

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock

_PICTURES = frozenset({"img", "picture"})
_CAPTION_UNITS = (5, 80)
"""Words; fewer name a person beside a portrait, more are a paragraph."""
_LINE_UNITS = 20
"""Words of a line whose picture stands in an element of its own, or before a line break."""


def is_under_picture(block: RawBlock) -> bool:
    """Return True for the only line below, or beside, the only picture of an element.

    Asked for each block of a page, so it does not count an element's children.
    """
    below = block.element
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
