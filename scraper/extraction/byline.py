"""The credit line of an article: where it stands on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from scraper.extraction.credit_lines import iter_lines, key_of, named_in, united
from scraper.extraction.languages import phrases
from scraper.extraction.paths import INLINE, label_of, matcher
from scraper.extraction.people import (
    Byline,
    is_agency,
    is_no_name,
    parse_byline,
    publications,
    without_label,
)
from scraper.extraction.rules import Rule, is_correction
from scraper.items import BlockKind
from scraper.text import clean, compare_key, words
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.choose import Ledger
    from scraper.extraction.credit_lines import Line, Place
    from scraper.extraction.head import Declared, Head
    from scraper.extraction.main_content import MainContent


_META = re.compile(
    r"(?:^|[.:_-])(?:authors?|author[_-]?names?|creator|byl|byline)$|^dable:author$"
)
_INVERTED = re.compile(r"([^\W\d_][\w’'-]+), ([^\W\d_][\w’'.-]*(?: [^\W\d_]\.?)?)")
_NO_META = frozenset({"twitter:creator", "article:creator"})
MOST_STATED = 500
"""Elements of the head that are read for authors; a hundred thousand took 8 s."""
_LONGEST_STATED = 1000
"""Characters of the longest text that states authors; what is parsed is remembered."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page states of its authors: names of its head, and lines that print some.

    *byline* are the names of its credit line, *sites* the keys of what the site is named.
    """

    json_ld: tuple[str, ...]
    meta: tuple[str, ...]
    lines: tuple[Line, ...]
    byline: tuple[str, ...]
    sites: frozenset[str]


def find_stated(
    head: Head, blocks: Sequence[RawBlock], place: Place, byline: Byline
) -> Stated:
    """Return what the head and the lines around headline and body state of authors."""
    declared, data = head.declared, head.data
    names = (declared.first("og:site_name"), data.publisher, site_of(head.url))
    sites = frozenset(key_of(name) for name in names if name)
    lines = tuple(iter_lines(blocks, place, sites))
    return Stated(
        _people(data.authors, sites),
        _people(_metas(declared), sites),
        lines,
        _parted(
            tuple(name for name in byline.authors if key_of(name) not in sites), lines
        ),
        sites,
    )


def _parted(names: tuple[str, ...], lines: Iterable[Line]) -> tuple[str, ...]:
    """Return *names* as one of *lines* has them, which knows where its elements end."""
    run = _squeezed(names)
    same = (each.names for each in lines if _squeezed(each.names) == run)
    return max((names, *same), key=len)


def _squeezed(names: Iterable[str]) -> str:
    return "".join("".join(names).split())


def _people(texts: Iterable[str], sites: frozenset[str]) -> tuple[str, ...]:
    """Return the people that *texts* state, the site's own name left out."""
    short = (t for t in islice(texts, MOST_STATED) if len(t) <= _LONGEST_STATED)
    people = (text for text in short if key_of(text) not in sites)
    stated = (name for text in people for name in named_in(text, loose=True))
    return united([tuple(n for n in stated if key_of(n) not in sites)])


def _metas(declared: Declared) -> Iterator[str]:
    """Yield what ``meta`` elements named for authors state, addresses left out."""
    for meta, values in declared.values.items():
        if _META.search(meta) and meta not in _NO_META:
            for value in map(clean, values):
                if "://" not in value and not value.startswith(("(", "@", "/")):
                    yield _in_order(value)
    label = compare_key(declared.first("twitter:label1")).strip(" :")
    if label in phrases().byline_prefixes or label in phrases().byline_labels:
        yield declared.first("twitter:data1")


def _in_order(value: str) -> str:
    """Return the name that "Roe, Jane" states, family name first, as it is printed."""
    found = _INVERTED.fullmatch(value)
    if not found or is_agency(found[1]) or is_no_name(value):
        return value
    return f"{found[2]} {found[1]}"


