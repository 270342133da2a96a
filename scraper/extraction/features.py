"""Numbers about each block of a page, for the labeller.

They say how a block is set (its element, what is around it, how these are named), what
its text looks like, and where it stands among the others. No site and no publisher's own
class name is in them; words come from the language files. They are counts and ratios of
counts, so that a page has the same numbers on every machine.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.blocks import HEADINGS
from scraper.extraction.languages import phrases
from scraper.extraction.paths import template_paths
from scraper.extraction.surroundings import (
    FAMILIES,
    TAGS,
    Surroundings,
    surroundings,
)
from scraper.items import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock

Column = Sequence[float]
LONG = 12
"""Words from which on a line can be prose."""
_LINKED = 0.3
_LINK = 0.5
_ENDS = tuple(".!?…。！？।؟۔”\"»’'")
_STOPS = re.compile("[.!?…。！？।؟۔]")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)
_FIRST_UNSPACED = "\u0e00"
_SHINGLE = 4
_EDGES = " :.…-–—|»›*_•·"
_KINDS = {kind: at for at, kind in enumerate(BlockKind)}
_OWN_TAGS = {
    tag: at
    for at, tag in enumerate(
        (
            "p",
            "div",
            "li",
            "td",
            "span",
            "section",
            "body",
            "article",
            *sorted(HEADINGS),
        ),
        start=1,
    )
}
_LEVELS = 4
"""Ancestors whose contents are summed up."""
_NOWHERE = 999
"""How far it is to what a page has not."""
_ALIKE = 0.4
"""Likeness to the declared title from which on a block is taken for the headline."""
_CONTEXT = 3
"""Levels up to which prose counts for the element that holds it."""


def units(text: str, run: list[str]) -> int:
    """Return how much *text* says, in words; *run* are its words.

    In scripts without spaces two characters count as a word.
    """
    if text.isascii() or not text or max(text) < _FIRST_UNSPACED:
        return len(run)
    return max(len(run), len(_UNSPACED.findall(text)) // 2)


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says of its article: words of its title, lead and text."""

    title: Sequence[str] = ()
    description: Sequence[str] = ()
    body: Sequence[str] = ()
    is_article: bool = False


class _Sums(NamedTuple):
    """Sums over the blocks before each, so that those of a range are a difference."""

    units: list[int]
    size: list[int]
    linked: list[int]
    prose: list[int]
    links: list[int]


def block_features(blocks: list[RawBlock], head: Head) -> dict[str, Column]:
    """Return columns by name, each with a number for each of *blocks*."""
    return dict(_Page(blocks, head).columns()) if blocks else {}


