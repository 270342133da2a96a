"""Describe a page for learning: its blocks, and where its parts open in the bytes."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.extraction.dates.choice import printed_days
from scraper.extraction.head import (
    breadcrumbs_element,
    section_element,
    tags_element,
)
from scraper.extraction.links import is_teaser
from scraper.extraction.main_content import container_of
from scraper.extraction.paths import template_paths
from scraper.extraction.titles import extract_title
from scraper.items import BlockKind, Kind
from scraper.sitemodel.cut import element_end, find_opening, follower, prefixes
from scraper.sitemodel.digest import (
    MAX_BLOCKS,
    BlockDigest,
    Fate,
    PageDigest,
    PlaceDigest,
    Role,
    page_key,
)
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.choose import Choice, Examined
    from scraper.items import Article


_BY_RULE = {"title": Fate.TITLE, "lead": Fate.LEAD, "byline": Fate.BYLINE}
_TAGS_LINK_DENSITY = 0.5
"""Link density above which a block may be a list of tags."""
_TAG_WORDS_SHARE = 0.5
"""Share of the words of such a block that are words of tags."""
_ATTRIBUTE = re.compile(
    r"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?"
)
_IN_FRAME = (
    *("class", "id", "itemprop", "role", "style", "rel"),
    *("data-testid", "data-component", "aria-label"),
)
_CHAIN_LENGTH = 4
"""Elements, from the field's own outwards, that may mark its place."""
_TAG_LENGTH = 400
"""The most characters of an opening tag that is searched."""
_OUTER_LEVELS = 2
"""Elements around the container that may mark the article."""
_OUTER_TEXT_SHARE = 0.5
"""The most text that they may add, as a share of the container's."""


def describe(examined: Examined, alone: Choice, article: Article) -> PageDigest:
    """Return the digest of a page; *alone* is the choice without a model."""
    page = examined.page
    decision = alone.ledger.decision
    blocks = [b for b in examined.blocks if not b.hidden or decision(b).keep]
    blocks = blocks[:MAX_BLOCKS]
    fates = _Fates(alone, article)
    return PageDigest(
        key=page_key(page.url, page.body),
        title=article.title,
        fingerprint=article.content_fingerprint,
        is_listing=article.kind is Kind.LISTING,
        blocks=tuple(
            BlockDigest.of(block, path, fates.of(block))
            for block, path in zip(blocks, template_paths(blocks), strict=True)
        ),
        places=_places(examined, alone, article),
    )


def _places(
    examined: Examined, alone: Choice, article: Article
) -> tuple[PlaceDigest, ...]:
    if article.kind is Kind.LISTING:
        return find_listing_places(examined)
    return find_places(examined, alone, article.language) if article.text else ()


class _Fates:
    def __init__(self, alone: Choice, article: Article) -> None:
        self._alone = alone
        self._near_title = {b.index for b in alone.content.near_title}
        self._tags = {word for tag in article.tags for word in words(tag)}
        self._language = article.language
        self._day = article.published_at and article.published_at.date()

    def of(self, block: RawBlock) -> Fate:
        decision = self._alone.ledger.decision(block)
        if decision.keep and decision.rule in _BY_RULE:
            return _BY_RULE[decision.rule]
        if decision.keep:
            caption = block.kind is BlockKind.CAPTION
            return Fate.CAPTION if caption else Fate.BODY
        if self._prints_day(block):
            return Fate.DATE
        if self._lists_tags(block):
            return Fate.TAGS
        inside = block.index in self._alone.main.inside
        return Fate.DROPPED if inside else Fate.OUTSIDE

    def _lists_tags(self, block: RawBlock) -> bool:
        named = sum(word in self._tags for word in block.words)
        linked = block.link_density > _TAGS_LINK_DENSITY
        return linked and named >= _TAG_WORDS_SHARE * len(block.words) > 0

    def _prints_day(self, block: RawBlock) -> bool:
        if block.index not in self._near_title or self._day is None:
            return False
        return self._day in printed_days(block.text, self._language)


def find_places(
    examined: Examined, alone: Choice, language: str
) -> tuple[PlaceDigest, ...]:
    """Return the places of the page's article, () if its bytes are not UTF-8.

    Up to two elements around the container are included if they add little text: pages
    of one site often agree only there.
    """
    body = examined.page.body
    kept = [b for b in examined.blocks if alone.ledger.decision(b).keep]
    inside = [examined.blocks[i] for i in alone.main.inside]
    container = _common(b.element for b in (inside or kept))
    if container is None or not kept or not _is_utf8(body):
        return ()
    finder = _Finder(body)
    found = [finder.place(Role.CONTAINER, [e]) for e in _around(container, inside)]
    outside = [
        b for b in _needed(alone, kept, language) if not _holds(container, b.element)
    ]
    before = [b for b in outside if b.index < inside[0].index]
    after = [b for b in outside if b.index > inside[-1].index]
    ends = [(Role.START, b) for b in before[:1]] + [(Role.END, b) for b in after[-1:]]
    for role, block in ends:
        chain = [e for e in _upwards(block.element) if not _holds(e, container)]
        found += [finder.place(role, [e]) for e in chain]
    found += [finder.place(role, _upwards(e)) for role, e in _fields(examined)]
    return tuple(place for place in found if place)


