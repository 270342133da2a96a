"""The fast path: parse only the article, and let the site model say which blocks are body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from scraper.extraction.choose import examine_root
from scraper.extraction.document import parse_markup
from scraper.extraction.main_content import (
    CONTAINER_SHARE,
    SET_APART,
    MainContent,
    blocks_of,
    is_heading_of,
)
from scraper.extraction.paths import template_paths
from scraper.items import BlockKind
from scraper.sitemodel.cut import CONTAINER, Refused, cut
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.bounds import Beyond
    from scraper.extraction.choose import Examined
    from scraper.extraction.head import Head
    from scraper.items import Page
    from scraper.sitemodel.cut import Cut
    from scraper.sitemodel.model import SiteModel

_PROSE_LINK_DENSITY = 0.3
"""Link density below which a paragraph in the container is body; by hand."""
_LINKS_ONLY_DENSITY = 0.7
"""Link density above which a block is only links; by hand."""
_STRAY_LINE_WORDS = 13
"""A block on an unknown path with fewer words is a stray line, not body."""
_WRAPPED = re.compile(r"(?: > (?:b|strong|em|i|u|small))+$")
_SIDE_NAME = re.compile(r"(?i)author-?bio|newsletter|sign-?up|comment|carousel|slider")
_LEAD_NAME = re.compile(
    r"(?i)lead|lede|sapo|standfirst|(?-i:[Dd]ek|[Dd]eck)(?![a-z])|subhead"
)
_LEAD_START_LENGTH = 60
"""Leading characters on which a lead and the description must agree."""
_NAMED_LEVELS = 2
"""Levels above a block whose class names are read."""
_SHORT_BODY = frozenset({BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.QUOTE})
_TANGENTIAL = frozenset({"dialog", "form", "nav"})
_LEAST_ARTICLE_WORDS = 30
"""The fewest words of body and captions of a page that is surely an article."""


@dataclass(frozen=True, slots=True)
class Fast:
    """A page of which only the article was parsed, or only the head of a listing."""

    examined: Examined
    cut: Cut


def examine_fast(page: Page, model: SiteModel) -> Fast | Refused:
    """Return *page* as its article alone shows it, or why *model* does not suffice."""
    piece = cut(page, model)
    if isinstance(piece, Refused):
        return piece
    beyond: Beyond = {}
    root = parse_markup(piece.markup, beyond)
    find = _no_content if piece.is_listing else partial(_main_content, root, model)
    examined = examine_root(page, root, find, beyond)
    if isinstance(examined, Refused):
        return examined
    if piece.is_listing and examined.evidence.says_article:
        return Refused("no_container")
    return Fast(examined, piece)


def _no_content(_blocks: list[RawBlock], _head: Head) -> MainContent:
    return MainContent()


def _main_content(
    root: HtmlElement, model: SiteModel, blocks: list[RawBlock], head: Head
) -> MainContent | Refused:
    """Return the blocks that *model* takes for body, in place of the labeller."""
    container = root.find(f".//*[@{CONTAINER}]")
    if container is None:
        return Refused("container_lost")
    inside = blocks_of(container, blocks)
    seen = [b for b in blocks[: inside.stop] if not b.hidden]
    known = {
        block.index: _is_body(block, path, container, model)
        for block, path in zip(seen, template_paths(seen), strict=True)
    }
    found = _found(seen, known, inside)
    said = sum(len(blocks[i].words) for i in found)
    if (
        said + sum(len(b.words) for b in seen if b.kind is BlockKind.CAPTION)
        < _LEAST_ARTICLE_WORDS
    ):
        return Refused("short")
    unknown = [b for b in seen if known[b.index] is None and b.index not in found]
    above = [b for b in unknown if b.index < inside.start and _is_lead(b, head, said)]
    if any(_may_be_body(b, container) for b in unknown if b not in above):
        return Refused("unknown_block")
    if _hides_text(blocks[inside.start : inside.stop], container, model):
        return Refused("hidden_text")
    return MainContent(frozenset(found), inside)


def _found(
    seen: list[RawBlock], known: dict[int, bool | None], inside: range
) -> set[int]:
    """Return the indexes of the body: what is *known*, set apart, or a heading of it."""
    found = {i for i, keep in known.items() if keep}
    set_apart = {
        b.index for b in seen if b.kind in SET_APART and known[b.index] is None
    }
    found |= set_apart & {*inside}
    text = (b for b in seen if b.kind is not BlockKind.CAPTION)
    return found | {
        a.index
        for a, b in pairwise(text)
        if known[a.index] is None and b.index in found and is_heading_of(a, b)
    }


def _hides_text(
    inside: list[RawBlock], container: HtmlElement, model: SiteModel
) -> bool:
    """Return True if a hidden block has a text of its own, which may be body."""
    hidden = [b for b in inside if b.hidden]
    if not hidden:
        return False
    shown = {tuple(b.words) for b in inside if not b.hidden}
    return any(
        tuple(b.words) not in shown
        and (len(b.words) >= _STRAY_LINE_WORDS or _is_body(b, path, container, model))
        for b, path in zip(hidden, template_paths(hidden), strict=True)
    )


def _is_body(
    block: RawBlock, path: str, container: HtmlElement, model: SiteModel
) -> bool | None:
    """Return whether *block* is body, None if *model* does not know.

    A path that ends in bold or italics counts as the path without them. A paragraph
    directly in the container is body if its path is unknown.
    """
    known = model.keeps(path)
    if known is None:
        known = model.keeps(_WRAPPED.sub("", path))
    if known is None and block.element.getparent() is container:
        is_text = block.element.tag == "p" and block.link_density < _PROSE_LINK_DENSITY
        return True if is_text else None
    return known


def _may_be_body(block: RawBlock, container: HtmlElement) -> bool:
    """Return True if only the labeller could decide about *block*, on an unknown path.

    Captions are kept. Dropped without doubt are bare links, stray lines, headline and
    lead above the *container* (they are found there) and blocks in an element of it for
    asides or pictures. Quotations and tables in it have been taken for body.
    """
    if block.kind is BlockKind.CAPTION:
        return False
    if block.link_density > _LINKS_ONLY_DENSITY:
        return False
    held = list(_up_to(container, block.element))
    is_above = bool(held) and held[-1].getparent() is None
    if block.kind not in _SHORT_BODY and len(block.words) < _STRAY_LINE_WORDS:
        return False
    names = " ".join(e.get("class", "") for e in islice(held, _NAMED_LEVELS))
    if _SIDE_NAME.search(names):
        return False
    if is_above:
        return str(block.element.tag) != "h1" and not _LEAD_NAME.search(names)
    tags = {element.tag for element in held}
    if block.kind is BlockKind.PARAGRAPH and "figure" in tags:
        return False
    return _TANGENTIAL.isdisjoint(tags)


def _is_lead(block: RawBlock, head: Head, said: int) -> bool:
    """Return True if *block* starts as the description and is short beside *said* words."""
    description = head.declared.first("og:description", "description")
    start = block.key[:_LEAD_START_LENGTH]
    is_described = len(start) == _LEAD_START_LENGTH and compare_key(
        description
    ).startswith(start)
    return is_described and len(block.words) < (1 - CONTAINER_SHARE) * said


def _up_to(container: HtmlElement, element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield *element* and its ancestors inside *container*, else up to the root.

    Elements around the container are left out: the whole page may be one form.
    """
    node: HtmlElement | None = element
    while node is not None and node is not container:
        yield node
        node = node.getparent()
