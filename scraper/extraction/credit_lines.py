"""The lines of a page that print who wrote it, with the evidence for each."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.languages import phrases
from scraper.extraction.paths import INLINE, label_of, matcher
from scraper.extraction.people import (
    Label,
    is_account,
    is_agency,
    is_no_name,
    joins_names,
    may_hold_label,
    parse_byline,
    without_label,
    words_of_dates,
)
from scraper.text import clean, compare_key, fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock

_SITE = re.compile(r"(?i)\w\.[a-z]{2,3}$")
_PROFILE = re.compile(
    r"(?i)[?&]_?author=|/(?:authors?|writers?|staff|profiles?|people|persons?|contributors?|producers?"
    r"|reporters?|journalists?|columnists?|auteurs?|autor(?:es|en)?|users?|by|team|tac-gia"
    r"|meet-the-team|our-team|members?)/[^/?#]|/@\w"
)
_names_credit = matcher(
    r"(?i)author|by-?line|writer|creator|contributor|autor|auteur|journalist|reporter"
    r"|WORDS|pen-?name|signature|(?:posted|written)-?by",
    "author_classes",
)
_names_foreign = matcher(
    r"(?i)comment|related|sidebar|footer|card|teaser|recommend|most-?read|popular|promo"
    r"|newsletter|bio(?:$|[\s_-])|carousel|widget|menu|nav"
)
_names_comment = matcher(
    r"(?i)(?:^|[\s_-])(?:comments?|commentlist|replies|respond)(?![a-z])"
)
_HANDLE = re.compile(r"[^\W\d_][\w.’'-]{2,30}(?: [^\W\d_][\w.’'-]{0,20}){0,2}")
_GROUP_WORDS = 5
"""Words of the longest name of a group."""
_JOINS = re.compile(r"[\s,&|/•·–—-]*")
_CREDIT_WORDS = 40
"""Words of the longest block that is read for names."""
_ENDS = ".?!:…"
_BARE_WORDS, _LABELLED_WORDS = 8, 16
"""Words of a line that is not marked: without a word of a label, and with one."""
_ABOVE_HEADLINE, _BELOW_BODY, _INTO_BODY = 4, 7, 3
"""Blocks before the headline, after the body, and of its start and end, that are read."""
_MOST_PIECES = 200
"""Texts of an element that are read for a line of it; a page may be one element."""
_COMMENT_LEVELS = 5
"""Elements around a line that may say that it is of a comment."""
_ABOVE_BODY = 10
"""Blocks before the body that are read if no headline is known."""
_MARKED_BLOCKS = 8
"""Further blocks on each side, of which a line counts if it is marked as a credit."""
_NAME_PART = re.compile(r"(?i)(?:first|given|last|family|sur)[_-]?name")
_MARKED_OTHERS, _BARE_OTHERS = 16, 2
"""Words beside names in a line that is marked as a credit, and in one that is not."""


class Place(NamedTuple):
    """Where on the page an article is: indexes of its blocks, *headline* -1 if unknown."""

    headline: int
    first: int
    last: int


class Line(NamedTuple):
    """A block that prints *names*, those *linked* to an author's page, the evidence for it.

    Lines of one *form* stand in elements of the same names; *at* is the index of the block.
    """

    names: tuple[str, ...]
    linked: tuple[str, ...]
    numbers: dict[str, float]
    form: str = ""
    at: int = 0

    @property
    def is_marked(self) -> bool:
        """Whether a label, a name of an element, or a link marks it as a credit."""
        marks = self.numbers["labelled"] + self.numbers["named"] + len(self.linked)
        return bool(marks) and not self.numbers["role"]


def united(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of *lists* in their order, each once, in its first spelling."""
    named = [name for names in lists for name in names]
    return tuple({key_of(name): name for name in reversed(named)}.values())[::-1]


@lru_cache(maxsize=256)
def key_of(name: str) -> str:
    """Return what two spellings of a name share: case, marks and punctuation do not count."""
    return " ".join(words(fold(name)))


def named_in(text: str, *, loose: bool = False) -> tuple[str, ...]:
    """Return the people that *text* names; if *loose*, else a group or an account."""
    found = parse_byline(text).authors
    if found or not loose:
        return found
    bare = _bare_name(text)
    if is_agency(bare) or is_account(bare) or _SITE.search(bare):
        return ()
    if is_group(bare) or (_HANDLE.fullmatch(bare) and not is_no_name(bare)):
        return (bare,)
    return ()


