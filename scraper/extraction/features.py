"""Numbers about each block of a page, for the labeller.

They say how a block is set (its element, what is around it, how these are named), what
its text looks like, and where it stands among the others. No site and no publisher's own
class name is in them; words come from the language files. They are counts and ratios of
counts, so that a page has the same numbers on every machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, count, islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.languages import phrases
from scraper.extraction.paths import FAMILIES, HEADINGS, Node, nodes_of
from scraper.items import BlockKind
from scraper.text import count_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import HeadWords


Column = Sequence[float]
PROSE_WORDS = 12
"""Words from which on a line can be prose."""
_PROSE_LINKED = 0.3
"""Link density under which a line can be prose."""
_MOSTLY_LINKED = 0.5
"""Link density over which the features count a block as a link."""
ENDS = tuple(".!?…。！？।؟۔”\"»’'")
"""What a sentence ends with."""
_SHINGLE_WORDS = 4
"""Words of a shingle."""
MARKS = " :.…-–—|»›*_•·"
"""What may stand around the words of a line without changing what it is."""
_KINDS = {kind: at for at, kind in enumerate(BlockKind)}
_PLAIN_TAGS = ("p", "div", "li", "td", "span", "section", "body", "article")
_TAGS = (*_PLAIN_TAGS, *sorted(HEADINGS), "summary")
_OWN_TAGS = {tag: at for at, tag in enumerate(_TAGS, start=1)}
_HELD_LEVELS = 4
"""Ancestors whose contents are summed up."""
_NOWHERE_NEAR = 999
"""How far it is to what a page does not have."""
_MOST_STEPS = 300
"""Steps between two elements that are counted; no gold page nests deeper than 138."""
_NOWHERE: tuple[float, ...] = (_NOWHERE_NEAR, _NOWHERE_NEAR, 0, 0)
"""The facts of a block that meets nothing."""
_HIDDEN_PROSE = 3
"""A page that has so many times the prose that it shows hides its text."""
_HEADLINE_LIKENESS = 0.4
"""Likeness to the declared title from which on a block is taken for the headline."""
_CONTEXT_LEVELS = 3
"""Levels up to which prose counts for the element that holds it."""


class _Sums(NamedTuple):
    """Sums over the blocks before each, so that those of a range are a difference."""

    units: list[int]
    size: list[int]
    linked: list[int]
    prose: list[int]
    links: list[int]


class _Held(NamedTuple):
    """What an element holds: words, share in links, share of prose, blocks."""

    units: int
    linked: float
    prose: float
    blocks: int


def block_features(blocks: list[RawBlock], head: HeadWords) -> dict[str, Column]:
    """Return columns by name, each with a number for each of *blocks*."""
    return dict(_Page(blocks, head).columns()) if blocks else {}


class _Page:
    """The blocks of a page with what several columns need."""

    def __init__(self, blocks: list[RawBlock], head: HeadWords) -> None:
        self.blocks = blocks
        self.head = head
        self.units = [count_units(b.text, b.words) for b in blocks]
        self.linked = [b.link_density for b in blocks]
        prose = [
            size if is_prose(block, size) else 0
            for block, size in zip(blocks, self.units, strict=True)
        ]
        shown = [0 if b.hidden else size for b, size in zip(blocks, prose, strict=True)]
        self.prose = prose if sum(prose) > _HIDDEN_PROSE * sum(shown) else shown
        self.sums = _Sums(
            _before(self.units),
            _before([len(b.text) for b in blocks]),
            _before([b.linked for b in blocks]),
            _before(self.prose),
            _before([linked > _MOSTLY_LINKED for linked in self.linked]),
        )
        self.nodes = nodes_of(blocks)
        self._held_by: dict[Node, _Held] = {}

    def columns(self) -> Iterator[tuple[str, Column]]:
        yield from self._own()
        yield from self._around()
        yield from self._said()
        yield from self._held()
        yield from self._of_design()
        yield from self._from_headline()
        yield from self._from_prose()
        yield from self._from_top()
        yield from self._from_headings()
        yield from self._whole()

    def _own(self) -> Iterator[tuple[str, Column]]:
        blocks = self.blocks
        yield "kind", [_KINDS[b.kind] for b in blocks]
        yield "tag", [_OWN_TAGS.get(b.element.tag, 0) for b in blocks]
        yield "units", [*self.units]
        yield "size", [len(b.text) for b in blocks]
        yield "linked", self.linked
        linked = zip(blocks, self.linked, strict=True)
        labels = [_PROSE_LINKED < part < 1 and _labels_link(b) for b, part in linked]
        yield "labels_link", labels

    def _around(self) -> Iterator[tuple[str, Column]]:
        nodes = self.nodes
        yield "in_main", [node.in_main for node in nodes]
        yield "in_list", [node.in_list for node in nodes]
        columns = zip(*[node.near() for node in nodes], strict=True)
        near = dict(zip(FAMILIES, map(list, columns), strict=True))
        self.signed = [levels <= 1 for levels in near["signed"]]
        for family, levels in near.items():
            yield f"near_{family}", levels

    def _said(self) -> Iterator[tuple[str, Column]]:
        blocks = self.blocks
        title, description = set(self.head.title), set(self.head.description)
        stated = _shingles(self.head.body)
        own = self.vocabularies
        counts = [len(words) or 1 for words in own]
        of_title = [len(words & title) for words in own]
        of_description = [len(words & description) for words in own]
        yield "title_shared", [n / c for n, c in zip(of_title, counts, strict=True)]
        yield "title_covered", [n / max(1, len(title)) for n in of_title]
        yield (
            "description_shared",
            [n / c for n, c in zip(of_description, counts, strict=True)],
        )
        self.described = [n / max(1, len(description)) for n in of_description]
        yield "description_covered", self.described
        yield "stated", [_share(b.words, stated) if stated else -1 for b in blocks]

    @cached_property
    def vocabularies(self) -> list[set[str]]:
        return [set(b.words) for b in self.blocks]

    def _held(self) -> Iterator[tuple[str, Column]]:
        """Yield what each of the elements around a block holds."""
        yield "repeats", self._repeats()
        around = [node.above or node for node in self.nodes]
        once = dict.fromkeys(around)
        siblings = {node: len(node.element) for node in once}
        yield "siblings", [siblings[node] for node in around]
        yield "in_parent", [at - node.first for at, node in enumerate(around)]
        facts = {node: self._held_above(node) for node in once}
        columns = zip(*[facts[node] for node in around], strict=True)
        for at, column in enumerate(columns):
            level, fact = divmod(at, len(_Held._fields))
            yield f"{_Held._fields[fact]}_held_{level + 1}", column

    def _held_above(self, node: Node) -> tuple[float, ...]:
        """Return what *node* holds, and each of the next elements around it."""
        found: tuple[float, ...] = ()
        for _ in range(_HELD_LEVELS):
            found += self.held_by(node)
            node = node.above or node
        return found

    def _repeats(self) -> list[int]:
        """Return of how many the element around each block is that is most often set so.

        It and they stand in one element and hold several blocks each, as teasers do.
        """
        teasers: dict[Node, tuple[Node, str]] = {}
        for node in self.nodes:
            for around in node.up():
                if around in teasers or around.above is None:
                    break
                if around.last > around.first:
                    teasers[around] = around.above, around.design[0]
        beside = Counter(teasers.values())
        found = {node: beside[place] for node, place in teasers.items()}
        return [
            max([found.get(a, 0) for a in islice(node.up(), _HELD_LEVELS + 1)])
            for node in self.nodes
        ]

    def held_by(self, node: Node) -> _Held:
        found = self._held_by.get(node)
        if found is None:
            start, end = node.first, node.last + 1
            said, size, linked, prose, _ = [
                each[end] - each[start] for each in self.sums
            ]
            found = _Held(said, linked / (size or 1), prose / (said or 1), end - start)
            self._held_by[node] = found
        return found

    def _of_design(self) -> Iterator[tuple[str, Column]]:
        """Yield what the blocks that are set as one is are together."""
        designs = [
            (*node.design, b.is_bold, linked > _MOSTLY_LINKED)
            for node, b, linked in zip(
                self.nodes, self.blocks, self.linked, strict=True
            )
        ]
        places: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for at, design in enumerate(designs):
            places[design].append(at)
        total = max(1, self.sums.prose[-1])
        facts: dict[tuple[object, ...], tuple[float, ...]] = {}
        for design, ats in places.items():
            said = sum([self.units[at] for at in ats])
            linked = sum([self.units[at] * self.linked[at] for at in ats])
            prose = sum([self.prose[at] for at in ats])
            described = max([self.described[at] for at in ats])
            facts[design] = (
                len(ats),
                said,
                linked / (said or 1),
                prose,
                prose / total,
                described,
                ats[0] - self.headline,
            )
        names = ("blocks", "units", "linked", "prose", "share", "described", "start")
        columns = zip(*[facts[design] for design in designs], strict=True)
        for name, column in zip(names, columns, strict=True):
            yield f"design_{name}", column
        yield "design_before", [at - places[d][0] for at, d in enumerate(designs)]
        self.designs = len(places)

    def _from_headline(self) -> Iterator[tuple[str, Column]]:
        """Yield what stands between the headline and each block, and before it at all."""
        size, said, prose = len(self.blocks), self.sums.units, self.sums.prose
        headline = self.headline
        spans = [(min(headline, at), max(headline, at)) for at in range(size)]
        headings, signed = _before(self.headings), _before(self.signed)
        links = self.sums.links
        yield "at", [at / size for at in range(size)]
        yield "units_before", [n / max(1, said[-1]) for n in said[:-1]]
        yield "prose_before", [n / max(1, prose[-1]) for n in prose[:-1]]
        yield "from_headline", [at - headline for at in range(size)]
        yield "units_from_headline", [said[b] - said[a] for a, b in spans]
        yield "headings_from_headline", [headings[b] - headings[a] for a, b in spans]
        yield "links_from_headline", [links[b] - links[a] for a, b in spans]
        yield "signed_from_headline", [signed[b] - signed[a] for a, b in spans]
        yield from self._meeting("headline", self.nodes[headline])
        own = self.nodes[headline].article
        around = [node.article for node in self.nodes]
        yield "of_article", [-1 if each is None else each is own for each in around]

    @cached_property
    def headings(self) -> list[bool]:
        return [
            b.kind is BlockKind.HEADING or (size < PROSE_WORDS and b.is_bold)
            for b, size in zip(self.blocks, self.units, strict=True)
        ]

    @cached_property
    def headline(self) -> int:
        """The index of the block that is most like the declared title, 0 for none."""
        title = set(self.head.title)
        best, found = _HEADLINE_LIKENESS, 0
        for at, block in enumerate(self.blocks):
            is_h1 = block.element.tag == "h1"
            if block.hidden or (self.units[at] > 3 * PROSE_WORDS and not is_h1):
                continue
            own = self.vocabularies[at]
            shared = len(own & title)
            alike = shared / max(1, len(own) + len(title) - shared) + is_h1 / 2
            alike += (block.kind is BlockKind.HEADING) / 10
            if alike > best:
                best, found = alike, at
        return found

    def _from_prose(self) -> Iterator[tuple[str, Column]]:
        """Yield how far it is to the next paragraphs, and what stands between."""
        size = len(self.blocks)
        own = [at if self.prose[at] else -1 for at in range(size)]
        before = accumulate(own[:-1], max, initial=-1)
        behind = [at if at >= 0 else size for at in own[:0:-1]]
        after = [*accumulate(behind, min, initial=size)][::-1]
        back, on = (
            [self._way(at, other) for at, other in enumerate(others)]
            for others in (before, after)
        )
        yield "links_since_prose", [links for links, _ in back]
        yield "links_to_prose", [links for links, _ in on]
        yield "steps_from_prose", [steps for _, steps in back]
        yield "steps_to_prose", [steps for _, steps in on]

    def _way(self, here: int, there: int) -> tuple[int, int]:
        """Return the links and the steps between two blocks; large numbers if one is missing."""
        if not 0 <= there < len(self.blocks):
            return _NOWHERE_NEAR, _NOWHERE_NEAR
        links = abs(self.sums.links[here] - self.sums.links[there])
        return links, _steps(self.nodes[here], self.nodes[there])

    def _from_top(self) -> Iterator[tuple[str, Column]]:
        """Yield how far a block is from the element with most prose close below it."""
        direct: dict[Node, int] = {}
        for node, size in zip(self.nodes, self.prose, strict=True):
            if size:
                around = node.above
                for level in range(_CONTEXT_LEVELS):
                    if around is None:
                        break
                    direct[around] = direct.get(around, 0) + (size * 4 >> level)
                    around = around.above
        top = max(direct, key=lambda e: (direct[e], -e.first), default=None)
        yield from self._meeting("top", top)
        share = 0.0
        if top is not None:
            prose = self.sums.prose
            share = (prose[top.last + 1] - prose[top.first]) / prose[-1]
        yield "top_share", [share] * len(self.blocks)

    def _meeting(self, name: str, anchor: Node | None) -> Iterator[tuple[str, Column]]:
        """Yield where each block meets an element: how far up, and what is held there."""
        levels = dict(zip(anchor.up(), count(), strict=False)) if anchor else {}
        prose = self.sums.prose
        total = prose[-1] or 1
        known: dict[Node, tuple[float, ...]] = {}
        for met, level in levels.items():
            held = prose[met.last + 1] - prose[met.first]
            known[met] = (level, level, held / total, self.held_by(met).linked)
        for node in self.nodes:
            path: list[Node] = []
            up: Node | None = node
            while up is not None and up not in known:
                path.append(up)
                up = up.above
            facts = _NOWHERE if up is None else known[up]
            for below in reversed(path):
                levels_up, steps, *rest = facts
                known[below] = facts = (levels_up, min(steps + 1, _NOWHERE_NEAR), *rest)
        names = ("levels", "steps", "prose", "linked")
        columns = zip(*[known[node] for node in self.nodes], strict=True)
        for fact, column in zip(names, columns, strict=True):
            yield f"{fact}_to_{name}", column

    def _from_headings(self) -> Iterator[tuple[str, Column]]:
        """Yield how far the last heading is, and the last label of boilerplate."""
        lists = phrases()
        labels = lists.residual | lists.closing_headings
        since, sizes, since_label = [], [], []
        heading, label = -_NOWHERE_NEAR, -_NOWHERE_NEAR
        for at, block in enumerate(self.blocks):
            since.append(min(at - heading, _NOWHERE_NEAR))
            sizes.append(self.units[heading] if heading >= 0 else 0)
            if self.units[at] < PROSE_WORDS and block.key.strip(MARKS) in labels:
                label = at
            since_label.append(min(at - label, _NOWHERE_NEAR))
            if self.headings[at]:
                heading = at
        yield "since_heading", since
        yield "heading_units", sizes
        yield "since_label", since_label

    def _whole(self) -> Iterator[tuple[str, Column]]:
        said, size, linked, prose, _ = [each[-1] for each in self.sums]
        facts = {
            "blocks": len(self.blocks),
            "units": said,
            "linked": linked / max(1, size),
            "prose": prose,
            "long": sum(map(bool, self.prose)),
            "stated": len(self.head.body),
            "designs": self.designs,
            "articles": len({id(n.article) for n in self.nodes}),
        }
        for name, value in facts.items():
            yield f"page_{name}", [value] * len(self.blocks)


def _steps(here: Node, there: Node) -> int:
    """Return how many steps lead from one element to another, up and down the tree.

    At most _MOST_STEPS, since it is counted for each block.
    """
    steps = 0
    one: Node | None = here
    other: Node | None = there
    while one is not other and steps < _MOST_STEPS:
        if other is None or (one is not None and one.depth >= other.depth):
            one = one.above if one else None
        else:
            other = other.above
        steps += 1
    return steps


def is_prose(block: RawBlock, size: float) -> bool:
    """Return True for whole sentences, of *size* words, with few links in them."""
    return (
        size >= PROSE_WORDS
        and block.link_density < _PROSE_LINKED
        and block.text.endswith(ENDS)
    )


def _labels_link(block: RawBlock) -> bool:
    """Return True for a label, up to a colon, with nothing but links after it."""
    label, colon, _ = block.text.partition(":")
    if not colon:
        label, colon, _ = block.text.partition("：")
    own = len(label) + 1 - label.count(" ")
    return bool(colon) and abs(block.size - block.linked - own) <= 1


def _before(values: Sequence[int]) -> list[int]:
    return [0, *accumulate(values)]


def _shingles(run: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(
        tuple(run[at : at + _SHINGLE_WORDS])
        for at in range(len(run) - _SHINGLE_WORDS + 1)
    )


def _share(run: list[str], stated: frozenset[tuple[str, ...]]) -> float:
    """Return the share of the shingles of *run* that are *stated*, -1 for a short run."""
    own = len(run) - _SHINGLE_WORDS + 1
    if own < 1:
        return -1
    return sum([tuple(run[a : a + _SHINGLE_WORDS]) in stated for a in range(own)]) / own
