"""Dates that a page shows apart from its headline, and may mean itself by."""

from __future__ import annotations

from functools import cache
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from scraper.extraction.dates.candidates import (
    Candidate,
    Claim,
    Place,
    any_of,
    of_printed,
)
from scraper.extraction.dates.nearby import (
    DATE_WORDS,
    UP,
    in_line,
    is_sentence,
    upwards,
)
from scraper.extraction.dates.printed import find_printed
from scraper.extraction.languages import phrases
from scraper.text import words

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.dates.locales import Convention

_SENTENCE_WORDS = 45
_LINK_WORDS = 4
"""Words of a link that is the headline of another article."""
_TEASER_LENGTH = 400


def first_published(
    blocks: Iterable[RawBlock], convention: Convention
) -> Iterator[Candidate]:
    """Yield the days that sentences like "originally published on 3 May 2024" name."""
    for block in blocks:
        if len(block.words) > _SENTENCE_WORDS:
            continue
        match = _first_published().search(block.key)
        if match is None:
            continue
        found = find_printed(block.key[match.start() :], convention)
        if found:
            yield of_printed(
                found[0], convention, "page", Claim.PUBLISHED, Place.ELSEWHERE
            )


@cache
def _first_published() -> re.Pattern[str]:
    return any_of(phrases().first_published)


def elsewhere(
    blocks: Iterable[RawBlock], convention: Convention, *, near: Collection[RawBlock]
) -> Iterator[Candidate]:
    """Yield the dates of lines that are a date and its label, but for teasers' lines.

    The label may be the line before. Those of the blocks *near* the headline are known.
    """
    previous: RawBlock | None = None
    for block in blocks:
        is_short = len(block.words) <= DATE_WORDS and not is_sentence(block)
        if is_short and block not in near:
            found = find_printed(block.text, convention)
            if found and not _is_of_teaser(block.element):
                yield from in_line(block, found, convention, previous, Place.ELSEWHERE)
        previous = block if block.words else previous


def _is_of_teaser(element: HtmlElement) -> bool:
    """Return True if the small element around *element* links to another article."""
    small = takewhile(_is_small, upwards(element, UP))
    shown = ("".join(link.itertext()) for each in small for link in each.iter("a"))
    return any(len(words(text)) >= _LINK_WORDS for text in shown if "://" not in text)


def _is_small(element: HtmlElement) -> bool:
    lengths = accumulate(map(len, element.itertext()))
    return all(length <= _TEASER_LENGTH for length in lengths)
