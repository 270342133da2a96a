"""Which blocks are the article's body: found ones and their captions."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from scraper.extraction.boilerplate import rule_against
from scraper.extraction.languages import phrases
from scraper.extraction.ledger import dropped, kept
from scraper.items import BlockKind
from scraper.text import count_units

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.ledger import Ledger, Verdict
    from scraper.extraction.main_content import MainContent


_EDGES = " :.*•-–—_"
_MAX_LINE = 60
_MAX_NOTE = 100
"""Words of the longest note seen under such a heading; a longer block is a chapter."""
_SIGNED = re.compile(
    r"(?i)(?:^|[\s_-])(?:author|source|byline|tac-?gia|nguon)(?:$|[\s_-])"
)
_SIGNATURE = 8
_HEADING = 12
_FEW = 3
"""A line of so few words (initials, a mark) does not end the search."""
_MOST = 0.5
"""Share of the words that closing lines may have, and the text above a section must
have at least half of it."""


def closing_rules(inside: list[RawBlock], body: list[RawBlock]) -> dict[int, str]:
    """Return the rule that drops a block of *body* by its index.

    *inside* are all blocks of the container, since the heading over a section is often
    not kept itself.
    """
    text = [block for block in body if block.kind is not BlockKind.CAPTION]
    section = _closing_section(inside, text)
    rest = [block for block in text if block not in section]
    lines = _closing_lines(rest)
    said = sum(len(block.words) for block in rest)
    if sum(len(block.words) for block in lines) > _MOST * said:
        lines = []
    rules = {block.index: "closing_section" for block in section}
    return rules | {block.index: "closing_line" for block in lines}


def is_correction(block: RawBlock) -> bool:
    """Tell a note on what the article said before; it is part of what it says now."""
    key = block.key.strip(" *•-–—_[]()")
    return len(block.words) > _FEW and bool(_correcting().fullmatch(key))


def _closing_section(inside: list[RawBlock], text: list[RawBlock]) -> list[RawBlock]:
    """Return what stands from a heading such as "Sources" to the end, all of it short."""
    total = sum(len(block.words) for block in text)
    for heading in inside:
        if len(heading.words) > _HEADING:
            continue
        if heading.key.strip(_EDGES) not in phrases().closing_headings:
            continue
        if _ends_before(heading, text):
            continue
        section = [block for block in text if block.index >= heading.index]
        above = total - sum(len(block.words) for block in section)
        if above >= _MOST / 2 * total and all(
            len(block.words) <= _MAX_NOTE for block in section
        ):
            return section
    return []


def _ends_before(heading: RawBlock, text: list[RawBlock]) -> bool:
    """Tell a heading over a box of its own that ends before the text does."""
    box = heading.element.getparent()
    if box is None or heading.element.getnext() is None:
        return False
    return bool(text) and all(box is not e for e in text[-1].element.iterancestors())


def _closing_lines(text: list[RawBlock]) -> list[RawBlock]:
    """Return the lines to the reader, from the last block upwards to a sentence."""
    lines: list[RawBlock] = []
    for block in reversed(text):
        if len(block.words) > _MAX_LINE or is_correction(block):
            break
        key = block.key.strip(" *•-–—_[]()")
        told = _closing().fullmatch(key)
        if told or _is_signature(block):
            lines.append(block)
        elif len(block.words) > _FEW and not _signing().fullmatch(key):
            break
    return lines


def _is_signature(block: RawBlock) -> bool:
    """Tell a name or a source in an element that is named so."""
    parent = block.element.getparent()
    near = [block.element] if parent is None else [block.element, parent]
    short = len(block.words) <= _SIGNATURE and block.kind is BlockKind.PARAGRAPH
    return short and any(_SIGNED.search(e.get("class", "")) for e in near)


@cache
def _closing() -> re.Pattern[str]:
    return _any_of(phrases().closing_patterns)


@cache
def _correcting() -> re.Pattern[str]:
    return _any_of(phrases().correction_patterns)


@cache
def _signing() -> re.Pattern[str]:
    return _any_of(phrases().signing_patterns)


def _any_of(patterns: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)))


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
