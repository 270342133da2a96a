"""Which blocks are the article's body: found ones and their captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extraction.boilerplate import rule_against
from scraper.extraction.closing import closing_rules, is_correction
from scraper.extraction.leftovers import leftover_rules
from scraper.extraction.verdicts import dropped, kept
from scraper.items import BlockKind
from scraper.text import count_units

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.ledger import Ledger
    from scraper.extraction.main_content import MainContent
    from scraper.extraction.verdicts import Verdict

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
    body: list[RawBlock] = []
    verdicts: dict[int, Verdict] = {}
    said = {tuple(block.words) for block in lead}
    for block in inside:
        if ledger.is_decided(block):
            continue
        against = (
            _above(block, headline)
            or rule_against(block, main, title=title)
            or _said_before(block, said)
        )
        verdict = dropped(against) if against else _verdict_on(block, main)
        verdicts[block.index] = verdict
        if verdict.keep:
            body.append(block)
            said.add(tuple(block.words))
    against_kept = leftover_rules(inside, body) | closing_rules(inside, body)
    verdicts |= {i: dropped(rule) for i, rule in against_kept.items()}
    for index, verdict in verdicts.items():
        ledger.decide(blocks[index], verdict)
    return [block for block in body if block.index not in against_kept]


def _verdict_on(block: RawBlock, main: MainContent) -> Verdict:
    """Return what others say of *block*, else what its own place says."""
    told = main.verdicts.get(block.index)
    if told is not None:
        return told
    rule = _rule_for(block, main)
    return kept(rule) if rule else dropped("not_main_content")


def _candidates(
    blocks: list[RawBlock], main: MainContent, headline: int
) -> list[RawBlock]:
    """Return what is in the container, found elsewhere, or a caption on the way to it."""
    above = range(headline + 1, main.inside.start)
    return [
        b
        for b in blocks
        if b.index in main.inside
        or b.index in main.found
        or (b.kind is BlockKind.CAPTION and b.index in above)
    ]


def _above(block: RawBlock, headline: int) -> str | None:
    """Tell a line over the headline: the section, what the page is about."""
    is_above = block.index < headline and block.kind is not BlockKind.CAPTION
    return "above_headline" if is_above and len(block.words) < _LONG else None


def _said_before(block: RawBlock, said: set[tuple[str, ...]]) -> str | None:
    """Return the rule against a long block whose words are among those *said*."""
    if count_units(block.text, block.words) < _LONG or block.kind is BlockKind.CAPTION:
        return None
    if block.text.endswith("?"):  # several people are asked the same
        return None
    return "said_before" if tuple(block.words) in said else None


def _rule_for(block: RawBlock, main: MainContent) -> str | None:
    if block.kind is BlockKind.CAPTION:
        return None if block.hidden else "caption"
    if block.index in main.found:
        return "main_content"
    return "correction" if is_correction(block) and not block.hidden else None
