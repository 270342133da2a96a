"""The digest of a page: what learning needs of it, in some ten kilobytes.

That is its blocks, and where its parts open in the bytes.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from scraper.extraction.dates.choice import printed_days
from scraper.extraction.encoding import is_utf8
from scraper.extraction.main_content import container_of
from scraper.extraction.paths import template_paths
from scraper.extraction.rules import is_teaser
from scraper.extraction.titles import extract_title
from scraper.items import BlockKind, Kind
from scraper.sitemodel.cut import element_end, find_opening, follower, prefixes
from scraper.sitemodel.model import Role, page_key
from scraper.text import compare_key, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.choose import Choice, Examined
    from scraper.items import Article


_MAX_BLOCKS = 3000
"""The most blocks in a digest; the longest real page seen has 2,400."""
_START_LENGTH = 60
"""Characters of a block that are shown to people."""
_LABEL_WORDS = 4
"""The most words of a label."""
_LABEL_LINK_DENSITY = 0.3
"""The least link density of a block with a label; by hand."""


_ROLES = frozenset(role.value for role in Role)


class Fate(StrEnum):
    """What became of a block when its page was read without a model.

    *dropped* blocks were inside the container, *outside* ones were not; *date* and *tags*
    were read from blocks outside.
    """

    TITLE = "title"
    LEAD = "lead"
    BYLINE = "byline"
    DATE = "date"
    TAGS = "tags"
    CAPTION = "caption"
    BODY = "body"
    DROPPED = "dropped"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class BlockDigest:
    """A visible block: its template path, a hash of its words, their number, its fate.

    *start* is the beginning of its text, for display; *label* is the text before a colon
    and a link, as in "Read more: …", as :func:`scraper.text.compare_key` returns it.
    """

    path: str
    key: str
    words: int
    fate: Fate
    start: str
    label: str = ""

    @classmethod
    def of(cls, block: RawBlock, path: str, fate: Fate) -> Self:
        key = block_key(block)
        return cls(
            path, key, len(block.words), fate, block.text[:_START_LENGTH], label(block)
        )


@dataclass(frozen=True, slots=True)
class PlaceDigest:
    """Where an element opens in the bytes of a page.

    *prefixes* are the beginnings of its opening tag that no other tag of the page has,
    *frame* the opening tags around it, *follower* the next tag after it. *path* is the
    commonest template path in a LISTING.
    """

    role: Role
    prefixes: tuple[str, ...]
    frame: str = ""
    follower: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class PageDigest:
    """One page as it was read without a model.

    *key* is a hash of its URL, *fingerprint* of its text. *body_path* is the template
    path with most of its words, "" for a page without text. *places* are those found in
    its bytes.
    """

    key: str
    title: str
    fingerprint: str
    is_listing: bool
    blocks: tuple[BlockDigest, ...]
    places: tuple[PlaceDigest, ...] = ()

    @property
    def has_text(self) -> bool:
        return bool(self.fingerprint) and not self.is_listing

    @property
    def body_path(self) -> str:
        size: dict[str, int] = {}
        for block in self.blocks:
            if block.fate is Fate.BODY:
                size[block.path] = size.get(block.path, 0) + block.words
        return max(size, key=lambda path: (size[path], path), default="")

    def to_json(self) -> str:
        """Return one line of JSON, in which each path is written once."""
        paths = {
            path: at for at, path in enumerate(sorted({b.path for b in self.blocks}))
        }
        record = {
            "key": self.key,
            "title": self.title,
            "fingerprint": self.fingerprint,
            "listing": self.is_listing,
            "paths": list(paths),
            "blocks": [
                [paths[b.path], b.key, b.words, b.fate.value, b.start, b.label]
                for b in self.blocks
            ],
            "places": [
                [p.role.value, list(p.prefixes), p.frame, p.follower, p.path]
                for p in self.places
            ],
        }
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what :meth:`to_json` wrote; raises KeyError, TypeError or ValueError."""
        record: dict[str, Any] = json.loads(text)
        paths = record["paths"]
        blocks = tuple(
            BlockDigest(paths[at], key, words, Fate(fate), start, label)
            for at, key, words, fate, start, label in record["blocks"]
        )
        places = tuple(
            PlaceDigest(Role(role), tuple(openings), *rest)
            for role, openings, *rest in record.get("places", ())
            if role in _ROLES
        )
        return cls(
            record["key"],
            record["title"],
            record["fingerprint"],
            record["listing"],
            blocks,
            places,
        )