_is_named = matcher(
    r"(?i)(?:^|[\s_-])(?:authors?|bylines?|writer|author_mail|WORDS)(?:$|[\s_-])",
    "author_classes",
)
_is_foreign = matcher(
    r"(?i)comment|related|sidebar|footer|avatar|author-?bio|card|teaser|recommend|most-?read"
)
_names_source = matcher(
    r"(?i)(?:^|[\s_-])(?:source|WORDS)(?:$|[\s_-])", "source_classes"
)
_SOURCE_WORDS = 8
"""Words of the longest name of a source."""
_ASIDE = re.compile(r"(?<=\S) *[(\[][^()\[\]]{1,40}[)\]]")
_IN_BRACKETS = re.compile(r"[(\[].*[)\]]")
_RIGHT = re.compile(r"(?i)text-align\s*:\s*right")
_CREDIT_WORDS = 25
"""Words of the longest block that is searched for a credit line."""
_NEAR_BODY = 3
"""Blocks beside the body that a credit line stands in."""
_MOST_INSIDE = 8
"""Elements named for credits that are read inside one element."""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A block that prints a credit line, and the line itself: all of it or a part."""

    block: RawBlock
    printed: str


def find_byline(
    blocks: list[RawBlock], body: list[RawBlock], named: list[CreditLine]
) -> CreditLine | None:
    """Return the credit line, None if the page prints none.

    First an element that is named so and stands next to the *body*, the one above it if
    it names as many; then one of the last
    lines of the body, or the first after it, that reads like one. *named* are those of
    :func:`named_lines`.
    """
    if not body:
        return None
    first, last = body[0].index, body[-1].index
    named = [line for line in named if parse_byline(line.printed)]
    after = [
        line
        for line in named
        if line.block.index >= last - _NEAR_BODY and not _is_contact(line.block)
    ]
    before = [line for line in named if line.block.index < first]
    if after:
        return before[-1] if before and _names_all(before[-1], after[0]) else after[0]
    written = _written_at_end(blocks, body)
    if written:
        return CreditLine(written, written.text)
    return before[-1] if before else None


def source_after(blocks: list[RawBlock], line: CreditLine) -> str:
    """Return the paper that the element right after *line*, named for sources, prints."""
    following = blocks[line.block.index + 1 : line.block.index + 2]
    return next(
        (
            without_label(block.text)
            for block in following
            if not block.hidden
            and len(block.words) <= _SOURCE_WORDS
            and _names_source(label_of(block.element))
        ),
        "",
    )


def _is_contact(block: RawBlock) -> bool:
    """Return True for how to reach an author, which stands below the article."""
    return "@" in block.text


def _names_all(line: CreditLine, other: CreditLine) -> bool:
    """Return True if *line* names all authors that the *other* names."""
    named = parse_byline(line.printed).authors
    return set(parse_byline(other.printed).authors) <= set(named)


def named_lines(blocks: list[RawBlock], body: list[RawBlock]) -> list[CreditLine]:
    """Return the lines named so of the *body*, and of a few blocks before and after."""
    if not body:
        return []
    first, last = body[0].index, body[-1].index
    near = blocks[max(0, first - 4 * _NEAR_BODY) : last + 2 * _NEAR_BODY + 1]
    return [line for line in map(NamedElements().line_of, near) if line]


class NamedElements:
    """The elements of a page that are named for credit lines, each searched once.

    Line breaks split an element into many blocks.
    """

    def __init__(self) -> None:
        self._around: dict[HtmlElement | None, str] = {}
        self._inside: dict[HtmlElement, list[str]] = {}

    def line_of(self, block: RawBlock) -> CreditLine | None:
        """Return the credit line of an element named so: the block, or one inside it."""
        if block.hidden or len(block.words) > _CREDIT_WORDS:
            return None
        element = block.element
        parent = element.getparent()
        if parent not in self._around:
            self._around[parent] = _names_around(parent)
        labels = f"{label_of(element)} {self._around[parent]}"
        if _is_foreign(labels):
            return None
        if element not in self._inside:
            self._inside[element] = _named_inside(element)
        inside = self._inside[element]
        if len(inside) > 1 and _names_several(block.text, inside):
            return CreditLine(block, block.text)
        if inside:
            shown = "".join(block.text.split())
            printed = next((p for p in inside if "".join(p.split()) in shown), "")
            if printed:
                return CreditLine(block, printed)
        return CreditLine(block, block.text) if _is_named(labels) else None


def _names_several(text: str, parts: list[str]) -> bool:
    """Return True if *parts* of *text* name several people, and all of it them all."""
    named = {name for part in parts for name in parse_byline(part).authors}
    return len(named) > 1 and named <= set(parse_byline(text).authors)


def _named_inside(element: HtmlElement) -> list[str]:
    """Return the texts of the first elements in *element* that are named for credits."""
    if not len(element) and element.tag not in INLINE:
        return []
    named = (e for e in element.iter(*INLINE) if _is_named(label_of(e)))
    texts = (" ".join(map(str, e.itertext())) for e in islice(named, _MOST_INSIDE))
    return [text for text in map(clean, texts) if text]


def _names_around(parent: HtmlElement | None) -> str:
    if parent is None:
        return ""
    return " ".join(label_of(e) for e in (parent, parent.getparent()) if e is not None)


def _written_at_end(blocks: list[RawBlock], body: list[RawBlock]) -> RawBlock | None:
    """Return the last line that reads like a credit line, from the body's middle on.

    Far from the end only a line that names an agency or a task counts: what follows it
    is the tail of the page. A picture's credit does not count there.
    """
    last = body[-1].index
    for block in reversed(blocks[body[len(body) // 2].index : last + _NEAR_BODY]):
        if block.hidden or block.kind is BlockKind.CAPTION:
            continue
        if not reads_like_byline(block, at_end=block.index >= last - 1):
            continue
        names = label_of(block.element) + _names_around(block.element.getparent())
        if "footer" not in names.lower():
            return block
    return None


def reads_like_byline(block: RawBlock, *, at_end: bool = True) -> bool:
    """Return True for the form of a credit line: a label, an agency, a name to the right.

    Unless *at_end*, neither a place to the right nor a picture's credit counts:
    that has its label, or names somebody in brackets.
    """
    text = block.text
    if len(block.words) > _CREDIT_WORDS // 2 or text.endswith(
        (".", "?", "!", "…", "”", '"')
    ):
        return False
    label = compare_key(text.partition(":")[0]) if ":" in text else ""
    if not at_end and label in phrases().picture_labels:
        return False
    signed = label in phrases().byline_labels or (at_end and _is_set_apart(block))
    if not signed and not any(word in block.key for word in _starts_of_agencies()):
        return False
    found = parse_byline(text)
    if not at_end and found.authors and _IN_BRACKETS.fullmatch(text):
        return False
    return bool(found.agency or (found and signed)) and covers(found)


@cache
def _starts_of_agencies() -> frozenset[str]:
    """Return the first words of agencies and papers: a line without any names none."""
    named = (*phrases().agencies, *publications())
    return frozenset(name.split()[0] for name in named)


def covers(byline: Byline) -> bool:
    """Return True if names, agency and labels are all that *byline* prints.

    What stands in parentheses may say where or how: "(from Paris)".
    """
    text = _ASIDE.sub(" ", byline.printed)
    named = words(" ".join((*byline.authors, byline.agency)))
    labels = _label_words()
    run = zip(words(text), words(compare_key(text)), strict=False)
    other = [word for word, key in run if word not in named and key not in labels]
    return len(other) <= 1 + len(named) // 4


@cache
def _label_words() -> frozenset[str]:
    labels = phrases().byline_labels
    return frozenset(word for label in labels for word in words(label))


def _is_set_apart(block: RawBlock) -> bool:
    style = (
        f"{block.element.get('style', '')} text-align:{block.element.get('align', '')}"
    )
    return bool(_RIGHT.search(style))


_CLOSING_SHARE = 0.6
"""Share of the words of the text after which a credit line closes it."""


def choose_byline(
    blocks: list[RawBlock],
    main: MainContent,
    following: list[RawBlock],
    ledger: Ledger,
) -> Byline:
    """Return who the credit line among *following* and the blocks around it names.

    What follows a line that closes the text is dropped, except for a correction.
    """
    named = named_lines(blocks, following)
    line = find_byline(blocks, following, named)
    if line is None:
        return Byline()
    said = parse_byline(line.printed)
    if not said.agency:
        said = replace(said, agency=source_after(blocks, line))
    again = [each.block for each in named if _repeats(each, said)]
    ledger.decide_all([line.block], Rule.BYLINE)
    ledger.decide_all(again, Rule.BYLINE_REPEATED)
    followed = {b.index for b in following}
    end = max([line.block.index, *(b.index for b in again if b.index in followed)])
    before = sum(len(b.words) for b in following if b.index < end)
    if before > _CLOSING_SHARE * sum(len(b.words) for b in following):
        own = main.found.union(main.inside)
        after = (b for b in blocks[end + 1 :] if b.index in own)
        rest = [b for b in after if not is_correction(b)]
        ledger.decide_all(rest, Rule.AFTER_BYLINE)
    return said


def _repeats(line: CreditLine, byline: Byline) -> bool:
    return set(parse_byline(line.printed).authors) <= set(byline.authors)
