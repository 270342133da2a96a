"""Apply a site model to a page: on the fast path, and to guide full extraction.

The fast path parses only the article, and the model says which blocks are body. In full
extraction the model gives verdicts on blocks. The model is not changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from lxml import etree

from scraper.extraction.choose import Verdict, examine_root
from scraper.extraction.document import parse_markup
from scraper.extraction.main_content import (
    CONTAINER_SHARE,
    SET_APART,
    MainContent,
    blocks_of,
    is_heading_of,
)
from scraper.extraction.paths import template_paths
from scraper.extraction.rules import Rule
from scraper.items import BlockKind
from scraper.sitemodel.cut import CONTAINER, Refused, cut
from scraper.sitemodel.digest import block_key, label
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.choose import Examined
    from scraper.extraction.document import Beyond
    from scraper.extraction.head import Head
    from scraper.items import Page
    from scraper.sitemodel.cut import Cut
    from scraper.sitemodel.model import Repeated, SiteModel, Template


_PROSE_LINK_DENSITY = 0.3
"""Link density below which a paragraph or list entry in the container is body; by hand."""
_LINKS_ONLY_DENSITY = 0.7
"""Link density above which a block is only links; by hand."""
_STRAY_LINE_WORDS = 13
"""A block on an unknown path with fewer words is a stray line, not body."""
_LISTS = frozenset({"ul", "ol"})
_TEXT_TAGS = frozenset({"p", "li"})
_WRAPPED = re.compile(r"(?: > (?:b|strong|em|i|u|small))+$")
_INLINE = re.compile(r"(?: > (?:a|b|strong|em|i|u|small|span)(?:\.[^ ]+)?)+$")
_SIDE_NAME = re.compile(r"(?i)author-?bio|newsletter|sign-?up|comment|carousel|slider")
_LEAD_NAME = re.compile(
    r"(?i)lead|lede|sapo|standfirst|(?-i:[Dd]ek|[Dd]eck)(?![a-z])|subhead"
)
_LEAD_START_LENGTH = 60
"""Leading characters on which a lead and the description must agree."""
_TABLE_LEVELS, _QUOTE_LEVELS = 2, 4
"""Levels from a table or quotation up to what holds body, within which it is body too.

