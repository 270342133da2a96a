"""Articles that follow the page's own on an endless page, which are none of its text.

Each is an ``article`` element with an ``h1`` of its own, after that of the headline. Of
the gold pages with such elements none has a paragraph of its text in them (2026-11-29).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
