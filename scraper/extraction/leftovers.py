"""Kept blocks that are nothing by themselves: what they head was dropped, or said again."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scraper.items import BlockKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock

_QUOTED = 6
"""A quote of fewer words may stand in the text by chance."""
_LINKED = 0.7
_LINKS = 2


def leftover_rules(inside: list[RawBlock], body: list[RawBlock]) -> dict[int, str]:
    """Return the rule that drops a block of *body*, of those *inside* the container."""
    rules: dict[int, str] = {}
    kept = {block.index for block in body}
    said = _said_by(body) if any(b.kind is BlockKind.QUOTE for b in body) else ""
    for at, block in enumerate(inside):
        if block.index not in kept:
            continue
        if block.kind is BlockKind.QUOTE and _is_pulled(block, said):
            rules[block.index] = "pull_quote"
        elif block.element.tag == "summary" and _headed(inside, at, kept) is not None:
            rules[block.index] = "summary_alone"
        elif block.kind is BlockKind.HEADING:
            headed = _headed(inside, at, kept) or []
            if sum(b.link_density > _LINKED for b in headed) >= _LINKS:
                rules[block.index] = "heading_of_links"
    return rules


def _said_by(body: list[RawBlock]) -> str:
    """Return the words of the prose of *body*, no phrase across two blocks."""
    prose = (block.words for block in body if block.kind is not BlockKind.QUOTE)
    return f" {' | '.join(map(' '.join, prose))} "


def _is_pulled(quote: RawBlock, said: str) -> bool:
    """Tell a sentence that is printed large beside the paragraph it stands in."""
    return len(quote.words) >= _QUOTED and f" {' '.join(quote.words)} " in said


def _headed(inside: list[RawBlock], at: int, kept: set[int]) -> list[RawBlock] | None:
    """Return what follows block *at* in its parent; None where any of it is kept."""
    around = inside[at].element.getparent()
    headed: list[RawBlock] = []
    for block in islice(inside, at + 1, None):
        if not _is_in(block, around):
            break
        if block.index in kept:
            return None
        headed.append(block)
    return headed


def _is_in(block: RawBlock, element: HtmlElement | None) -> bool:
    return element is not None and any(
        ancestor is element for ancestor in block.element.iterancestors()
    )