Of 300 tables, quotations and lists put into real pages without such, full extraction read
47 otherwise without these bounds (2026-11-30); 4 keep every quotation of the gold sets.
"""
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
    try:
        root = parse_markup(piece.markup, beyond)
    except etree.ParserError:  # an attribute of the first element has no end
        return Refused("nothing_parsed")
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
    if any(_may_be_body(b, container, model) for b in unknown if b not in above):
        return Refused("unknown_block")
    if _hides_text(blocks[inside.start : inside.stop], container, model):
        return Refused("hidden_text")
    return MainContent(frozenset(found), inside)


def _found(
    seen: list[RawBlock], known: dict[int, bool | None], inside: range
) -> set[int]:
    """Return the indexes of the body: what is *known*, set apart, or a heading of it."""
    found = {i for i, keep in known.items() if keep}
    holders = {b.element.getparent() for b in seen if b.index in found}
    found |= {
        b.index
        for b in seen
        if b.kind in SET_APART
        and known[b.index] is None
        and b.index in inside
        and _is_set_among(b, holders)
    }
    text = (b for b in seen if b.kind is not BlockKind.CAPTION)
    return found | {
        a.index
        for a, b in pairwise(text)
        if known[a.index] is None and b.index in found and is_heading_of(a, b)
    }


def _is_set_among(block: RawBlock, holders: set[HtmlElement | None]) -> bool:
    """Return True if one of *holders*, which hold body, is close around *block*."""
    levels = _TABLE_LEVELS if block.kind is BlockKind.TABLE else _QUOTE_LEVELS
    around = islice(block.element.iterancestors(), levels)
    return not holders.isdisjoint(around)


def _hides_text(
    inside: list[RawBlock], container: HtmlElement, model: SiteModel
) -> bool:
    """Return True if a hidden block has a text of its own, which may be body.

    One without words is hidden inside a line, and no such text is body.
    """
    hidden = [b for b in inside if b.hidden and b.words]
    if not hidden:
        return False
    shown = {tuple(b.words) for b in inside if not b.hidden}
    return any(
        tuple(b.words) not in shown
        and (
            len(b.words) >= _STRAY_LINE_WORDS
            or _is_body(b, path, container, model)
            or (model.keeps(path) is None and _is_part_of_body(b, model))
        )
        for b, path in zip(hidden, template_paths(hidden), strict=True)
    )


def _is_body(
    block: RawBlock, path: str, container: HtmlElement, model: SiteModel
) -> bool | None:
    """Return whether *block* is body, None if *model* does not know.

    A path that ends in bold or italics counts as the path without them. A heading,
    quotation or list entry is not dropped for the ending of its path alone. A paragraph
    directly in the container, or an entry of a list that is, is body if its path is
    unknown: of 325 gold pages with a model, full extraction kept 88 of 91 such paragraphs,
    and 6 of 6 entries (2026-11-30). A short one may be a credit line.
    """
    known = model.keeps(path)
    if known is None:
        known = model.keeps(_WRAPPED.sub("", path))
    if known is False and block.kind in _SHORT_BODY and not model.has_seen(path):
        known = None
    if known is not None or block.link_density >= _PROSE_LINK_DENSITY:
        return known
    element, around = block.element, block.element.getparent()
    if element.tag == "li" and around is not None and around.tag in _LISTS:
        around = around.getparent()
    is_text = element.tag in _TEXT_TAGS and around is container
    return True if is_text and not _is_short(block) else None


def _is_short(block: RawBlock) -> bool:
    """Return True for few words, unless it is a heading, an entry or a quotation."""
    return block.kind not in _SHORT_BODY and len(block.words) < _STRAY_LINE_WORDS


def _is_part_of_body(block: RawBlock, model: SiteModel) -> bool:
    """Return True if *block* is a link, or a part, in an element that is body elsewhere."""
    return bool(model.keeps(_INLINE.sub("", block.path)))


def _may_be_body(block: RawBlock, container: HtmlElement, model: SiteModel) -> bool:
    """Return True if only the labeller could decide about *block*, on an unknown path.

    Captions are kept. Dropped without doubt are bare links, stray lines, headline and
    lead above the *container* (they are found there) and blocks in an element of it for
    asides or pictures. Quotations and tables in it have been taken for body, and so have
    entries that are only a link, and loose text of a figure.
    """
    if block.kind is BlockKind.CAPTION:
        return False
    if block.link_density > _LINKS_ONLY_DENSITY:
        return block.kind is BlockKind.LIST_ITEM and _is_part_of_body(block, model)
    held = list(_up_to(container, block.element))
    is_above = bool(held) and held[-1].getparent() is None
    if _is_short(block):
        return block.element.tag == "p" and block.element.getparent() is container
    names = " ".join(e.get("class", "") for e in islice(held, _NAMED_LEVELS))
    if _SIDE_NAME.search(names):
        return False
    if is_above:
        return str(block.element.tag) != "h1" and not _LEAD_NAME.search(names)
    tags = {element.tag for element in held}
    around = {element.tag for element in held[1:]}
    if block.kind is BlockKind.PARAGRAPH and "figure" in around:
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


_SHORT_BY_NATURE = frozenset({BlockKind.HEADING, BlockKind.CAPTION})
_SHORT_REPEATED_SHARE = 0.5
"""Share of the pages from which on a heading or caption is the site's; by hand."""
_PROSE_WORDS = 12
"""The fewest words of prose in a page of an unknown template; by hand."""
_BODY_REPEATED_PAGES = 3
"""Articles with the same block set as body, from which on it is the site's: two may be a
story and its follow-up (docs/choices.md)."""
_TEMPLATE_WORDS = 50
"""The fewest words on its body path that identify the template of a page."""
_FOUND_SHARE = 0.5
"""Share of the template's body that must be found, or the rest is added; by hand."""
_LISTED_SHARE = 0.5
"""Share of a page's words on paths of listings, above which it is one; by hand."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges blocks by the site's *model* and the page's *template*, None if unknown."""

    model: SiteModel
    template: Template | None

    def verdict(self, block: RawBlock, path: str, *, is_found: bool) -> Verdict | None:
        """Return the verdict on *block* at *path*, None if the model has none."""
        if verdict := self._of_text(block, path) or self._of_label(block):
            return verdict
        if block.kind is BlockKind.CAPTION or block.hidden:
            return None
        return self._of_path(path, is_found=is_found)

    def _of_text(self, block: RawBlock, path: str) -> Verdict | None:
        seen = self.model.repeated.get(block_key(block))
        if seen is None or self._may_be_chance(block, seen, path):
            return None
        evidence = f"seen on {seen.pages} of {self.model.pages} pages"
        return Verdict(Rule.REPEATED_ON_SITE, evidence)

    def _may_be_chance(self, block: RawBlock, seen: Repeated, path: str) -> bool:
        """Return True if several articles may contain *block* by themselves.

        A follow-up repeats earlier paragraphs for its readers; "What we know" and "File
        photo" are common headings and captions.
        """
        if block.kind in _SHORT_BY_NATURE:
            return seen.pages < _SHORT_REPEATED_SHARE * self.model.pages
        return seen.pages < _BODY_REPEATED_PAGES and self._may_be_body(block, path)

    def _may_be_body(self, block: RawBlock, path: str) -> bool:
        """Return True for a block set as body, a question, prose of an unknown template."""
        if self.template is None:
            return len(block.words) >= _PROSE_WORDS
        return path == self.template.body or block.text.endswith("?")

    def _of_label(self, block: RawBlock) -> Verdict | None:
        pages = self.model.labels.get(label(block))
        if pages is None:
            return None
        return Verdict(Rule.LABEL_ON_SITE, f"label seen on {pages} pages")

    def _of_path(self, path: str, *, is_found: bool) -> Verdict | None:
        if self.template is None:
            return None if is_found else self._of_any_template(path)
        fact = self.template.paths.get(path)
        if fact is None or fact.keep is None or (fact.keep and is_found):
            return None
        if fact.keep:
            evidence = f"kept on {fact.kept} of {fact.pages} pages"
            return Verdict(Rule.PATH_KEPT_ON_SITE, evidence)
        evidence = f"dropped on {fact.pages - fact.kept} of {fact.pages} pages"
        return Verdict(Rule.PATH_DROPPED_ON_SITE, evidence)

    def _of_any_template(self, path: str) -> Verdict | None:
        """Return the verdict of all templates, for a page too short to recognise its own."""
        if self.model.keeps(path) is not True:
            return None
        evidence = "kept on the pages of all templates"
        return Verdict(Rule.PATH_KEPT_ON_SITE, evidence)


