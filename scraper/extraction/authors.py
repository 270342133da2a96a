"""Who wrote the article: the likeliest of the sets of names that the page states."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from scraper.extraction import weights
from scraper.extraction.byline import covers, find_stated
from scraper.extraction.credit_lines import Line, Place, is_group, key_of, united
from scraper.extraction.labeller import Trees
from scraper.extraction.people import is_full
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.extraction.byline import Stated
    from scraper.extraction.choose import Content
    from scraper.extraction.kind import Evidence
    from scraper.extraction.people import Byline

    NameSet = tuple[str, tuple[str, ...]]


_GLUED = re.compile(r"[a-z\u00df-\u00f6]{3}[A-Z]")
_NEXT_AUTHOR = 2
"""Blocks from one author's line to that of the next: a portrait or a role may be between."""
_CREDIT_OTHERS = 3
"""Words beside the names that a credit line has which is believed before the head.

Of 16 gold pages with such a line of other people, 8 have those of the line, 2 those of
the head; of lines without a label 2 of 12 (2026-11).
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """*names* that may be all authors, with the numbers that decide whether they are."""

    names: tuple[str, ...]
    numbers: dict[str, float]


def candidates(stated: Stated) -> list[Candidate]:
    """Return the sets of names that may be all authors of a page, each once."""
    stated = _without_posters(stated)
    if not (stated.json_ld or stated.meta):
        lines = tuple(_united_runs(stated.lines))
        stated = replace(stated, lines=lines, byline=_whole(stated.byline, lines))
    above = [line for line in stated.lines if line.is_marked and line.numbers["above"]]
    below = [line for line in stated.lines if line.is_marked and line not in above]
    listed = _printed_first(_name_sets(stated, above, below), above)
    by_keys: dict[frozenset[str], tuple[tuple[str, ...], set[str]]] = {}
    for source, names in listed:
        if names:
            keys = frozenset(map(key_of, names))
            by_keys.setdefault(keys, (names, set()))[1].add(source)
    facts = _Facts(stated, above, below)
    return [
        Candidate(names, facts.of(keys, names, sources))
        for keys, (names, sources) in by_keys.items()
    ]


def _name_sets(stated: Stated, above: list[Line], below: list[Line]) -> list[NameSet]:
    """Return the sets of names that sources and lines state, each with its source."""
    printed = {key_of(n) for line in stated.lines for n in line.names}
    shown = {key_of(n) for line in above for n in line.names}
    sets: list[NameSet] = [
        ("json_ld", stated.json_ld),
        ("meta", stated.meta),
        ("byline", stated.byline),
        ("either", united((stated.json_ld, stated.meta))),
        ("told", united(line.names for line in above)),
        ("below", united(line.names for line in below)),
        ("linked", united(line.linked for line in above)),
        ("confirmed", tuple(n for n in stated.json_ld if key_of(n) in printed)),
        ("confirmed", tuple(n for n in stated.meta if key_of(n) in printed)),
        ("shown", tuple(n for n in stated.json_ld if key_of(n) in shown)),
        ("shown", tuple(n for n in stated.meta if key_of(n) in shown)),
    ]
    return sets + [("line", names) for line in stated.lines for names in line[:2]]


def _printed_first(listed: Iterable[NameSet], above: list[Line]) -> Iterator[NameSet]:
    """Yield *listed* with the names of each in the order of a line that prints them all."""
    orders = [[key_of(name) for name in line.names] for line in above]
    for source, names in listed:
        keys = set(map(key_of, names))
        order = next((o for o in orders if len(o) > 1 and set(o) == keys), None)
        yield (
            source,
            names
            if order is None
            else tuple(sorted(names, key=lambda n: order.index(key_of(n)))),
        )


def _united_runs(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield *lines*, neighbours of one form as one: each author may have a line."""
    last: Line | None = None
    for line in lines:
        if last and _continues(line, last):
            last = _with_names(last, line)
            continue
        if last:
            yield last
        last = line
    if last:
        yield last