class _Page:
    """The blocks of a page with what is asked of them more than once."""

    def __init__(self, blocks: list[RawBlock], head: Head) -> None:
        self.blocks = blocks
        self.head = head
        self.units = [units(b.text, b.words) for b in blocks]
        self.linked = [b.link_density for b in blocks]
        self.ends = [b.text.endswith(_ENDS) for b in blocks]
        facts = zip(blocks, self.units, self.linked, self.ends, strict=True)
        self.prose = [
            size
            if size >= LONG and linked < _LINKED and ends and not block.hidden
            else 0
            for block, size, linked, ends in facts
        ]
        self.sums = _Sums(
            _before(self.units),
            _before([len(b.text) for b in blocks]),
            _before([b.linked for b in blocks]),
            _before(self.prose),
            _before([linked > _LINK for linked in self.linked]),
        )
        self.first: dict[HtmlElement, int] = {}
        self.last: dict[HtmlElement, int] = {}
        chains: dict[HtmlElement, list[HtmlElement]] = {}
        self.chains: list[list[HtmlElement]] = []
        for at, block in enumerate(blocks):
            chain = chains.get(block.element)
            if chain is None:
                chain = [block.element, *block.element.iterancestors()]
                chains[block.element] = chain
            self.chains.append(chain)
            for element in chain:
                self.first.setdefault(element, at)
                self.last[element] = at

    def columns(self) -> Iterator[tuple[str, Column]]:
        yield from self._own()
        yield from self._around()
        yield from self._said()
        yield from self._held()
        yield from self._of_path()
        yield from self._from_headline()
        yield from self._from_prose()
        yield from self._from_top()
        yield from self._from_headings()
        yield from self._neighbours()
        yield from self._whole()

    def _own(self) -> Iterator[tuple[str, Column]]:
        blocks = self.blocks
        yield "kind", [_KINDS[b.kind] for b in blocks]
        yield "tag", [_OWN_TAGS.get(b.element.tag, 0) for b in blocks]
        yield "hidden", [b.hidden for b in blocks]
        yield "bold", [b.is_bold for b in blocks]
        yield "units", [*self.units]
        yield "size", [len(b.text) for b in blocks]
        yield "linked", self.linked
        yield "ends", [*self.ends]

    def _around(self) -> Iterator[tuple[str, Column]]:
        known: dict[HtmlElement, Surroundings] = {}
        places = [surroundings(b.element, known) for b in self.blocks]
        yield "depth", [place.depth for place in places]
        for bit, tag in enumerate(TAGS):
            yield f"in_{tag}", [place.tags >> bit & 1 for place in places]
        columns = zip(*(place.near for place in places), strict=True)
        near = dict(zip(FAMILIES, map(list, columns), strict=True))
        self.signed = [levels <= 1 for levels in near["signed"]]
        for family, levels in near.items():
            yield f"near_{family}", levels

    def _said(self) -> Iterator[tuple[str, Column]]:
        blocks, functional = self.blocks, phrases().function_words
        title, description = set(self.head.title), set(self.head.description)
        stated, copies = _shingles(self.head.body), Counter(b.text for b in blocks)
        own = [set(b.words) for b in blocks]
        counts = [max(1, len(words)) for words in own]
        of_title = [len(words & title) for words in own]
        told = [len(words & description) for words in own]
        yield "stops", [len(_STOPS.findall(b.text)) for b in blocks]
        yield "capitals", [_capitals(b.text) for b in blocks]
        yield (
            "function_words",
            [
                len(words & functional) / count
                for words, count in zip(own, counts, strict=True)
            ],
        )
        yield "address", ["@" in b.text or "©" in b.text for b in blocks]
        yield "title_shared", [n / c for n, c in zip(of_title, counts, strict=True)]
        yield "title_covered", [n / max(1, len(title)) for n in of_title]
        yield "description_shared", [n / c for n, c in zip(told, counts, strict=True)]
        yield "description_covered", [n / max(1, len(description)) for n in told]
        yield "stated", [_share(b.words, stated) if stated else -1 for b in blocks]
        yield "copies", [copies[b.text] for b in blocks]

    def _held(self) -> Iterator[tuple[str, Column]]:
        """Yield what each of the ancestors of a block holds."""
        known: dict[HtmlElement, tuple[float, ...]] = {}
        for level in range(1, _LEVELS + 1):
            rows = []
            for chain in self.chains:
                element = chain[min(level, len(chain) - 1)]
                row = known.get(element)
                if row is None:
                    known[element] = row = self._sums_of(element)
                rows.append(row)
            names = ("units", "linked", "prose", "blocks")
            for name, column in zip(names, zip(*rows, strict=True), strict=True):
                yield f"{name}_held_{level}", list(column)
        parents = [chain[1] if len(chain) > 1 else chain[0] for chain in self.chains]
        yield "siblings", [len(parent) for parent in parents]
        yield "in_parent", [at - self.first[e] for at, e in enumerate(parents)]

    def _sums_of(self, element: HtmlElement) -> tuple[float, ...]:
        start, end = self.first[element], self.last[element] + 1
        said, size, linked, prose, _ = (each[end] - each[start] for each in self.sums)
        return said, linked / max(1, size), prose / max(1, said), end - start

    def _of_path(self) -> Iterator[tuple[str, Column]]:
        """Yield what the blocks on a block's template path are together."""
        paths = template_paths(self.blocks)
        places: dict[str, list[int]] = defaultdict(list)
        for at, path in enumerate(paths):
            places[path].append(at)
        total = max(1, self.sums.prose[-1])
        facts: dict[str, tuple[float, ...]] = {}
        for path, ats in places.items():
            said = sum([self.units[at] for at in ats])
            linked = sum([self.units[at] * self.linked[at] for at in ats])
            prose = sum([self.prose[at] for at in ats])
            facts[path] = (
                len(ats),
                said,
                linked / max(1, said),
                prose,
                prose / total,
            )
        names = ("blocks", "units", "linked", "prose", "share")
        columns = zip(*(facts[path] for path in paths), strict=True)
        for name, column in zip(names, columns, strict=True):
            yield f"path_{name}", list(column)
        yield "path_before", [at - places[p][0] for at, p in enumerate(paths)]
        yield "path_after", [places[p][-1] - at for at, p in enumerate(paths)]
        self.paths = len(places)

    def _from_headline(self) -> Iterator[tuple[str, Column]]:
        """Yield what stands between the headline and each block, and before it at all."""
        count, said, prose = len(self.blocks), self.sums.units, self.sums.prose
        headline = self.headline
        spans = [(min(headline, at), max(headline, at)) for at in range(count)]
        headings, signed = _before(self.headings), _before(self.signed)
        links = self.sums.links
        yield "at", [at / count for at in range(count)]
        yield "units_before", [said[at] / max(1, said[-1]) for at in range(count)]
        yield "prose_before", [prose[at] / max(1, prose[-1]) for at in range(count)]
        yield "from_headline", [at - headline for at in range(count)]
        yield "units_from_headline", [said[b] - said[a] for a, b in spans]
        yield "headings_from_headline", [headings[b] - headings[a] for a, b in spans]
        yield "links_from_headline", [links[b] - links[a] for a, b in spans]
        yield "signed_from_headline", [signed[b] - signed[a] for a, b in spans]

    @cached_property
    def headings(self) -> list[bool]:
        return [
            b.kind is BlockKind.HEADING or (b.is_bold and size < LONG)
            for b, size in zip(self.blocks, self.units, strict=True)
        ]

    @cached_property
    def headline(self) -> int:
        """The index of the block that is most like the declared title, 0 for none."""
        title = set(self.head.title)
        best, found = _ALIKE, 0
        for at, block in enumerate(self.blocks):
            is_h1 = block.element.tag == "h1"
            if block.hidden or (self.units[at] > 3 * LONG and not is_h1):
                continue
            own = set(block.words)
            alike = len(own & title) / max(1, len(own | title)) + is_h1 / 2
            alike += (block.kind is BlockKind.HEADING) / 10
            if alike > best:
                best, found = alike, at
        return found

    def _from_prose(self) -> Iterator[tuple[str, Column]]:
        """Yield how far it is to the next paragraphs, and what stands between."""
        told = [at for at, size in enumerate(self.prose) if size]
        links, count = self.sums.links, len(self.blocks)
        before = [_last_below(told, at) for at in range(count)]
        after = [_first_above(told, at) for at in range(count)]
        yield (
            "since_prose",
            [at - b if b >= 0 else _NOWHERE for at, b in enumerate(before)],
        )
        yield "to_prose", [a - at if a >= 0 else _NOWHERE for at, a in enumerate(after)]
        yield (
            "links_since_prose",
            [
                links[at] - links[b] if b >= 0 else _NOWHERE
                for at, b in enumerate(before)
            ],
        )
        yield (
            "links_to_prose",
            [
                links[a] - links[at] if a >= 0 else _NOWHERE
                for at, a in enumerate(after)
            ],
        )
        yield (
            "steps_from_prose",
            [self._steps(at, b) if b >= 0 else _NOWHERE for at, b in enumerate(before)],
        )
        yield (
            "steps_to_prose",
            [self._steps(at, a) if a >= 0 else _NOWHERE for at, a in enumerate(after)],
        )

    def _steps(self, one: int, other: int) -> int:
        """Return how many steps lead from block to block, up and down the tree."""
        here, there = self.chains[one], self.chains[other]
        if here is there:
            return 0
        common = min(len(here), len(there))
        while common and here[-common] is not there[-common]:
            common -= 1
        return len(here) + len(there) - 2 * common

    def _from_top(self) -> Iterator[tuple[str, Column]]:
        """Yield how far a block is from the element with most prose close below it."""
        direct: Counter[HtmlElement] = Counter()
        for chain, size in zip(self.chains, self.prose, strict=True):
            if size:
                for level, element in enumerate(chain[1 : 1 + _CONTEXT]):
                    direct[element] += size * 4 >> level
        top = max(direct, key=lambda e: (direct[e], -self.first[e]), default=None)
        levels: dict[HtmlElement, int] = {}
        if top is not None:
            above = enumerate([top, *top.iterancestors()])
            levels = {element: level for level, element in above}
        known: dict[HtmlElement, tuple[int, int]] = {}
        for chain in self.chains:
            if chain[0] not in known:
                known[chain[0]] = _meeting(chain, levels)
        met = [known[chain[0]] for chain in self.chains]
        yield "levels_from_top", [level for level, _ in met]
        yield "steps_from_top", [steps for _, steps in met]
        share = 0.0
        if top is not None:
            prose = self.sums.prose
            held = prose[self.last[top] + 1] - prose[self.first[top]]
            share = held / prose[-1]
        yield "top_share", [share] * len(self.blocks)

    def _from_headings(self) -> Iterator[tuple[str, Column]]:
        """Yield how far the last heading is, and the last label of boilerplate."""
        lists = phrases()
        labels = lists.residual | lists.closing_headings
        since, sizes, since_label = [], [], []
        heading, label = -_NOWHERE, -_NOWHERE
        for at, block in enumerate(self.blocks):
            since.append(min(at - heading, _NOWHERE))
            sizes.append(self.units[heading] if heading >= 0 else 0)
            if self.units[at] < LONG and block.key.strip(_EDGES) in labels:
                label = at
            since_label.append(min(at - label, _NOWHERE))
            if self.headings[at]:
                heading = at
        yield "since_heading", since
        yield "heading_units", sizes
        yield "since_label", since_label

    def _neighbours(self) -> Iterator[tuple[str, Column]]:
        for name, column in (("units", self.units), ("linked", self.linked)):
            for offset in (1, 2):
                edge: list[float] = [0] * min(offset, len(column))
                yield f"{name}-{offset}", [*edge, *column[:-offset]]
                yield f"{name}+{offset}", [*column[offset:], *edge]

    def _whole(self) -> Iterator[tuple[str, Column]]:
        said, size, linked, prose, _ = (each[-1] for each in self.sums)
        facts = {
            "blocks": len(self.blocks),
            "units": said,
            "linked": linked / max(1, size),
            "prose": prose,
            "long": sum(map(bool, self.prose)),
            "stated": len(self.head.body),
            "article": self.head.is_article,
            "paths": self.paths,
        }
        for name, value in facts.items():
            yield f"page_{name}", [value] * len(self.blocks)