def _group_in(text: str) -> tuple[str, ...]:
    bare = _bare_name(text)
    return (bare,) if is_group(bare) else ()


def _bare_name(text: str) -> str:
    return clean(without_label(text)).strip(" .,")


def is_group(name: str) -> bool:
    """Return True for a group that signs as an author: "Example Staff"."""
    key = compare_key(name)
    run = key.split()
    if not key.endswith(_ends_of_groups()) or len(run) > _GROUP_WORDS or "|" in name:
        return False
    if is_account(name) or any(word.strip(",.").isdigit() for word in run):
        return False
    return not _common_words().issuperset(run)


@cache
def _ends_of_groups() -> tuple[str, ...]:
    return tuple(f" {group}" for group in phrases().groups)


@cache
def _common_words() -> frozenset[str]:
    """Return words that do not identify a group: "The News Team" may be anybody's."""
    known = phrases()
    lists = (known.groups, known.not_names, known.function_words, known.connectors)
    said = (word for entries in lists for entry in entries for word in entry.split())
    return frozenset(said) | {"our", "web", "online"}


def iter_lines(
    blocks: Sequence[RawBlock], place: Place, sites: frozenset[str]
) -> Iterator[Line]:
    """Yield the lines around headline and body that name somebody.

    Hidden lines and lines farther off count only if something marks them as credits.
    """
    start = (
        place.headline - _ABOVE_HEADLINE
        if place.headline >= 0
        else place.first - _ABOVE_BODY
    )
    stop = max(place.first, place.headline) + _INTO_BODY
    end = max(stop, place.last - _INTO_BODY)
    for index in (
        *range(
            max(0, start - _MARKED_BLOCKS), min(stop + _MARKED_BLOCKS, end, len(blocks))
        ),
        *range(end, min(place.last + _BELOW_BODY + _MARKED_BLOCKS, len(blocks))),
    ):
        block = blocks[index]
        if not block.text or len(block.words) > _CREDIT_WORDS:
            continue
        if index >= place.last and _is_comment(block.element):
            continue
        is_near = start <= index < stop or end <= index < place.last + _BELOW_BODY
        bare = is_near and not block.hidden
        line = _line_of(block, place, sites, is_above=index < end, bare=bare)
        if line and (bare or line.is_marked):
            yield line


def _line_of(
    block: RawBlock,
    place: Place,
    sites: frozenset[str],
    *,
    is_above: bool,
    bare: bool,
) -> Line | None:
    """Return the line that *block* is, None if it names nobody.

    If *bare*, it may be one although nothing around it says so.
    """
    around = _names_around(block.element)
    links = [link for link in block.element.iter("a") if _leads_to_author(link)]
    is_marked = _level(around) or links or _may_be_labelled(block)
    if not (is_marked or (bare and _may_be_bare(block, place, is_above=is_above))):
        return None
    line = _line(block, place, sites, around, links)
    if line:
        line.numbers["above"] = float(is_above)
    return line


def _line(
    block: RawBlock,
    place: Place,
    sites: frozenset[str],
    around: tuple[str, ...],
    links: list[HtmlElement],
) -> Line | None:
    named = _level(around)
    text = _pieces(block)
    said = parse_byline(text)
    names = said.authors or named_in(block.text) or _group_in(block.text)
    if not names and (named or said.label is Label.WRITER or links):
        names = named_in(text, loose=True)
    names = tuple(n for n in names if key_of(n) not in sites) or names
    if not names:
        return None
    linked = _held_by(links, names)
    is_labelled = said.label is Label.WRITER
    others = _others(block, names)
    is_marked = is_labelled or named or linked
    if others > (_MARKED_OTHERS if is_marked else _BARE_OTHERS):
        return None
    head = block.index - place.headline if place.headline >= 0 else 99
    numbers = {
        "head_gap": float(head),
        "body_gap": float(block.index - place.first),
        "end_gap": float(block.index - place.last),
        "labelled": float(is_labelled),
        "role": float(said.label > Label.WRITER),
        "named": float(named),
        "foreign": float(_names_foreign(" ".join(around))),
        "others": float(others),
        "joined": float(joins_names(block.text, names)),
        "line_names": float(len(names)),
        "heading": float(block.kind.value == "heading"),
        "hidden": float(block.hidden),
        "inner": float(bool(_held_by(_named_inside(block.element), names))),
    }
    form = f"{block.element.tag} {' '.join(around)}"
    return Line(names, linked, numbers, form, block.index)