def block_key(block: RawBlock) -> str:
    """Return 12 hex digits, equal for blocks of the same words."""
    return hashlib.sha256(" ".join(block.words).encode()).hexdigest()[:12]


def label(block: RawBlock) -> str:
    """Return the label of a block of a few words, a colon and a link; "" for another."""
    if not block.linked:
        return ""
    before, colon, after = block.text.partition(":")
    if not colon or not after.strip() or block.link_density < _LABEL_LINK_DENSITY:
        return ""
    return compare_key(before) if len(before.split()) <= _LABEL_WORDS else ""


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
    blocks = blocks[:_MAX_BLOCKS]
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
        return _find_listing_places(examined)
    return _find_places(examined, alone, article.language) if article.text else ()


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


def _find_places(
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
    if container is None or not kept or not _is_parsed_as_it_is(body):
        return ()
    finder = _Finder(body)
    found = [finder.place(Role.CONTAINER, e) for e in _around(container, inside)]
    outside = [
        b for b in _needed(alone, kept, language) if not _holds(container, b.element)
    ]
    before = [b for b in outside if b.index < inside[0].index]
    after = [b for b in outside if b.index > inside[-1].index]
    ends = [(Role.START, b) for b in before[:1]] + [(Role.END, b) for b in after[-1:]]
    for role, block in ends:
        chain = [e for e in _upwards(block.element) if not _holds(e, container)]
        found += [finder.place(role, e) for e in chain]
    return tuple(place for place in found if place)


def _find_listing_places(examined: Examined) -> tuple[PlaceDigest, ...]:
    """Return the places of a listing page.

    () if neither its head nor its only heading states its title, since the fast path
    reads nothing else.
    """
    evidence, page = examined.evidence, examined.page
    teasers = [b for b in evidence.visible if is_teaser(b)]
    headings = [b for b in evidence.visible if b.element.tag == "h1"]
    stated = extract_title(evidence.head, headings[:1])
    container = container_of(teasers)
    if (
        container is None
        or stated != examined.title
        or not _is_parsed_as_it_is(page.body)
    ):
        return ()
    size: Counter[str] = Counter()
    for block, path in zip(teasers, template_paths(teasers), strict=True):
        size[path] += len(block.words)
    finder = _Finder(page.body)
    found = [finder.place(Role.LISTING, container)]
    found += [finder.place(Role.HEADING, b.element) for b in headings[:1]]
    path = max(size, key=lambda each: (size[each], each))
    return tuple(replace(place, path=path) for place in found if place)


def _needed(alone: Choice, kept: list[RawBlock], language: str) -> list[RawBlock]:
    """Return the blocks of the article and those that print its date."""
    near = [b for b in alone.content.near_title if not b.hidden]
    dated = [b for b in near if printed_days(b.text, language)]
    return sorted({*kept, *dated}, key=lambda block: block.index)


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


def _is_parsed_as_it_is(body: bytes) -> bool:
    """Return True if the tags of the tree stand in the bytes *body* as they are."""
    return is_utf8(body) and b"\0" not in body


class _Finder:
    """Finds elements in the bytes that they were parsed from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def place(self, role: Role, element: HtmlElement) -> PlaceDigest | None:
        """Return where *element* opens, None if its tag is not unique or never closes."""
        at, opening = self._find(element)
        end = element_end(self._body, at) if at >= 0 else -1
        if end < 0:
            return None
        after = follower(self._body, end)
        return PlaceDigest(role, self._unique(opening), _frame(element), after)

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
