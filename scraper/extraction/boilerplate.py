"""Rules that tell boilerplate inside the main content, each under its own name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from scraper.extraction.features import ENDS
from scraper.extraction.languages import phrases
from scraper.items import BlockKind
from scraper.text import compare_key, count_units, spellings, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent


_LEAST = 30
"""Words that the first article has at least, or it is no more than a teaser itself."""


def without_next_articles(main: MainContent, blocks: list[RawBlock]) -> MainContent:
    """Return *main* without what stands in a later article of the page."""
    headlines = [b for b in blocks if b.element.tag == "h1" and not b.hidden]
    if len(headlines) < 2:  # noqa: PLR2004
        return main
    first, *others = (_article_of(block.element) for block in headlines)
    if first is None:
        return main
    later = {
        each
        for each in others
        if each is not None and each is not first and not _are_nested(each, first)
    }
    if not later:
        return main
    own = _indexes_in({first}, main.found, blocks)
    if sum(len(blocks[at].words) for at in own) < _LEAST:
        return main
    return replace(main, found=main.found - _indexes_in(later, main.found, blocks))


def _article_of(element: HtmlElement) -> HtmlElement | None:
    return next(element.iterancestors("article"), None)


def _are_nested(one: HtmlElement, other: HtmlElement) -> bool:
    chains = (one.iterancestors("article"), other.iterancestors("article"))
    return other in chains[0] or one in chains[1]


def _indexes_in(
    elements: set[HtmlElement], found: Iterable[int], blocks: list[RawBlock]
) -> frozenset[int]:
    return frozenset(
        at
        for at in found
        if not elements.isdisjoint(blocks[at].element.iterancestors("article"))
    )


_EDGES = " :.…-–—|»›*_•·"
_DATE_LINE = re.compile(
    r"^(?:(?:thứ\s+\w+|chủ nhật|t[2-7]|cn)\s*,?\s*)?(?:ngày\s+)?"
    r"(?:\d{1,2}[:hg]\d{2}\D{0,12})?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
    r"(?:\D{0,12}\d{1,2}[:hg]\d{2}(?:\s*(?:\(?gmt\s*\+\d+\)?|am|pm))?)?\W*$"
)
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h\d*)?")
_LINKED = 0.9
_TEASER_WORDS = 4
_SENTENCE = 15
"""Words from which on a linked paragraph can be prose; titles have fewer."""
_SAME_TITLE = 0.8
_DATE_NUMBERS = 2
_DATE_WORDS = 20
_LINE = 200
"""Characters of the longest line that a pattern of boilerplate matches."""
_LABEL = 40
_REST = 0.75
_MAX_LABELLED = 40


def rule_against(block: RawBlock, main: MainContent, *, title: str) -> str | None:
    """Return the name of the rule that drops *block* from the body, None to keep it."""
    if _is_plain_prose(block) and block.words != _words_of(title):
        return None
    key = block.key.strip(_EDGES)
    if not key:
        return "marks_only"
    if is_title(block, title):
        return "title_repeated"
    if _is_residual(key):
        return "residual_string"
    if _DATE_LINE.match(key) or _is_dated(block):
        return "date_line"
    if _is_labelled_link(block):
        return "labelled_link"
    if _is_bare_link(block, found=block.index in main.found):
        return "link_only"
    return None


def _is_plain_prose(block: RawBlock) -> bool:
    """Tell a long paragraph without links, which no rule looks at but by its start."""
    if block.kind is not BlockKind.PARAGRAPH or block.linked:
        return False
    first = block.words[0] if block.words else ""
    return len(block.text) > _LINE and first not in _residual_first_words()


def _is_residual(key: str) -> bool:
    if key in phrases().residual or key.startswith(_residual_starts()):
        return True
    return len(key) <= _LINE and _residual_pattern().fullmatch(key) is not None


@cache
def _residual_starts() -> tuple[str, ...]:
    return tuple(phrases().residual_starts)


@cache
def _residual_first_words() -> frozenset[str]:
    """Return the words that boilerplate may start with, in both spellings of the tone."""
    return frozenset(
        spelling
        for start in phrases().residual_starts
        for word in words(start)[:1]
        for spelling in spellings(word)
    )


@cache
def _residual_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in sorted(phrases().residual_patterns)))


def _is_dated(block: RawBlock) -> bool:
    """Tell a line of a date and a time, or of a date and "Updated".

    A date alone may head a chapter.
    """
    if block.kind is BlockKind.HEADING or len(block.words) > _DATE_WORDS:
        return False
    if _month_names().isdisjoint(block.words):
        return False
    lists = phrases()
    other = [word for word in block.words if not _NUMBER.fullmatch(word)]
    numbers = len(block.words) - len(other)
    told = numbers > _DATE_NUMBERS or not lists.update_words.isdisjoint(other)
    return numbers > 1 and told and _month_names() | lists.date_words >= set(other)


@cache
def _month_names() -> frozenset[str]:
    return frozenset(word for name in phrases().months for word in name.split()[1:])


def _is_labelled_link(block: RawBlock) -> bool:
    """Tell "RELATED: ..." and what follows it in a link: a label in capitals or a known one.

    Behind a known one there need be no colon.
    """
    if block.kind is not BlockKind.PARAGRAPH or not block.linked:
        return False
    text = block.text.strip("[(>»•*- ")
    label, _, rest = text.partition(":")
    known = compare_key(label) in phrases().teaser_labels
    if not known and (found := _label_of(compare_key(text))):
        known, label, rest = True, text[: len(found)], text[len(found) :]
    if not 0 < len(label) <= _LABEL or not (known or label.isupper()):
        return False
    size = sum(map(len, rest.split()))
    return 0 < _REST * size <= block.linked and len(block.words) <= _MAX_LABELLED


def _label_of(key: str) -> str:
    """Return the known label of teasers that *key* starts with, "" for none."""
    labels = (each for each in phrases().teaser_labels if key.startswith(f"{each} "))
    return max(labels, key=len, default="")


def is_title(block: RawBlock, title: str) -> bool:
    """Tell the headline said again: the same words, or a heading with most of them.

    Where each has a word that the other lacks, it is another heading.
    """
    run = _words_of(title)
    if not block.words or not run:
        return False
    if block.words == run:
        return True
    if block.kind is not BlockKind.HEADING:
        return False
    own, said = set(block.words), set(run)
    one_sided = own <= said or said <= own
    return one_sided and len(own & said) >= _SAME_TITLE * len(own | said)


@lru_cache(maxsize=8)
def _words_of(title: str) -> list[str]:
    return words(title)


def _is_bare_link(block: RawBlock, *, found: bool) -> bool:
    """Tell a teaser: a block that is one link, unless it is a list of the article's own."""
    if not block.linked or block.kind in (BlockKind.QUOTE, BlockKind.CAPTION):
        return False
    if found and block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE):
        return False
    if block.link_density < _LINKED or (found and _is_wrapped_sentence(block)):
        return False
    return len(block.words) >= _TEASER_WORDS or not found


def _is_wrapped_sentence(block: RawBlock) -> bool:
    """Return True if an anchor is put around a whole paragraph, as AMP pages have it."""
    around = block.element.getparent()
    if around is None or around.tag != "a" or block.kind is not BlockKind.PARAGRAPH:
        return False
    is_long = count_units(block.text, block.words) >= _SENTENCE
    return is_long and block.text.endswith(ENDS)