def _whole(names: tuple[str, ...], lines: Iterable[Line]) -> tuple[str, ...]:
    """Return *names*, or those of a credit that has them among others and no more."""
    keys = set(map(key_of, names))
    wholes = (
        line.names
        for line in lines
        if line.is_marked
        and not line.numbers["others"]
        and all(map(is_full, line.names))
    )
    return next((w for w in wholes if keys and keys < set(map(key_of, w))), names)


def _continues(line: Line, last: Line) -> bool:
    if not (line.is_marked and last.is_marked and line.form == last.form):
        return False
    is_near = line.at - last.at <= _NEXT_AUTHOR
    return is_near and all(map(is_full, (*last.names, *line.names)))


def _with_names(line: Line, other: Line) -> Line:
    """Return *line* with the names of the *other*, which stands below it."""
    names = united((line.names, other.names))
    numbers = line.numbers | {"line_names": float(len(names))}
    linked = united((line.linked, other.linked))
    return Line(names, linked, numbers, line.form, other.at)


def _without_posters(stated: Stated) -> Stated:
    """Leave out declared people whom a credit line contradicts or completes.

    Who is declared and printed nowhere put the article online, if a short line with a
    label names others. Of several authors, joined by an "and", some declare the first.
    """
    credits_ = [line for line in stated.lines if _is_credit(line, stated.byline)]
    printed = {
        word
        for line in stated.lines
        for name in line.names
        for word in _name_words(name)
    }

    def stands(names: tuple[str, ...]) -> bool:
        keys = set(map(key_of, names))
        if any(
            keys < set(map(key_of, line.names)) and line.numbers["joined"]
            for line in credits_
        ):
            return False
        return not credits_ or not printed.isdisjoint(
            w for n in names for w in _name_words(n)
        )

    return replace(
        stated,
        json_ld=stated.json_ld if stands(stated.json_ld) else (),
        meta=stated.meta if stands(stated.meta) else (),
    )


def _name_words(name: str) -> list[str]:
    return [word for word in key_of(name).split() if len(word) > 1]


def _is_credit(line: Line, byline: tuple[str, ...]) -> bool:
    """Return True for a short line with a label, or one that signs the text at its end."""
    numbers = line.numbers
    if numbers["role"] or numbers["hidden"] or numbers["others"] > _CREDIT_OTHERS:
        return False
    if not all(map(is_full, line.names)):
        return False
    if numbers["above"]:
        return bool(numbers["labelled"])
    return line.names == byline and abs(numbers["end_gap"]) <= 1


_SOURCES = (
    *("json_ld", "meta", "byline", "either", "told", "below", "linked", "confirmed"),
    *("shown", "line"),
)


class _Facts:
    """The numbers of a set of names on a page."""

    def __init__(self, stated: Stated, above: list[Line], below: list[Line]) -> None:
        self._lines = [(frozenset(map(key_of, e.names)), e) for e in stated.lines]
        self._json_ld = frozenset(map(key_of, stated.json_ld))
        self._meta = frozenset(map(key_of, stated.meta))
        self._above = frozenset(key_of(n) for e in above for n in e.names)
        self._below = frozenset(key_of(n) for e in below for n in e.names)
        self._linked = frozenset(key_of(n) for e in above for n in e.linked)
        self._sites = stated.sites
        self._signed = [
            (frozenset(map(key_of, e.names)), _count_marks(e)) for e in above
        ]
        self._page = {
            "json_ld_size": float(len(self._json_ld)),
            "meta_size": float(len(self._meta)),
            "told_size": float(len(self._above)),
            "told_lines": float(len(above)),
            "below_size": float(len(self._below)),
            "linked_size": float(len(self._linked)),
            "labelled_lines": sum(e.numbers["labelled"] for e in above),
        }

    def of(
        self, keys: frozenset[str], names: tuple[str, ...], sources: set[str]
    ) -> dict[str, float]:
        numbers = {f"is_{source}": float(source in sources) for source in _SOURCES}
        for name, others in (
            ("json_ld", self._json_ld),
            ("meta", self._meta),
            ("told", self._above),
            ("below", self._below),
            ("linked", self._linked),
        ):
            numbers[f"{name}_share"] = len(keys & others) / len(keys)
            numbers[f"{name}_left"] = float(len(others - keys))
        line = max(
            (e for own, e in self._lines if own & keys),
            key=lambda e: _strength(e, keys),
            default=_NO_LINE,
        )
        numbers["lines"] = float(sum(keys <= own for own, _ in self._lines))
        numbers["rival"] = max(
            (by for own, by in self._signed if not own & keys), default=0.0
        )
        numbers["site"] = float(bool(keys & self._sites))
        return numbers | line.numbers | _form(names) | self._page


