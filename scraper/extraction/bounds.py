"""How much of a page is read: bounds far beyond every real page.

What reading takes grows with the tags, blocks and attributes of a page, not with its
bytes. What stands beyond a bound is not read, and the ledger says so. The most that any of
1,618 gold pages has (2026-11-30) stands beside each bound.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

MOST_TAGS = 200_000
"""Start tags, end tags and comments of a page, and each other ``<``; 21,646."""
MOST_ATTRIBUTES = 500
"""Attributes of an element; 136."""

MOST_BLOCKS = 15_000
"""Blocks of a page, each of which takes some 70 us to read; 2,641."""
MOST_TEXT = 300_000
"""Characters of a block, which are gone through some eighty times; 32,951."""
MOST_VALUES = 2_000
"""Values of the JSON-LD of a page; 1,172."""


class Bound(StrEnum):
    """The rules under which the ledger lists what is not read of a page."""

    TAGS = "tags_beyond"
    ATTRIBUTES = "attributes_beyond"
    BLOCKS = "blocks_beyond"
    TEXT = "text_beyond"
    JSON_LD = "json_ld_beyond"
    MARKS = "marks_beyond"


Beyond = dict[Bound, str]
"""What is beyond a bound, in words, by the bound."""

_TAG = re.compile(rb"<")
_TAG_BEGIN = re.compile(rb"<[a-zA-Z]")
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""


def _tag_up_to(most: int) -> re.Pattern[bytes]:
    """Return the pattern of a tag, up to an attribute after *most*, which is its group."""
    return re.compile(
        rb"<[^\s/>]*+(?:%b){0,%d}+(%b)?+" % (_ATTRIBUTE, most, _ATTRIBUTE)
    )


_TAG_OF_MANY = _tag_up_to(MOST_ATTRIBUTES)
_TAG_OF_TOO_MANY = _tag_up_to(2 * MOST_ATTRIBUTES)
_TOLERATED = 20
"""Tags with up to twice MOST_ATTRIBUTES that are read whole: most are parts of scripts,
and they cost the parser a quarter of a second at most."""
_SCANNED = 20
"""Times the bytes of a page that are scanned; tags within tags take more."""


def cut_tags(markup: bytes, beyond: Beyond) -> bytes:
    """Return *markup* up to MOST_TAGS; note in *beyond* what is cut off."""
    if markup.count(b"<") <= MOST_TAGS:
        return markup
    end = next(islice(_TAG.finditer(markup), MOST_TAGS, None)).start()
    rest = len(markup) - end
    beyond[Bound.TAGS] = f"{rest:,} bytes after {MOST_TAGS:,} tags"
    return markup[:end]


def may_have_many_attributes(markup: bytes) -> bool:
    """Return True if elements of *markup* may have too many attributes for the parser.

    That is more than MOST_ATTRIBUTES, but for those that are _TOLERATED. Each ``<`` may
    begin a tag, so that nothing before it can hide it.
    """
    left, tolerated = _SCANNED * len(markup), _TOLERATED
    for begin in _TAG_BEGIN.finditer(markup):
        tag = _match(_TAG_OF_MANY, markup, begin.start())
        left -= tag.end() - tag.start()
        if tag[1] is not None:
            tolerated -= 1
            tag = _match(_TAG_OF_TOO_MANY, markup, begin.start())
            if tag[1] is not None or tolerated < 0:
                return True
        if left < 0:
            return True
    return False


def _match(tag: re.Pattern[bytes], markup: bytes, at: int) -> re.Match[bytes]:
    found = tag.match(markup, at)
    assert found is not None  # noqa: S101  it matches at any "<"
    return found


class TrimmingBuilder:
    """A target of a parser: builds the tree with MOST_ATTRIBUTES of an element."""

    def __init__(self, make: Callable[..., HtmlElement], beyond: Beyond) -> None:
        self._builder = etree.TreeBuilder(element_factory=make)
        self._beyond = beyond
        self._cut = 0
        self.data = self._builder.data
        self.end = self._builder.end

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        kept = dict(islice(attrib.items(), MOST_ATTRIBUTES))
        self._cut += len(attrib) - len(kept)
        self._builder.start(tag, kept)

    def comment(self, text: str | bytes) -> None:
        """Ignore comments, as the parser of whole pages does."""

    def close(self) -> HtmlElement:
        if self._cut:
            self._beyond[Bound.ATTRIBUTES] = (
                f"{self._cut:,} attributes after the {MOST_ATTRIBUTES}th of their element"
            )
        return self._builder.close()