@dataclass(frozen=True, slots=True)
class Guidance:
    """*template* is the body path of the page's template, "" if it is unknown."""

    main: MainContent
    template: str = ""
    is_listing: bool = False


def guide(blocks: list[RawBlock], main: MainContent, model: SiteModel) -> Guidance:
    """Return *main* with the verdicts of *model* on the page's blocks."""
    paths = template_paths(blocks)
    template = _template_of(blocks, paths, model)
    main = _with_missed_body(blocks, paths, main, template)
    judge = Judge(model, template)
    main = _widened(blocks, paths, main, judge)
    verdicts = {
        at: judge.verdict(blocks[at], paths[at], is_found=at in main.found)
        for at in main.inside
    }
    known = {at: verdict for at, verdict in verdicts.items() if verdict}
    return Guidance(
        replace(main, verdicts={**main.verdicts, **known}),
        template.body if template else "",
        template is None and _looks_listed(blocks, paths, model),
    )


def _template_of(
    blocks: list[RawBlock], paths: list[str], model: SiteModel
) -> Template | None:
    """Return the template whose body path has most words of the page, None if too few."""
    size = {template.body: 0 for template in model.templates}
    for block, path in zip(blocks, paths, strict=True):
        if path in size and not block.hidden:
            size[path] += len(block.words)
    best = max(
        model.templates, key=lambda each: (size[each.body], each.body), default=None
    )
    return best if best and size[best.body] >= _TEMPLATE_WORDS else None


def _with_missed_body(
    blocks: list[RawBlock],
    paths: list[str],
    main: MainContent,
    template: Template | None,
) -> MainContent:
    """Return *main* with the rest of the template's body if only a small part was found.

    If text was found elsewhere only, it may be the article: *main* is not changed then.
    """
    if template is None or not template.keeps(template.body):
        return main
    body = [
        b
        for b, path in zip(blocks, paths, strict=True)
        if path == template.body and not b.hidden
    ]
    size = sum(len(b.words) for b in body)
    found = sum(len(b.words) for b in body if b.index in main.found)
    if found >= _FOUND_SHARE * size or (main.found and not found):
        return main
    indexes = {b.index for b in body} | main.found
    inside = range(min(indexes), max(indexes) + 1)
    return replace(main, found=frozenset(indexes), inside=inside)


def _widened(
    blocks: list[RawBlock], paths: list[str], main: MainContent, judge: Judge
) -> MainContent:
    """Return *main* with the blocks outside the container that its template keeps.

    The smaller part of a split body may be too short to count for the container.
    """
    template = judge.template
    outside = [
        (block, path)
        for block, path in zip(blocks, paths, strict=True)
        if template and template.keeps(path) and block.index not in main.inside
    ]
    verdicts = {b.index: judge.verdict(b, path, is_found=False) for b, path in outside}
    kept = {at for at, verdict in verdicts.items() if verdict and verdict.keep}
    if not main.inside or kept <= main.found:
        return main
    indexes = kept | {*main.inside}
    inside = range(min(indexes), max(indexes) + 1)
    return replace(main, found=main.found | kept, inside=inside)


def _looks_listed(blocks: list[RawBlock], paths: list[str], model: SiteModel) -> bool:
    listing = frozenset(model.listing)
    visible = [
        (len(b.words), path)
        for b, path in zip(blocks, paths, strict=True)
        if not b.hidden
    ]
    listed = sum(size for size, path in visible if path in listing)
    return listed > _LISTED_SHARE * sum(size for size, _ in visible)
