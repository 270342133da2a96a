"""Which blocks are the article's body: found ones, their siblings, their captions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.extraction.boilerplate import in_boilerplate_element, rule_against
from scraper.extraction.main_content import is_inside
from scraper.items import BlockKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.ledger import Ledger
    from scraper.extraction.main_content import MainContent

_RESCUED = frozenset(
    {
        BlockKind.PARAGRAPH,
        BlockKind.QUOTE,
        BlockKind.HEADING,
        BlockKind.LIST_ITEM,
        BlockKind.TABLE,
    }
)
_MAX_LINKED = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """The body's blocks lie in *container*, from index *first* to *last*."""

    container: HtmlElement
    first: int
    last: int


def choose_body(
    blocks: list[RawBlock],
    main: MainContent,
    ledger: Ledger,
    *,
    title: str,
    headline: int,
) -> list[RawBlock]:
    """Return the blocks of the body in page order; decide the others in *ledger*.

    Blocks already decided (headline, lead, byline) are left alone. Captions count from
    the *headline* (an index) on: the first picture often stands above the container.
    """
    span = _span(blocks, main)
    if span is None:
        return []
    inside = [b for b in blocks if _is_candidate(b, span, headline)]
    parents = _parents(inside, main)
    body: list[RawBlock] = []
    for block in inside:
        if ledger.is_decided(block):
            continue
        rule, kept = _judge(
            block, main, span, title=title, headline=headline, parents=parents
        )
        (ledger.keep if kept else ledger.drop)([block], rule)
        if kept:
            body.append(block)
    return body


def _span(blocks: list[RawBlock], main: MainContent) -> Span | None:
    if main.container is None:
        return None
    inside = [b.index for b in blocks if is_inside(b, main.container)]
    told = [i for i in inside if i in main.found or blocks[i].kind is BlockKind.CAPTION]
    return Span(main.container, min(told), max(told))


def _parents(inside: list[RawBlock], main: MainContent) -> set[HtmlElement | None]:
    """Return what holds the blocks found, and the figures of the captions."""
    parents = {b.element.getparent() for b in inside if b.index in main.found}
    for block in inside:
        if block.kind is BlockKind.CAPTION and not in_boilerplate_element(block):
            figure = block.element.getparent()
            parents.add(figure.getparent() if figure is not None else None)
    return parents


def _holder(block: RawBlock) -> HtmlElement | None:
    """Return what *block* stands in; a list stands where its items would."""
    parent = block.element.getparent()
    if block.kind is BlockKind.LIST_ITEM and parent is not None:
        return parent.getparent()
    return parent


def _is_candidate(block: RawBlock, span: Span, headline: int) -> bool:
    above = block.kind is BlockKind.CAPTION and headline < block.index < span.first
    return above or is_inside(block, span.container)


def _judge(
    block: RawBlock,
    main: MainContent,
    span: Span,
    *,
    title: str,
    headline: int,
    parents: set[HtmlElement | None],
) -> tuple[str, bool]:
    """Return the rule that decides *block*, and whether it keeps it."""
    found = block.index in main.found
    if block.kind is BlockKind.CAPTION:
        return _judge_caption(block)
    against = rule_against(block, title=title, found=found)
    if against:
        return against, False
    if found:
        return "main_content", True
    between = headline < block.index < span.last
    sibling = _holder(block) in parents
    plain = block.link_density < _MAX_LINKED and not block.hidden
    if between and sibling and plain and block.kind in _RESCUED:
        return "sibling_of_main_content", True
    return "not_main_content", False


def _judge_caption(block: RawBlock) -> tuple[str, bool]:
    against = rule_against(block, title="", found=True)
    if against or in_boilerplate_element(block) or block.hidden:
        return against or "boilerplate_element", False
    return "caption", True
