"""The links of a block: their words, their place in its text, and their URLs.

A block's text is cleaned after its pieces were joined, so a link is found in it again by
its letters, that is, all that is no space: these stay the same, and so does their order.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from scraper.extraction.features import ENDS
from scraper.extraction.languages import phrases
from scraper.extraction.tables import is_left_out
from scraper.items import BlockKind, Link
from scraper.text import clean, compare_key, count_units, normalised
from scraper.urls import followed_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock


class Base(NamedTuple):
    """The URL of a page, and the one that its relative URLs refer to."""

    page: str = ""
    url: str = ""


def links_in(
    blocks: Iterable[RawBlock], base: Base, *, offset: int = 0
) -> tuple[Link, ...]:
    """Return the links of *blocks*, whose texts are joined by one character.

    *offset* is the index of the first text in the whole.
    """
    links: list[Link] = []
    for block in blocks:
        if block.links:
            links += _links_of(block, base, offset)
        offset += len(block.text) + 1
    return tuple(links)


def lead_links(blocks: Sequence[RawBlock], lead: str, base: Base) -> tuple[Link, ...]:
    """Return the links of *lead*, what is left of *blocks* without its first words."""
    whole = " ".join(block.text for block in blocks)
    if not whole.endswith(lead):
        return ()
    found = links_in(blocks, base, offset=len(lead) - len(whole))
    return tuple(link for link in found if link.start >= 0)


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
        elif element is not root and is_left_out(element):
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


def _links_of(block: RawBlock, base: Base, offset: int) -> Iterator[Link]:
    """Yield the links of *block* in their order.

    A link without words, such as one around a picture, is left out, as is one whose letters the
    text does not have where they belong.
    """
    text = block.text
    before = _letters_before(text)
    for element, start, letters in _runs(block.pieces or [], block.links or {}):
        if not (url := followed_url(element.get("href", ""), base.url, page=base.page)):
            continue
        end = start + len(letters)
        first = start + bisect_right(before, start) - 1
        words = text[first : end - 1 + bisect_right(before, end - 1)]
        if "".join(words.split()) == letters:
            yield Link(words, url, offset + first)


def _letters_before(text: str) -> list[int]:
    """Return how many letters stand before each word of *text*, and in all of it.

    Between two words is one character; words of a table may be empty.
    """
    words = text.replace("\t", " ").replace("\n", " ").split(" ")
    return [*accumulate(map(len, words), initial=0)]


def _runs(
    pieces: list[str], links: dict[int, HtmlElement]
) -> Iterator[tuple[HtmlElement, int, str]]:
    """Yield each link with the number of letters before it, and its own."""
    letters = [*map(_letters, pieces[: max(links) + 1])]
    starts = [*accumulate(map(len, letters), initial=0)]
    for element, run in groupby(links, key=links.__getitem__):
        indexes = [*run]
        if said := "".join(letters[at] for at in indexes):
            yield element, starts[indexes[0]], said


def _letters(text: str) -> str:
    letters = "".join(normalised(text).split())
    return letters if letters.isprintable() else "".join(clean(text).split())


ONLY_LINK = 0.9
"""Link density from which on a block is nothing but a link."""
TEASER_WORDS, TEASER_LINKED = 4, 0.7
"""Words and link density from which on a block is a teaser."""
_SENTENCE_WORDS = 15
"""Words from which on a linked paragraph can be prose; titles have fewer."""
_LABEL_CHARACTERS = 40
"""Characters of the longest label before links."""
_LABELLED_SHARE = 0.75
"""Least share in links of what follows such a label."""
_LABELLED_WORDS = 40
"""Words of the longest block that is a label and links."""


def is_labelled_link(block: RawBlock) -> bool:
    """Return True for "RELATED: ..." and links: a label in capitals or a known one.

    A known one needs no colon.
    """
    if block.kind is not BlockKind.PARAGRAPH or not block.linked:
        return False
    text = block.text.strip("[(>»•*- ")
    label, _, rest = text.partition(":")
    known = compare_key(label) in phrases().teaser_labels
    if not known and (found := _label_of(compare_key(text))):
        known, label, rest = True, text[: len(found)], text[len(found) :]
    if not 0 < len(label) <= _LABEL_CHARACTERS or not (known or label.isupper()):
        return False
    size = sum(map(len, rest.split()))
    return 0 < _LABELLED_SHARE * size <= block.linked and (
        len(block.words) <= _LABELLED_WORDS
    )


def _label_of(key: str) -> str:
    """Return the known label of teasers that *key* starts with, "" for none."""
    labels = (each for each in phrases().teaser_labels if key.startswith(f"{each} "))
    return max(labels, key=len, default="")


def is_bare_link(block: RawBlock, *, found: bool) -> bool:
    """Return True for a teaser: a block that is one link, and no item of a list in text."""
    if not block.linked or block.kind in (BlockKind.QUOTE, BlockKind.CAPTION):
        return False
    if found and block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE):
        return False
    if block.link_density < ONLY_LINK or (found and _is_wrapped_sentence(block)):
        return False
    return len(block.words) >= TEASER_WORDS or not found


def _is_wrapped_sentence(block: RawBlock) -> bool:
    """Return True if an anchor is put around a whole paragraph, as AMP pages have it."""
    around = block.element.getparent()
    if around is None or around.tag != "a" or block.kind is not BlockKind.PARAGRAPH:
        return False
    is_long = count_units(block.text, block.words) >= _SENTENCE_WORDS
    return is_long and block.text.endswith(ENDS)


def is_teaser(block: RawBlock) -> bool:
    """Return True for a link of some words, as lists of articles are made of."""
    return len(block.words) >= TEASER_WORDS and block.link_density > TEASER_LINKED
