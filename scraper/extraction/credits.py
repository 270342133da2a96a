"""Who may have written an article: the names it declares or prints, with what speaks for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.languages import phrases
from scraper.extraction.names import matcher
from scraper.extraction.people import (
    Label,
    is_agency,
    is_no_name,
    parse_byline,
    words_of_dates,
    without_label,
)
from scraper.text import clean, compare_key, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_META = re.compile(
    r"(?:^|[.:_-])(?:authors?|author[_-]?names?|creator|byl|byline)$|^dable:author$"
)
_NO_META = frozenset({"twitter:creator", "article:creator"})
_PROFILE = re.compile(
    r"(?i)/(?:authors?|writers?|staff|profiles?|people|persons?|contributors?|producers?"
    r"|reporters?|journalists?|columnists?|auteurs?|autor(?:es|en)?|users?|by|team|tac-gia"
    r"|meet-the-team|our-team|members?)/[^/?#]|/@\w"
)
_CREDIT_CLASS = re.compile(
    r"(?i)author|by-?line|writer|creator|contributor|autor|auteur|journalist|reporter"
    r"|tac-?gia|nguoi-?viet|pen-?name|signature|(?:posted|written)-?by"
)
_names_credit = matcher(_CREDIT_CLASS)
_FOREIGN_CLASS = re.compile(
    r"(?i)comment|related|sidebar|footer|card|teaser|recommend|most-?read|popular|promo"
    r"|newsletter|bio(?:$|[\s_-])|carousel|widget|menu|nav"
)
_names_foreign = matcher(_FOREIGN_CLASS)
_HANDLE = re.compile(r"[^\W\d_][\w.’'-]{2,30}(?: [^\W\d_][\w.’'-]{0,20}){0,2}")
_INLINE = ("a", "span", "b", "strong", "em", "i", "cite", "address")
_JOINS = re.compile(r"[\s,&|/•·–—-]*")
_MAX_WORDS = 40
_ABOVE = 4
_BELOW = 9
_INTO = 3
"""Blocks before the headline, after the end of the body, and of its start and end."""
_BARE = 10
"""Blocks before the body where no headline is known."""
_TOLD_OTHERS, _BARE_OTHERS = 16, 2
"""Words that a line may say beside names: named for credits, or nothing but short."""
_MOST = 24
"""Names that are weighed: a page that lists more lists no authors."""


class Place(NamedTuple):
    """Where on the page an article is: indexes of its blocks, *headline* -1 if unknown."""

    headline: int
    first: int
    last: int


@dataclass(slots=True)
class Candidate:
    """A name with numbers that tell whether it is an author's, by their names."""

    name: str
    numbers: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return " ".join(words(self.name))


class _Line(NamedTuple):
    """A block that prints *names*; the numbers that they share."""

    block: RawBlock
    names: tuple[str, ...]
    numbers: dict[str, float]


def find_candidates(
    declared: Declared,
    data: StructuredData,
    blocks: Sequence[RawBlock],
    place: Place,
    site_names: Iterable[str],
) -> list[Candidate]:
    """Return the names that may be authors', each once, in the order they are stated.

    Wire services, papers, and the site's own name are left out.
    """
    found = _Found({compare_key(name) for name in site_names if name})
    for source, texts in (("json_ld", data.authors), ("meta", _metas(declared))):
        stated = [name for text in texts for name in named_in(text, loose=True)]
        for rank, name in enumerate(dict.fromkeys(stated)):
            found.add(name, {source: 1.0, f"{source}_rank": rank})
    for line in _lines(blocks, place):
        for rank, name in enumerate(line.names):
            own = _own_numbers(name, line.block.element)
            found.add(name, line.numbers | own | {"line_rank": rank})
    return found.weighed()


class _Found:
    """Candidates by key, the strongest of the places that print each."""

    def __init__(self, sites: set[str]) -> None:
        self._sites = sites
        self._by_key: dict[str, Candidate] = {}

    def add(self, name: str, numbers: dict[str, float]) -> None:
        if compare_key(name) in self._sites or is_agency(name):
            return
        candidate = Candidate(name)
        known = self._by_key.setdefault(candidate.key, candidate)
        if "above" not in numbers:
            known.numbers |= numbers
            return
        side = "shown_above" if numbers["above"] else "shown_below"
        known.numbers[side] = known.numbers.get(side, 0.0) + 1
        if _strength(numbers) > _strength(known.numbers):
            known.numbers |= numbers

    def weighed(self) -> list[Candidate]:
        found = list(self._by_key.values())[:_MOST]
        for each in found:
            each.numbers |= _form(each.name)
        shared = _shared(found)
        for each in found:
            each.numbers |= shared
        return found


def _strength(numbers: dict[str, float]) -> tuple[float, ...]:
    if "above" not in numbers:
        return (-1.0,)
    told = numbers["labelled"] + (numbers["named"] > 0) + numbers["linked"]
    return (numbers["role"] == 0, told, numbers["above"], -numbers["others"])


def _shared(found: list[Candidate]) -> dict[str, float]:
    """Return how many candidates the page has of each kind."""

    def count(*names: str) -> float:
        return float(sum(all(each.numbers.get(n) for n in names) for each in found))

    return {
        "rivals": float(len(found)),
        "in_json_ld": count("json_ld"),
        "in_meta": count("meta"),
        "labelled_above": count("labelled", "above"),
        "named_above": count("named", "above"),
        "linked_above": count("linked", "above"),
        "json_ld_shown": count("json_ld", "shown_above"),
        "meta_shown": count("meta", "shown_above"),
        "labelled_below": count("labelled", "shown_below"),
    }


