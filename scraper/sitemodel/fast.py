"""The fast path: only the article is parsed, and the site model says what is told in it."""

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
from scraper.sitemodel.cut import CONTAINER, NotFast, cut
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

_LINKED = 0.3
_BARE = 0.7
_FEW = 13
"""Words of a stray line, which no unknown element of the article is."""
_WRAPPED = re.compile(r"(?: > (?:b|strong|em|i|u|small))+$")
_SIDE_NAME = re.compile(r"(?i)author-?bio|newsletter|sign-?up|comment|carousel|slider")
_LEAD_NAME = re.compile(
    r"(?i)lead|lede|sapo|standfirst|(?-i:[Dd]ek|[Dd]eck)(?![a-z])|subhead"
)
_ALIKE = 60
"""Characters of a lead that the description begins with."""
_NEAR = 2
"""Elements up from a block whose names say what it is."""
_TOLD_SHORT = frozenset({BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.QUOTE})
_TANGENTIAL = frozenset({"dialog", "form", "nav"})
_LEAST = 30
"""Words told from which on a page is an article for sure."""


@dataclass(frozen=True, slots=True)
class Fast:
    """A page of which only the article was parsed, or nothing but the head of a listing."""

    examined: Examined
    cut: Cut


def examine_fast(page: Page, model: SiteModel) -> Fast:
    """Return *page* as its article alone shows it.

    Raises :class:`~scraper.sitemodel.cut.NotFast` where *model* does not know the page
    well enough.
    """
    piece = cut(page, model)
    beyond: Beyond = {}
    root = parse_markup(piece.markup, beyond)
    if not piece.is_listing:
        find = partial(_main_content, root=root, model=model)
        return Fast(examine_root(page, root, find, beyond), piece)
    examined = examine_root(page, root, lambda *_: MainContent(), beyond)
    if examined.evidence.says_article:
        raise NotFast("no_container")
    return Fast(examined, piece)


def _main_content(
    blocks: list[RawBlock],
    head: Head,
    *,
    root: HtmlElement,
    model: SiteModel,
) -> MainContent:
    """Return what *model* takes for told, in place of what the labeller would find."""
    container = root.find(f".//*[@{CONTAINER}]")
    if container is None:
        raise NotFast("container_lost")
    inside = blocks_of(container, blocks)
    seen = [b for b in blocks[: inside.stop] if not b.hidden]
    told = {
        block.index: _tells(block, path, container, model)
        for block, path in zip(seen, template_paths(seen), strict=True)
    }
    found = {i for i, keep in told.items() if keep}
    set_apart = {b.index for b in seen if b.kind in SET_APART and told[b.index] is None}
    found |= set_apart & {*inside}
    text = (b for b in seen if b.kind is not BlockKind.CAPTION)
    found |= {
        a.index
        for a, b in pairwise(text)
        if told[a.index] is None and b.index in found and is_heading_of(a, b)
    }
    shown = [b for b in seen if b.kind is BlockKind.CAPTION]
    if sum(len(b.words) for b in (*shown, *(blocks[i] for i in found))) < _LEAST:
        raise NotFast("short")
    unknown = [b for b in seen if told[b.index] is None and b.index not in found]
    said = sum(len(blocks[i].words) for i in found)
    above = [b for b in unknown if b.index < inside.start and _is_lead(b, head, said)]
    if any(_may_be_told(b, container) for b in unknown if b not in above):
        raise NotFast("unknown_block")
    if _hides_text(blocks[inside.start : inside.stop], container, model):
        raise NotFast("hidden_text")
    return MainContent(frozenset(found), inside)


def _hides_text(
    inside: list[RawBlock], container: HtmlElement, model: SiteModel
) -> bool:
    """Tell whether there is text that nothing visible says: it may be the article's."""
    hidden = [b for b in inside if b.hidden]
    if not hidden:
        return False
    shown = {tuple(b.words) for b in inside if not b.hidden}
    return any(
        tuple(b.words) not in shown
        and (len(b.words) >= _FEW or _tells(b, path, container, model))
        for b, path in zip(hidden, template_paths(hidden), strict=True)
    )


def _tells(
    block: RawBlock, path: str, container: HtmlElement, model: SiteModel
) -> bool | None:
    """Tell whether *block* is the article's; a paragraph right in the container is.

    A path that ends in bold or italics counts as the path without them.
    """
    known = model.tells(path)
    if known is None:
        known = model.tells(_WRAPPED.sub("", path))
    if known is None and block.element.getparent() is container:
        is_text = block.element.tag == "p" and block.link_density < _LINKED
        return True if is_text else None
    return known


def _may_be_told(block: RawBlock, container: HtmlElement) -> bool:
    """Tell what only the labeller could decide, of the blocks on unknown paths.

    Captions are kept; bare links, stray lines, headline and lead above the *container* (they
    are found there) and what stands in an element of it for side matters or pictures are
    not. Quotations and tables in it have been taken for told.
    """
    if block.kind is BlockKind.CAPTION:
        return False
    if block.link_density > _BARE:
        return False
    held = list(_up_to(container, block.element))
    is_above = bool(held) and held[-1].getparent() is None
    if block.kind not in _TOLD_SHORT and len(block.words) < _FEW:
        return False
    names = " ".join(e.get("class", "") for e in islice(held, _NEAR))
    if _SIDE_NAME.search(names):
        return False
    if is_above:
        return str(block.element.tag) != "h1" and not _LEAD_NAME.search(names)
    tags = {element.tag for element in held}
    if block.kind is BlockKind.PARAGRAPH and "figure" in tags:
        return False
    return _TANGENTIAL.isdisjoint(tags)


def _is_lead(block: RawBlock, head: Head, said: int) -> bool:
    """Tell what the page's description says, too little of the *said* words to widen it."""
    description = head.declared.first("og:description", "description")
    start = block.key[:_ALIKE]
    is_described = len(start) == _ALIKE and compare_key(description).startswith(start)
    return is_described and len(block.words) < (1 - CONTAINER_SHARE) * said


def _up_to(container: HtmlElement, element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield *element* and what is around it inside *container*, else up to the root.

    A page may be one great form: what is around the container says nothing.
    """
    node: HtmlElement | None = element
    while node is not None and node is not container:
        yield node
        node = node.getparent()
