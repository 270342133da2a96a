"""The rules that keep and drop blocks: their table, and the conditions of those of the body.

A new rule is one entry of :class:`Rule`; for a rule of the body its condition stands
below. ``python -m tests.docs.rules`` writes docs/rules.md; a test holds the page current.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Self

from scraper.extraction.dates.printed import is_date_line
from scraper.extraction.document import (
    MOST_ATTRIBUTES,
    MOST_BLOCKS,
    MOST_TAGS,
    MOST_TEXT,
    MOST_VALUES,
    Bound,
)
from scraper.extraction.features import ENDS, MARKS, PROSE_WORDS
from scraper.extraction.languages import (
    LONGEST_RESIDUAL,
    is_residual,
    pattern_of,
    phrases,
    residual_first_words,
)
from scraper.extraction.paths import matcher
from scraper.extraction.titles import repeats_title, words_of_title
from scraper.items import BlockKind
from scraper.text import MOST_MARKS, compare_key, count_units

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock


class Stage(StrEnum):
    """When a rule is applied; the first that decides a block stands."""

    FIELDS = "fields"
    LABEL = "label"
    SITE = "site model"
    BODY = "body"
    END = "end of the body"
    REST = "rest"
    BOUNDS = "bounds"
    PEER = "trafilatura alone"


_FIELDS, _LABEL, _SITE, _BODY, _END, _REST, _BOUNDS, _PEER = Stage
Entry = tuple[str, Stage, bool, str]


def _keep(stage: Stage, name: str, sentence: str) -> Entry:
    return name, stage, True, sentence


def _drop(stage: Stage, name: str, sentence: str) -> Entry:
    return name, stage, False, sentence


class Rule(StrEnum):
    """Every rule that the ledger names, in the order in which they are applied.

    *keeps* says what becomes of the block, *sentence* when the rule applies.
    """

    stage: Stage
    keeps: bool
    sentence: str

    def __new__(cls, name: str, stage: Stage, keeps: bool, sentence: str) -> Self:
        rule = str.__new__(cls, name)
        rule._value_ = str(name)
        rule.stage, rule.keeps, rule.sentence = stage, keeps, sentence
        return rule

    PAGE_IS_LISTING = _drop(
        _FIELDS, "page_is_listing", "The page is a list of articles."
    )
    PAGE_IS_BLOCKED = _drop(
        _FIELDS, "page_is_blocked", "The page is a wall: consent, login, a bot check."
    )
    PAGE_IS_OTHER = _drop(_FIELDS, "page_is_other", "The page has no article.")
    TITLE = _keep(_FIELDS, "title", "It is the headline.")
    LEAD = _keep(_FIELDS, "lead", "It is the lead.")
    SAID_AGAIN = _drop(
        _FIELDS, "said_again", "It was found as the lead, but the body repeats it."
    )
    ENTRY_TIME = _keep(
        _FIELDS, "entry_time", "It is the time of an entry of a live page."
    )
    BYLINE = _keep(_FIELDS, "byline", "It says who wrote the article.")
    BYLINE_REPEATED = _drop(_FIELDS, "byline_repeated", "It repeats the byline.")
    AFTER_BYLINE = _drop(
        _FIELDS, "after_byline", "It follows a byline that closes the text."
    )
    MAIN_CONTENT = _keep(_LABEL, "main_content", "The labeller takes it for body.")
    CORRECTION = _keep(
        _LABEL, "correction", "It is in the container and corrects the article."
    )
    NOT_MAIN_CONTENT = _drop(
        _LABEL,
        "not_main_content",
        "It is in the container, but not body to the labeller.",
    )
    CAPTION = _keep(_LABEL, "caption", "It is the caption of a picture.")
    REPEATED_ON_SITE = _drop(
        _SITE, "repeated_on_site", "Its text is on many pages of the site."
    )
    LABEL_ON_SITE = _drop(
        _SITE, "label_on_site", "It is a link behind a label of the site's teasers."
    )
    PATH_KEPT_ON_SITE = _keep(
        _SITE, "path_kept_on_site", "Its template path is body on most pages."
    )
    PATH_DROPPED_ON_SITE = _drop(
        _SITE, "path_dropped_on_site", "Its template path is not body on most pages."
    )
    ABOVE_HEADLINE = _drop(
        _BODY, "above_headline", "It is a short line above the headline."
    )
    SAID_BEFORE = _drop(
        _BODY, "said_before", "It is long, and an earlier block has the same words."
    )
    MARKS_ONLY = _drop(_BODY, "marks_only", "It has no letter and no digit.")
    TITLE_REPEATED = _drop(_BODY, "title_repeated", "It repeats the headline.")
    RESIDUAL_STRING = _drop(
        _BODY, "residual_string", "The language files list it as boilerplate."
    )
    DATE_LINE = _drop(_BODY, "date_line", "It is a date with nothing but its label.")
    LABELLED_LINK = _drop(
        _BODY, "labelled_link", "It is a link behind a label such as RELATED."
    )
    LINK_ONLY = _drop(
        _BODY, "link_only", "It is one link, and not an item of a list in the text."
    )
    PULL_QUOTE = _drop(
        _END, "pull_quote", "It is a quotation of a sentence in the body."
    )
    SUMMARY_ALONE = _drop(
        _END, "summary_alone", "It is the summary of a folded section that was dropped."
    )
    HEADING_OF_LINKS = _drop(
        _END, "heading_of_links", "It is a heading over nothing but links."
    )
    CLOSING_SECTION = _drop(
        _END, "closing_section", "It is under a heading that closes the article."
    )
    CLOSING_LINE = _drop(
        _END, "closing_line", "It is one of the last lines and addresses the reader."
    )
    HIDDEN_BY_CLASS = _drop(_REST, "hidden_by_class", "A class hides it.")
    OUTSIDE_CONTAINER = _drop(
        _REST, "outside_container", "It is outside the container."
    )
    TAGS_BEYOND = _drop(
        _BOUNDS, Bound.TAGS, f"It follows the first {MOST_TAGS:,} tags of the page."
    )
    ATTRIBUTES_BEYOND = _drop(
        _BOUNDS,
        Bound.ATTRIBUTES,
        f"They follow the first {MOST_ATTRIBUTES} attributes of an element.",
    )
    BLOCKS_BEYOND = _drop(
        _BOUNDS,
        Bound.BLOCKS,
        f"It follows the first {MOST_BLOCKS:,} blocks of the page.",
    )
    TEXT_BEYOND = _drop(
        _BOUNDS,
        Bound.TEXT,
        f"It follows the first {MOST_TEXT:,} characters of a block.",
    )
    JSON_LD_BEYOND = _drop(
        _BOUNDS,
        Bound.JSON_LD,
        f"They follow the first {MOST_VALUES:,} values of JSON-LD.",
    )
    MARKS_BEYOND = _drop(
        _BOUNDS, Bound.MARKS, f"It follows the first {MOST_MARKS} marks on a letter."
    )
    KEPT_BY_PEER = _keep(_PEER, "trafilatura", "trafilatura's text has its words.")
    DROPPED_BY_PEER = _drop(
        _PEER, "not_in_trafilatura", "trafilatura's text does not have its words."
    )


_NOTE_MARKS = " *•-–—_[]()"
"""What may stand around a note to the reader."""


def body_rule(
    block: RawBlock,
    *,
    title: str,
    headline: int,
    found: bool,
    said: set[tuple[str, ...]],
) -> Rule | None:
    """Return the rule of the body that drops *block*, None to keep it.

    *headline* is the index of its block, *found* whether the labeller takes the block for
    body, *said* are the words of the blocks of the body before it.
    """
    if _is_above(block, headline):
        return Rule.ABOVE_HEADLINE
    if against := rule_against(block, title=title, found=found):
        return against
    return Rule.SAID_BEFORE if _is_said_before(block, said) else None


def rule_against(block: RawBlock, *, title: str, found: bool) -> Rule | None:
    """Return the rule that drops *block* by its own text and form, None to keep it."""
    if _is_plain_prose(block) and block.words != words_of_title(title):
        return None
    key = block.key.strip(MARKS)
    if not key:
        return Rule.MARKS_ONLY
    if repeats_title(block, title):
        return Rule.TITLE_REPEATED
    if is_residual(key):
        return Rule.RESIDUAL_STRING
    if is_date_line(key, block.words, is_heading=block.kind is BlockKind.HEADING):
        return Rule.DATE_LINE
    if _is_labelled_link(block):
        return Rule.LABELLED_LINK
    return Rule.LINK_ONLY if _is_bare_link(block, found=found) else None


def _is_above(block: RawBlock, headline: int) -> bool:
    """Return True for a line above the headline, such as the section or a kicker."""
    is_above = block.index < headline and block.kind is not BlockKind.CAPTION
    return is_above and len(block.words) < PROSE_WORDS


def _is_said_before(block: RawBlock, said: set[tuple[str, ...]]) -> bool:
    """Return True for a long block whose words are among those *said*."""
    if (
        count_units(block.text, block.words) < PROSE_WORDS
        or block.kind is BlockKind.CAPTION
    ):
        return False
    if block.text.endswith("?"):  # several people are asked the same
        return False
    return tuple(block.words) in said


def _is_plain_prose(block: RawBlock) -> bool:
    """Return True for a long paragraph without links, of which only the start matters."""
    if block.kind is not BlockKind.PARAGRAPH or block.linked:
        return False
    first = block.words[0] if block.words else ""
    return len(block.text) > LONGEST_RESIDUAL and first not in residual_first_words()


ONLY_LINK = 0.9
"""Link density from which on a block is nothing but a link."""
TEASER_WORDS, TEASER_LINKED = 4, 0.7
"""Words and link density from which on a block is a teaser."""
_SENTENCE_WORDS = 15
"""Words from which on a linked paragraph can be prose; titles have fewer."""
_LABEL_MARKS = "[(>»•*- "
"""What may stand before a label, or around the whole line."""
_LABEL_CHARACTERS = 40
"""Characters of the longest label before links."""
_LABELLED_SHARE = 0.75
"""Least share in links of what follows such a label."""
_LABELLED_WORDS = 40
"""Words of the longest block that is a label and links."""


def _is_labelled_link(block: RawBlock) -> bool:
    """Return True for "RELATED: ..." and links: a label in capitals or a known one.

    A known one needs no colon.
    """
    if block.kind is not BlockKind.PARAGRAPH or not block.linked:
        return False
    if len(block.words) > _LABELLED_WORDS:
        return False
    text = block.text.strip(_LABEL_MARKS)
    label, _, rest = text.partition(":")
    known = compare_key(label) in phrases().teaser_labels
    if not known and (found := _label_of(block.key.strip(_LABEL_MARKS))):
        known, label, rest = True, text[: len(found)], text[len(found) :]
    if not 0 < len(label) <= _LABEL_CHARACTERS or not (known or label.isupper()):
        return False
    size = sum(map(len, rest.split()))
    return 0 < _LABELLED_SHARE * size <= block.linked


def _label_of(key: str) -> str:
    """Return the known label of teasers that *key* starts with, "" for none."""
    if not key.startswith(_label_starts()):
        return ""
    labels = (each for each in phrases().teaser_labels if key.startswith(f"{each} "))
    return max(labels, key=len)


@cache
def _label_starts() -> tuple[str, ...]:
    return tuple(f"{label} " for label in phrases().teaser_labels)


def _is_bare_link(block: RawBlock, *, found: bool) -> bool:
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


_LINE_WORDS = 60
"""Words of the longest line to the reader."""
_NOTE_WORDS = 100
"""Words of the longest note seen under such a heading; a longer block is a chapter."""
_names_signature = matcher(
    r"(?i)(?:^|[\s_-])(?:author|source|byline|WORDS)(?:$|[\s_-])",
    *("author_classes", "source_classes"),
)
_SIGNATURE_WORDS, _HEADING_WORDS = 8, 12
"""Words of the longest signature, and of the longest heading over a closing section."""
_INITIALS_WORDS = 3
"""A line of so few words (initials, a mark) does not end the search."""
_MOST_OF_LINES = 0.5
"""Share of the words that closing lines may have."""
_LEAST_ABOVE = 0.25
"""Share of the words that stand above a closing section at least."""
_QUOTED_WORDS = 6
"""A quote of fewer words may stand in the text by chance."""
_HEADED_LINKS = 2
"""Teasers under a heading that is one of links."""


def end_rules(inside: list[RawBlock], body: list[RawBlock]) -> dict[int, Rule]:
    """Return the rule that drops a block of *body* by its index, once all are known.

    *inside* are all blocks of the container: the heading over a section is often not kept
    itself.
    """
    return _leftover_rules(inside, body) | _closing_rules(inside, body)


def _closing_rules(inside: list[RawBlock], body: list[RawBlock]) -> dict[int, Rule]:
    text = [block for block in body if block.kind is not BlockKind.CAPTION]
    section = _closing_section(inside, text)
    rest = [block for block in text if block not in section]
    lines = _closing_lines(rest)
    if _size(lines) > _MOST_OF_LINES * _size(rest):
        lines = []
    rules = {block.index: Rule.CLOSING_SECTION for block in section}
    return rules | {block.index: Rule.CLOSING_LINE for block in lines}


def _size(blocks: list[RawBlock]) -> int:
    return sum(len(block.words) for block in blocks)


def is_correction(block: RawBlock) -> bool:
    """Return True for a note on what the article said before, which belongs to it."""
    key = block.key.strip(_NOTE_MARKS)
    is_note = pattern_of("correction_patterns").fullmatch(key) is not None
    return is_note and len(block.words) > _INITIALS_WORDS


def _closing_section(inside: list[RawBlock], text: list[RawBlock]) -> list[RawBlock]:
    """Return what stands from a heading such as "Sources" to the end, all of it short."""
    for heading in inside:
        if len(heading.words) > _HEADING_WORDS:
            continue
        if heading.key.strip(" :.*•-–—_") not in phrases().closing_headings:
            continue
        if _ends_before(heading, text):
            continue
        section = [block for block in text if block.index >= heading.index]
        above = _size(text) - _size(section)
        if above >= _LEAST_ABOVE * _size(text) and all(
            len(block.words) <= _NOTE_WORDS for block in section
        ):
            return section
    return []


def _ends_before(heading: RawBlock, text: list[RawBlock]) -> bool:
    """Return True for a heading over a box of its own that ends before the text does."""
    box = heading.element.getparent()
    if box is None or heading.element.getnext() is None:
        return False
    return bool(text) and not _is_in(text[-1], box)


def _closing_lines(text: list[RawBlock]) -> list[RawBlock]:
    """Return the lines to the reader, from the last block upwards to a sentence."""
    lines: list[RawBlock] = []
    for block in reversed(text):
        if len(block.words) > _LINE_WORDS or is_correction(block):
            break
        key = block.key.strip(_NOTE_MARKS)
        if pattern_of("closing_patterns").fullmatch(key) or _is_signature(block):
            lines.append(block)
        elif len(block.words) > _INITIALS_WORDS and not pattern_of(
            "signing_patterns"
        ).fullmatch(key):
            break
    return lines


def _is_signature(block: RawBlock) -> bool:
    """Return True for a name or a source in an element whose class says so."""
    parent = block.element.getparent()
    near = [block.element] if parent is None else [block.element, parent]
    is_short = len(block.words) <= _SIGNATURE_WORDS
    is_short = is_short and block.kind is BlockKind.PARAGRAPH
    return is_short and any(_names_signature(e.get("class", "")) for e in near)


def _leftover_rules(inside: list[RawBlock], body: list[RawBlock]) -> dict[int, Rule]:
    rules: dict[int, Rule] = {}
    kept = {block.index for block in body}
    said = _said_by(body) if any(b.kind is BlockKind.QUOTE for b in body) else ""
    for at, block in enumerate(inside):
        if block.index not in kept:
            continue
        if block.kind is BlockKind.QUOTE and _is_pulled(block, said):
            rules[block.index] = Rule.PULL_QUOTE
        elif block.element.tag == "summary" and _headed(inside, at, kept) is not None:
            rules[block.index] = Rule.SUMMARY_ALONE
        elif block.kind is BlockKind.HEADING:
            headed = _headed(inside, at, kept) or []
            if sum(b.link_density > TEASER_LINKED for b in headed) >= _HEADED_LINKS:
                rules[block.index] = Rule.HEADING_OF_LINKS
    return rules


def _said_by(body: list[RawBlock]) -> str:
    """Return the words of the prose of *body*, no phrase across two blocks."""
    prose = (block.words for block in body if block.kind is not BlockKind.QUOTE)
    return f" {' | '.join(map(' '.join, prose))} "


def _is_pulled(quote: RawBlock, said: str) -> bool:
    """Return True for a sentence that is printed large beside its own paragraph."""
    return len(quote.words) >= _QUOTED_WORDS and f" {' '.join(quote.words)} " in said


def _headed(inside: list[RawBlock], at: int, kept: set[int]) -> list[RawBlock] | None:
    """Return what follows block *at* in its parent, None if any of it is kept."""
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