def _form(name: str) -> dict[str, float]:
    parts = name.split()
    return {
        "parts": float(len(parts)),
        "upper": float(name.isupper()),
        "lower": float(name.islower()),
        "group": float(is_group(name)),
        "length": float(len(name)),
    }


def _metas(declared: Declared) -> Iterator[str]:
    """Yield what ``meta`` elements named for authors state, addresses left out."""
    for meta, values in declared.values.items():
        if _META.search(meta) and meta not in _NO_META:
            for value in map(clean, values):
                if "://" not in value and not value.startswith(("(", "@", "/")):
                    yield value
    label = compare_key(declared.first("twitter:label1")).strip(" :")
    if label in phrases().byline_prefixes or label in phrases().byline_labels:
        yield declared.first("twitter:data1")


def named_in(text: str, *, loose: bool = False) -> tuple[str, ...]:
    """Return the people that *text* names; if *loose* a group or an account, for want."""
    found = parse_byline(text).authors
    if found or not loose:
        return found
    bare = clean(without_label(text)).strip(" .,")
    if is_group(bare) or (_HANDLE.fullmatch(bare) and not is_no_name(bare)):
        return (bare,)
    return ()


def is_group(name: str) -> bool:
    """Return True for a group that signs as an author: "Example Staff"."""
    key = compare_key(name)
    ends = tuple(f" {group}" for group in phrases().groups)
    if not key.endswith(ends) or len(key.split()) > _INTO * 2:
        return False
    own = [word for word in key.split() if word not in _common_words()]
    return bool(own)


@cache
def _common_words() -> frozenset[str]:
    """Return words that no group is told by: "The News Team" may be anybody's."""
    known = phrases()
    lists = (known.groups, known.not_names, known.function_words, known.connectors)
    said = (word for entries in lists for entry in entries for word in entry.split())
    return frozenset(said) | {"our", "web", "online"}


def _lines(blocks: Sequence[RawBlock], place: Place) -> Iterator[_Line]:
    """Yield the lines around headline and body that name somebody."""
    start = place.headline - _ABOVE if place.headline >= 0 else place.first - _BARE
    above = range(max(0, start), min(place.first + _INTO, len(blocks)))
    below = range(
        max(above.stop, place.last - _INTO), min(place.last + _BELOW, len(blocks))
    )
    for index in (*above, *below):
        block = blocks[index]
        if block.hidden or not block.text or len(block.words) > _MAX_WORDS:
            continue
        if line := _line(block, place, is_above=index in above):
            yield line


def _line(block: RawBlock, place: Place, *, is_above: bool) -> _Line | None:
    text = _pieces(block)
    around = _names_around(block.element)
    named = _level(around)
    said = parse_byline(text)
    names = said.authors or named_in(block.text)
    if not names and (named or said.label is Label.WRITER or _is_linked(block.element)):
        names = named_in(text, loose=True)
    if not names:
        return None
    head = block.index - place.headline if place.headline >= 0 else 99
    numbers = {
        "above": float(is_above),
        "head_gap": float(head),
        "body_gap": float(block.index - place.first),
        "end_gap": float(block.index - place.last),
        "labelled": float(said.label is Label.WRITER),
        "role": float(said.label > Label.WRITER),
        "named": float(named),
        "foreign": float(_names_foreign(" ".join(around))),
        "others": float(_others(block, names)),
        "line_names": float(len(names)),
        "heading": float(block.kind.value == "heading"),
    }
    told = numbers["labelled"] or named or _is_linked(block.element)
    if numbers["others"] > (_TOLD_OTHERS if told else _BARE_OTHERS):
        return None
    return _Line(block, names, numbers)


def _pieces(block: RawBlock) -> str:
    """Return the text of *block* with "|" between its elements, a label left with its name."""
    if not len(block.element):
        return block.text
    joined = ""
    for text in map(clean, map(str, block.element.itertext())):
        if not text or text not in block.text:
            continue
        glued = not joined or _JOINS.fullmatch(text) or _is_label(joined)
        joined += f" {text}" if glued or text[0] in ",;&" else f" | {text}"
    return joined or block.text


def _is_label(text: str) -> bool:
    last = text.rpartition("|")[2]
    return not without_label(last) or compare_key(last) in phrases().connectors


def _names_around(element: HtmlElement) -> tuple[str, ...]:
    """Return what *element* and the two around it are named."""
    chain = [element]
    for _ in range(2):
        parent = chain[-1].getparent()
        if parent is None or parent.tag in ("body", "html", "article", "main"):
            break
        chain.append(parent)
    return tuple(map(_label, chain))


def _label(element: HtmlElement) -> str:
    get = element.get
    return f"{get('class', '')} {get('itemprop', '')} {get('rel', '')}"


def _level(around: tuple[str, ...]) -> int:
    """Return how near an element named for credits is: 3 the own one, 0 none."""
    return next((3 - n for n, name in enumerate(around) if _names_credit(name)), 0)


def _own_numbers(name: str, element: HtmlElement) -> dict[str, float]:
    """Return what the inline elements of *element* that print *name* say of it."""
    run = f" {' '.join(words(name))} "
    numbers = {"linked": 0.0, "inner_named": 0.0}
    for inner in element.iter(*_INLINE):
        if run in f" {' '.join(words(' '.join(map(str, inner.itertext()))))} ":
            if inner.tag == "a" and _leads_to_author(inner):
                numbers["linked"] = 1.0
            if _names_credit(_label(inner)):
                numbers["inner_named"] = 1.0
    return numbers


def _is_linked(element: HtmlElement) -> bool:
    return any(map(_leads_to_author, element.iter("a")))


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