def _before(values: Sequence[int]) -> list[int]:
    return [0, *accumulate(values)]


def _last_below(sorted_: list[int], at: int) -> int:
    found = bisect_left(sorted_, at)
    return sorted_[found - 1] if found else -1


def _first_above(sorted_: list[int], at: int) -> int:
    found = bisect_right(sorted_, at)
    return sorted_[found] if found < len(sorted_) else -1


def _meeting(
    chain: list[HtmlElement], levels: dict[HtmlElement, int]
) -> tuple[int, int]:
    """Return at which level above an element *chain* meets it, and the steps between.

    *levels* are those of the element and of what is around it.
    """
    for down, element in enumerate(chain):
        if element in levels:
            return levels[element], levels[element] + down
    return _NOWHERE, _NOWHERE


def _capitals(text: str) -> float:
    parts = text.split()
    return sum([part[0].isupper() for part in parts]) / max(1, len(parts))


def _shingles(run: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(
        tuple(run[at : at + _SHINGLE]) for at in range(len(run) - _SHINGLE + 1)
    )


def _share(run: list[str], stated: frozenset[tuple[str, ...]]) -> float:
    """Return the share of the shingles of *run* that are *stated*, -1 for a short run."""
    own = len(run) - _SHINGLE + 1
    if own < 1:
        return -1
    return sum([tuple(run[a : a + _SHINGLE]) in stated for a in range(own)]) / own
