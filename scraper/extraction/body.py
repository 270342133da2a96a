"""Which blocks are the article's body: found ones, their siblings, their captions."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scraper.extraction.alike import set_alike
from scraper.extraction.boilerplate import rule_against
from scraper.extraction.closing import closing_rules
from scraper.extraction.leftovers import leftover_rules
from scraper.extraction.verdicts import dropped, kept
from scraper.items import BlockKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.ledger import Ledger
    from scraper.extraction.main_content import MainContent
    from scraper.extraction.verdicts import Verdict

_MAX_LINKED = 0.5
_LONG = 12


def choose_body(
    blocks: list[RawBlock],
    main: MainContent,
    ledger: Ledger,
    *,
    title: str,
    headline: int,
    lead: list[RawBlock],
) -> list[RawBlock]:
    """Return the blocks of the body in page order; decide the others in *ledger*.

    Blocks already decided (headline, lead, byline) are left alone. Captions count from
    the *headline* (an index) on: the first picture often stands above the container. A
    long block that says the same as one before is dropped.
    """
    inside = _candidates(blocks, main, headline)
    beside = {
        **dict.fromkeys(set_alike(inside, main), "set_as_main_content"),
        **dict.fromkeys(siblings(inside, main, headline), "sibling_of_main_content"),
    }
    body: list[RawBlock] = []
    verdicts: dict[int, Verdict] = {}
    said: dict[int, list[list[str]]] = defaultdict(list)
    for block in lead:
        said[len(block.words)].append(block.words)
    for block in inside:
        if ledger.is_decided(block):
            continue
        against = (
            _above(block, headline)
            or rule_against(block, main, title=title)
            or _said_before(block, said)
        )
        verdict = dropped(against) if against else _verdict_on(block, main, beside)
        verdicts[block.index] = verdict
        if verdict.keep:
            body.append(block)
            said[len(block.words)].append(block.words)
    against_kept = leftover_rules(inside, body) | closing_rules(inside, body)
    verdicts |= {i: dropped(rule) for i, rule in against_kept.items()}
    for index, verdict in verdicts.items():
        ledger.decide(blocks[index], verdict)
    return [block for block in body if block.index not in against_kept]


def _verdict_on(block: RawBlock, main: MainContent, beside: dict[int, str]) -> Verdict:
    """Return what others say of *block*, else what its own place says."""
    told = main.verdicts.get(block.index)
    if told is not None:
        return told
    rule = _rule_for(block, main, beside)
    return kept(rule) if rule else dropped("not_main_content")


def _candidates(
    blocks: list[RawBlock], main: MainContent, headline: int
) -> list[RawBlock]:
    """Return what is in the container, and between the headline and it what was found."""
    start, end = main.inside.start, main.inside.stop
    above = blocks[headline + 1 : start]
    told = [b for b in above if b.kind is BlockKind.CAPTION or b.index in main.found]
    return told + blocks[start:end]


def _above(block: RawBlock, headline: int) -> str | None:
    """Tell a line over the headline: the section, what the page is about."""
    is_above = block.index < headline and block.kind is not BlockKind.CAPTION
    return "above_headline" if is_above and len(block.words) < _LONG else None


def _said_before(block: RawBlock, said: dict[int, list[list[str]]]) -> str | None:
    """Tell a long block whose words stand in *said*, runs of words by their length."""
    size = len(block.words)
    if size < _LONG or block.kind is BlockKind.CAPTION:
        return None
    if block.text.endswith("?"):  # several people are asked the same
        return None
    return "said_before" if block.words in said[size] else None


def _rule_for(block: RawBlock, main: MainContent, beside: dict[int, str]) -> str | None:
    if block.kind is BlockKind.CAPTION:
        return None if block.hidden else "caption"
    if block.index in main.found:
        return "main_content"
    return "quote_set_apart" if is_set_apart(block) else beside.get(block.index)


def is_set_apart(block: RawBlock) -> bool:
    """Tell a quote in an ``aside``: of the article, as the container holds it."""
    if block.kind is not BlockKind.QUOTE or block.hidden:
        return False
    return any(True for _ in block.element.iterancestors("aside"))


def siblings(inside: list[RawBlock], main: MainContent, headline: int = -1) -> set[int]:
    """Return the other blocks that stand beside found ones, set as plain text as they are.

    The text between two elements stands in the element that holds them. Only those after the *headline* (an index) count.
    """
    found = main.found
    told = [b for b in inside if b.index in found or b.kind is BlockKind.CAPTION]
    end = max((b.index for b in told), default=0)
    others = [
        b
        for b in inside
        if headline < b.index < end and b.index not in found and not b.hidden
    ]
    if not others:
        return set()
    holders = {_holder(b) for b in told if b.index not in main.boilerplate} - {None}
    return {
        b.index
        for b in others
        if {_holder(b), b.element} & holders and b.link_density < _MAX_LINKED
    }


def _holder(block: RawBlock) -> HtmlElement | None:
    """Return what *block* stands in; items and captions stand where lists and figures do."""
    parent: HtmlElement | None = block.element.getparent()
    if block.kind in (BlockKind.LIST_ITEM, BlockKind.CAPTION) and parent is not None:
        return parent.getparent()
    return parent
