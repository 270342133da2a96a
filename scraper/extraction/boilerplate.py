"""Rules that tell boilerplate inside the main content, each under its own name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.extraction.languages import phrases
from scraper.items import BlockKind
from scraper.text import compare_key, words

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock

_EDGES = " :.…-–—|»›*_•·"
_DATE_LINE = re.compile(
    r"^(?:(?:thứ\s+\w+|chủ nhật|t[2-7]|cn)\s*,?\s*)?(?:ngày\s+)?"
    r"(?:\d{1,2}[:hg]\d{2}\D{0,12})?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
    r"(?:\D{0,12}\d{1,2}[:hg]\d{2}(?:\s*(?:\(?gmt\s*\+\d+\)?|am|pm))?)?\W*$"
)
_UNSAFE_PATH = re.compile(
    r"(?i)(?:^|[\s_-])(?:share|sharing|social|likeshare|related|relate|newsletter|subscribe|promo|advert|"
    r"ads?|footer|site-footer|sponsor(?:ed)?|comments?|breadcrumbs?|list-concern|author-?bio|recirc|recommended|outbrain|taboola)"
    r"(?:$|[\s_-])"
)
_LEVELS = 4
_LINKED = 0.9
_TEASER_WORDS = 4
_SAME_TITLE = 0.8


def rule_against(block: RawBlock, *, title: str, found: bool) -> str | None:
    """Return the name of the rule that drops *block* from the body, None to keep it.

    *found* tells whether trafilatura keeps the block; where it does, only rules of form
    that never meet a sentence speak.
    """
    key = compare_key(block.text).strip(_EDGES)
    if not key:
        return "marks_only"
    if is_title(block, title):
        return "title_repeated"
    if key in phrases().residual or key.startswith(tuple(phrases().residual_starts)):
        return "residual_string"
    if _DATE_LINE.match(key):
        return "date_line"
    if _is_bare_link(block, found=found):
        return "link_only"
    if in_boilerplate_element(block):
        return "boilerplate_element"
    return None


def is_title(block: RawBlock, title: str) -> bool:
    """Tell the headline said again: the same words, or a heading with most of them."""
    own, said = set(block.words), set(words(title))
    if not own or not said:
        return False
    if block.words == words(title):
        return True
    heading = block.kind is BlockKind.HEADING
    return heading and len(own & said) >= _SAME_TITLE * len(own | said)


def in_boilerplate_element(block: RawBlock) -> bool:
    """Tell by class names a few elements up, but never the page's own frame."""
    node = block.element
    for _ in range(_LEVELS):
        if node is None or node.tag in ("body", "main", "article", "html"):
            return False
        if node.tag == "footer":
            return True
        if _UNSAFE_PATH.search(f"{node.get('class', '')} {node.get('id', '')}"):
            return True
        node = node.getparent()
    return False


def _is_bare_link(block: RawBlock, *, found: bool) -> bool:
    """Tell a teaser: a block that is one link, unless it is a list of the article's own."""
    if block.link_density < _LINKED or block.kind in (
        BlockKind.QUOTE,
        BlockKind.CAPTION,
    ):
        return False
    if found and block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE):
        return False
    return len(block.words) >= _TEASER_WORDS or not found