def find_listing_places(examined: Examined) -> tuple[PlaceDigest, ...]:
    """Return the places of a listing page.

    () if neither its head nor its only heading states its title, since the fast path
    reads nothing else.
    """
    evidence, page = examined.evidence, examined.page
    teasers = [b for b in evidence.visible if is_teaser(b)]
    headings = [b for b in evidence.visible if b.element.tag == "h1"]
    stated = extract_title(evidence.head, headings[:1])
    container = container_of(teasers)
    if container is None or stated != examined.title or not _is_utf8(page.body):
        return ()
    size: Counter[str] = Counter()
    for block, path in zip(teasers, template_paths(teasers), strict=True):
        size[path] += len(block.words)
    finder = _Finder(page.body)
    found = [finder.place(Role.LISTING, [container])]
    found += [finder.place(Role.HEADING, [b.element]) for b in headings[:1]]
    found += [finder.place(role, _upwards(e)) for role, e in _fields(examined)]
    path = max(size, key=lambda each: (size[each], each))
    return tuple(replace(place, path=path) for place in found if place)


def _needed(alone: Choice, kept: list[RawBlock], language: str) -> list[RawBlock]:
    """Return the blocks of the article and those that print its date."""
    near = [b for b in alone.content.near_title if not b.hidden]
    dated = [b for b in near if printed_days(b.text, language)]
    return sorted({*kept, *dated}, key=lambda block: block.index)


def _fields(examined: Examined) -> Iterator[tuple[Role, HtmlElement]]:
    """Yield the elements of fields that the head does not state."""
    declared, root = examined.evidence.head.declared, examined.root
    elements = {
        Role.BREADCRUMBS: breadcrumbs_element(root),
        Role.TAGS: None if declared.all("article:tag") else tags_element(root),
        Role.SECTION: None
        if declared.first("article:section")
        else section_element(root),
    }
    for role, element in elements.items():
        if element is not None:
            yield role, element


def _upwards(element: HtmlElement) -> list[HtmlElement]:
    chain = [element, *element.iterancestors()][:_CHAIN_LENGTH]
    return [each for each in chain if each.tag not in ("body", "html")]


def _around(container: HtmlElement, inside: list[RawBlock]) -> list[HtmlElement]:
    size = len(container.text_content())
    outer = list(container.iterancestors())[:_OUTER_LEVELS]
    return [container] + [
        e
        for e in outer
        if e.tag not in ("body", "html")
        and len(e.text_content()) <= (1 + _OUTER_TEXT_SHARE) * size
    ]


def _common(elements: Iterable[HtmlElement]) -> HtmlElement | None:
    """Return the deepest element that holds all *elements*, None if there are none."""
    chains = [[*reversed([e, *e.iterancestors()])] for e in set(elements)]
    common = None
    for level in zip(*chains, strict=False):
        if any(element is not level[0] for element in level):
            break
        common = level[0]
    return common


def _holds(container: HtmlElement, element: HtmlElement) -> bool:
    return element is container or any(e is container for e in element.iterancestors())


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


class _Finder:
    """Finds elements in the bytes that they were parsed from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def place(self, role: Role, chain: list[HtmlElement]) -> PlaceDigest | None:
        """Return where the first identifiable element of *chain* opens, None if none is."""
        for each in chain:
            at, opening = self._find(each)
            end = element_end(self._body, at) if at >= 0 else -1
            if end < 0:
                continue
            after = follower(self._body, end)
            return PlaceDigest(role, self._unique(opening), _frame(each), after)
        return None

    def _find(self, element: HtmlElement) -> tuple[int, str]:
        """Return where the tag of *element* opens, and the tag; -1 unless it is unique."""
        own = dict(element.items())
        tag = re.escape(str(element.tag).encode())
        tags = re.finditer(
            rb"(?i)<%b(?:\s[^>]{0,%d})?>" % (tag, _TAG_LENGTH), self._body
        )
        same = [
            (match.start(), text)
            for match in tags
            if (text := match[0].decode("utf-8", "replace"))
            and len(text) <= _TAG_LENGTH
            and _attributes(text) == own
        ]
        return same[0] if len(same) == 1 else (-1, "")

    def _unique(self, opening: str) -> tuple[str, ...]:
        return tuple(
            prefix
            for prefix in prefixes(opening)
            if find_opening(self._body, prefix.encode(), 0) >= 0
        )


def _attributes(opening: str) -> dict[str, str]:
    inner = opening.strip("</>").partition(" ")[2] if " " in opening else ""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inner):
        name, *values = match.groups()
        value = next((v for v in values if v is not None), "")
        found.setdefault(name.lower(), html.unescape(value))
    return found


def _frame(element: HtmlElement) -> str:
    """Return the opening tags around *element*, with the attributes that rules read."""
    around = [e for e in element.iterancestors() if e.tag not in ("body", "html")]
    return "".join(f"<{e.tag}{_stated(e)}>" for e in reversed(around))


def _stated(element: HtmlElement) -> str:
    stated = ((name, element.get(name)) for name in _IN_FRAME)
    return "".join(f' {name}="{html.escape(v)}"' for name, v in stated if v is not None)
