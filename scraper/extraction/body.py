"""Which blocks are the article's body: found ones, their siblings, their captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extraction.alike import set_alike
from scraper.extraction.boilerplate import rule_against
from scraper.extraction.closing import closing_rules
from scraper.extraction.leftovers import leftover_rules
from scraper.extraction.verdicts import Verdict
from scraper.items import BlockKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.ledger import Ledger
    from scraper.extraction.main_content import MainContent

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
    inside = [b for b in blocks if _is_candidate(b, main, headline)]
    beside = {
        **dict.fromkeys(set_alike(inside, main), "set_as_main_content"),
        **dict.fromkeys(siblings(inside, main, headline), "sibling_of_main_content"),
    }
    body: list[RawBlock] = []
    verdicts: dict[int, Verdict] = {}
    said = {tuple(block.words) for block in lead}
    for block in inside:
        if ledger.is_decided(block):
            continue
        against = rule_against(block, main, title=title) or _said_before(block, said)
        verdict = (
            Verdict(against, keep=False)
            if against
            else _verdict_on(block, main, beside)
        )
        verdicts[block.index] = verdict
        if verdict.keep:
            body.append(block)
            said.add(tuple(block.words))
    against_kept = leftover_rules(inside, body) | closing_rules(inside, body)
    verdicts |= {i: Verdict(rule, keep=False) for i, rule in against_kept.items()}
    for index, verdict in verdicts.items():
        ledger.decide(blocks[index], verdict)
    return [block for block in body if block.index not in against_kept]


def _verdict_on(block: RawBlock, main: MainContent, beside: dict[int, str]) -> Verdict:
    """Return what others say of *block*, else what its own place says."""
    told = main.verdicts.get(block.index)
    if told is not None:
        return told
    rule = _rule_for(block, main, beside)
    return Verdict(rule or "not_main_content", keep=rule is not None)


def _is_candidate(block: RawBlock, main: MainContent, headline: int) -> bool:
    """Tell what is in the container, and between the headline and it what was found."""
    above = headline < block.index < main.inside.start
    told = block.kind is BlockKind.CAPTION or block.index in main.found
    return block.index in main.inside or (above and told)


def _said_before(block: RawBlock, said: set[tuple[str, ...]]) -> str | None:
    long = len(block.words) >= _LONG and block.kind is not BlockKind.CAPTION
    if not long or block.text.endswith("?"):  # several people are asked the same
        return None
    return "said_before" if tuple(block.words) in said else None


def _rule_for(block: RawBlock, main: MainContent, beside: dict[int, str]) -> str | None:
    if block.kind is BlockKind.CAPTION:
        return None if block.hidden else "caption"
    if block.index in main.found:
        return "main_content"
    return "quote_set_apart" if is_set_apart(block) else beside.get(block.index)


def is_set_apart(block: RawBlock) -> bool:
    """Tell a quote in an ``aside``: of the article, as the container holds it."""
    chain = block.element.iterancestors("aside")
    return (
        block.kind is BlockKind.QUOTE and not block.hidden and any(True for _ in chain)
    )


def siblings(inside: list[RawBlock], main: MainContent, headline: int = -1) -> set[int]:
    """Return the blocks that stand beside found ones, set as plain text as they are.

    Only those after the *headline* (an index) count.
    """
    told = [b for b in inside if b.index in main.found or b.kind is BlockKind.CAPTION]
    holders = {_holder(b) for b in told if b.index not in main.boilerplate} - {None}
    between = range(headline + 1, max((b.index for b in told), default=0))
    return {
        b.index
        for b in inside
        if b.index in between
        and b.link_density < _MAX_LINKED
        and not b.hidden
        and _holder(b) in holders
    }


def _holder(block: RawBlock) -> HtmlElement | None:
    """Return what *block* stands in; items and captions stand where lists and figures do."""
    parent: HtmlElement | None = block.element.getparent()
    if block.kind in (BlockKind.LIST_ITEM, BlockKind.CAPTION) and parent is not None:
        return parent.getparent()
    return parent