_LINE_NUMBERS = (
    *("above", "head_gap", "body_gap", "end_gap", "labelled", "role", "named"),
    *("foreign", "others", "line_names", "heading", "inner", "hidden", "joined"),
)
_NO_LINE = Line((), (), dict.fromkeys(_LINE_NUMBERS, -99.0))


def _count_marks(line: Line) -> float:
    """Return how many features mark *line* as a credit (0-3)."""
    numbers = line.numbers
    return numbers["labelled"] + (numbers["named"] > 0) + bool(line.linked)


def _strength(line: Line, keys: frozenset[str]) -> tuple[float, ...]:
    numbers = line.numbers
    return (
        len(keys.intersection(map(key_of, line.names))),
        not numbers["role"],
        _count_marks(line),
        numbers["above"],
        -numbers["others"],
    )


def _form(names: tuple[str, ...]) -> dict[str, float]:
    size = len(names)
    return {
        "size": float(size),
        "single": sum(not is_full(name) for name in names) / size,
        "glued": sum(bool(_GLUED.search(name)) for name in names) / size,
        "upper": sum(map(str.isupper, names)) / size,
        "lower": sum(map(str.islower, names)) / size,
        "group": float(any(map(is_group, names))),
        "longest": float(max(map(len, names))),
    }


LIKELY = 0.15
"""Probability under which a set of names is not believed.

Out of fold, on 1000 gold pages with authors, .1 finds 1 % more of them and .5 finds 5 %
less (2026-11); pages without authors are few in the gold sets.
"""

TRAINED = Trees.of(weights, "authors")
"""The probability that a set of names is that of all authors, as this version has it."""


def extract_authors(evidence: Evidence, content: Content) -> tuple[str, ...]:
    """Return the people who wrote the article whose *content* was chosen."""
    return choose_authors(content.byline, partial(stated_authors, evidence, content))


def stated_authors(evidence: Evidence, content: Content) -> Stated:
    """Return what a page states of the authors of its *content*."""
    lines = content.body or content.near_title[:1]
    first, last = (lines[0].index, lines[-1].index) if lines else (0, 0)
    place = Place(content.headline, first, last)
    return find_stated(evidence.head, evidence.blocks, place, content.byline)


def choose_authors(
    byline: Byline, find_stated: Callable[[], Stated], trees: Trees | None = None
) -> tuple[str, ...]:
    """Return the people who wrote the article, () if none are likely.

    A credit line of nothing but people and their wire service stands, and one of a wire
    service alone names nobody. Else *trees* (default: TRAINED) choose the likeliest of the
    sets of *find_stated*, which is not called before.
    """
    trees = trees or TRAINED
    if _prints_agency(byline) and covers(byline):
        return byline.authors
    chosen: tuple[str, ...] = ()
    likeliest = LIKELY
    for candidate in candidates(find_stated()):
        probability = trees.probability(candidate.numbers)
        if probability > likeliest:
            chosen, likeliest = candidate.names, probability
    return chosen


def _prints_agency(byline: Byline) -> bool:
    """Return True if the line itself names the agency, not an element after it."""
    return bool(byline.agency) and set(words(byline.agency)) <= {*words(byline.printed)}