def _is_comment(element: HtmlElement) -> bool:
    around = (element, *islice(element.iterancestors(), _COMMENT_LEVELS))
    return any(_names_comment(f"{label_of(e)} {e.get('id', '')}") for e in around)


def _pieces(block: RawBlock) -> str:
    """Return the text of *block* with "|" between its elements, a label left with its name."""
    if not len(block.element) or _parts_name(block.element):
        return block.text
    joined = ""
    for text in map(clean, map(str, islice(block.element.itertext(), _MOST_PIECES))):
        if not text or text not in block.text:
            continue
        glued = not joined or _JOINS.fullmatch(text) or _is_label(joined)
        joined += f" {text}" if glued or text[0] in ",;&" else f" | {text}"
    return joined.strip() or block.text


def _parts_name(element: HtmlElement) -> bool:
    """Return True if given and family name stand in elements of their own."""
    inside = islice(element.iter("span"), _MOST_PIECES)
    return any(_NAME_PART.search(label_of(each)) for each in inside)


def _is_label(text: str) -> bool:
    last = text.rpartition("|")[2]
    key = compare_key(last)
    joins = key in phrases().connectors or key in phrases().place_words
    return joins or not without_label(last)


def _names_around(element: HtmlElement) -> tuple[str, ...]:
    """Return what *element* and the two around it are named."""
    chain = [element]
    for _ in range(2):
        parent = chain[-1].getparent()
        if parent is None or parent.tag in ("body", "html", "article", "main"):
            break
        chain.append(parent)
    return tuple(map(label_of, chain))


def _level(around: tuple[str, ...]) -> int:
    """Return how near an element named for credits is: 3 the own one, 0 none."""
    return next((3 - n for n, name in enumerate(around) if _names_credit(name)), 0)


def _may_be_labelled(block: RawBlock) -> bool:
    """Return True if *block* is short and holds a word that may begin a label."""
    return _is_short(block) and may_hold_label(block.words)


def _is_short(block: RawBlock) -> bool:
    ends = block.text[-1] in _ENDS
    return len(block.words) <= _LABELLED_WORDS and not ends and block.link_density != 1


def _may_be_bare(block: RawBlock, place: Place, *, is_above: bool) -> bool:
    """Return True if *block* may be a credit line although nothing around it says so."""
    is_next = is_above or block.index - place.last <= 1
    size, text = len(block.words), block.text
    return (
        is_next and size <= _BARE_WORDS and not text[0].islower() and _is_short(block)
    )


def _held_by(elements: list[HtmlElement], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of *names* that one of *elements* prints."""
    if not elements:
        return ()
    texts = [f" {' '.join(words(_text(element)))} " for element in elements]
    return tuple(
        name
        for name in names
        if any(f" {' '.join(words(name))} " in text for text in texts)
    )


def _text(element: HtmlElement) -> str:
    return " ".join(map(str, element.itertext()))


def _named_inside(element: HtmlElement) -> list[HtmlElement]:
    return [e for e in element.iter(*INLINE) if _names_credit(label_of(e))]


def _leads_to_author(link: HtmlElement) -> bool:
    profile = _PROFILE.search(link.get("href", ""))
    return bool(profile) or "author" in link.get("rel", "").lower().split()


def _others(block: RawBlock, names: Iterable[str]) -> int:
    """Return how many words of *block* are no name, no label, and no date."""
    said = {word for name in names for word in words(name)}
    return sum(
        word not in said and word not in _light_words() and not word[:1].isdigit()
        for word in block.words
    )


@cache
def _light_words() -> frozenset[str]:
    known = phrases()
    labels = (known.byline_labels, known.byline_prefixes, known.connectors)
    said = {w for entries in labels for entry in entries for w in words(entry)}
    return frozenset(said) | words_of_dates()
