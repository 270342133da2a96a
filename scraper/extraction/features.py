"""Numbers about each block of a page, for the labeller.

They say how a block is set (its element, what is around it, how these are named), what
its text looks like, and where it stands among the others. No site and no publisher's own
class name is in them; words come from the language files. They are counts and ratios of
counts, so that a page has the same numbers on every machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property
from itertools import accumulate
from operator import add, sub
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.languages import phrases
from scraper.extraction.paths import FAMILIES, FAR, HEADINGS, nodes_of
from scraper.items import BlockKind
from scraper.text import count_units, spellings, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import HeadWords
    from scraper.extraction.paths import Node


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
_NOWHERE = (_NOWHERE_NEAR, _NOWHERE_NEAR, 0.0, 0.0)
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


_HELD = ("units", "linked", "prose", "blocks")
"""What an element holds: words, share in links, share of prose, blocks."""


def block_features(blocks: list[RawBlock], head: HeadWords) -> dict[str, Column]:
    """Return columns by name, each with a number for each of *blocks*."""
    return dict(_Page(blocks, head).columns()) if blocks else {}


class _Page:
    """The blocks of a page with what several columns need.

    *around* has the element above each block, *holders* those and all above them. Columns
    are filled from range to range, since the blocks of an element follow each other; only
    text right in an element around it may stand among them.
    """

    def __init__(self, blocks: list[RawBlock], head: HeadWords) -> None:
        self.blocks = blocks
        self.head = head
        self.units = [count_units(b.text, b.words) for b in blocks]
        self.linked = [b.link_density for b in blocks]
        self.are_links = [linked > _MOSTLY_LINKED for linked in self.linked]
        prose = [
            size if size >= PROSE_WORDS and is_prose(block, size) else 0
            for block, size in zip(blocks, self.units, strict=True)
        ]
        shown = [0 if b.hidden else size for b, size in zip(blocks, prose, strict=True)]
        self.prose = prose if sum(prose) > _HIDDEN_PROSE * sum(shown) else shown
        self.sums = _Sums(
            _before(self.units),
            _before([len(b.text) for b in blocks]),
            _before([b.linked for b in blocks]),
            _before(self.prose),
            _before(self.are_links),
        )
        self.nodes = nodes_of(blocks)
        self.depths = [node.depth for node in self.nodes]
        self.around = [node.above or node for node in self.nodes]
        self.holders = _holders(self.nodes)

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
        named = zip(*[node.named for node in nodes], strict=True)
        near = {
            family: [
                up if up < FAR else FAR  # noqa: FURB136  min() is three times as slow
                for up in map(sub, self.depths, depths)
            ]
            for family, depths in zip(FAMILIES, named, strict=True)
        }
        self.signed = [levels <= 1 for levels in near["signed"]]
        for family, levels in near.items():
            yield f"near_{family}", levels

    def _said(self) -> Iterator[tuple[str, Column]]:
        of_title, self.titled = self._shared(set(self.head.title))
        of_description, self.described = self._shared(set(self.head.description))
        yield "title_shared", of_title
        yield "title_covered", self.titled
        yield "description_shared", of_description
        yield "description_covered", self.described
        stated = frozenset(_shingles(self.head.body))
        yield (
            "stated",
            [_share(b.words, stated) if stated else -1.0 for b in self.blocks],
        )

    def _shared(self, stated: set[str]) -> tuple[list[float], list[float]]:
        """Return the share of each block's words that are *stated*, and of these in it."""
        own = self.vocabularies
        shared = [len(each & stated) for each in own]
        of_own = [n / (len(each) or 1) for n, each in zip(shared, own, strict=True)]
        total = max(1, len(stated))
        return of_own, [n / total for n in shared]

    @cached_property
    def vocabularies(self) -> list[set[str]]:
        return [set(b.words) for b in self.blocks]

    def _held(self) -> Iterator[tuple[str, Column]]:
        """Yield what each of the elements around a block holds."""
        yield "repeats", self._repeats()
        around = self.around
        siblings = {node: len(node.element) for node in dict.fromkeys(around)}
        yield "siblings", [siblings[node] for node in around]
        yield "in_parent", [at - node.first for at, node in enumerate(around)]
        facts: dict[Node, tuple[float, ...]] = {}
        for node in self.holders:
            own = self._held_by(node)
            above = facts[node.above] if node.above else own * _HELD_LEVELS
            facts[node] = own + above[: -len(own)]
        columns = zip(*[facts[node] for node in around], strict=True)
        for at, column in enumerate(columns):
            level, fact = divmod(at, len(_HELD))
            yield f"{_HELD[fact]}_held_{level + 1}", column

    def _repeats(self) -> list[int]:
        """Return of how many the element around each block is that is most often set so.

        It and they stand in one element and hold several blocks each, as teasers do.
        """
        teasers = {
            node: (node.above, node.design[0])
            for node in self.holders
            if node.above and node.last > node.first
        }
        beside = Counter(teasers.values())
        found = {node: beside[place] for node, place in teasers.items()}
        near: dict[Node | None, tuple[int, ...]] = {None: (0,) * _HELD_LEVELS}
        for node in self.holders:
            near[node] = (found.get(node, 0), *near[node.above][:-1])
        most = {above: max(near[above]) for above in {n.above for n in self.nodes}}
        return [max(found.get(node, 0), most[node.above]) for node in self.nodes]

    def _held_by(self, node: Node) -> tuple[int, float, float, int]:
        """Return what *node* holds, as _HELD names it."""
        start, end = node.first, node.last + 1
        units, sizes, links, proses, _ = self.sums
        said = units[end] - units[start]
        linked = (links[end] - links[start]) / (sizes[end] - sizes[start] or 1)
        prose = (proses[end] - proses[start]) / (said or 1)
        return said, linked, prose, end - start

    def _of_design(self) -> Iterator[tuple[str, Column]]:
        """Yield what the blocks that are set as one is are together."""
        numbers: dict[tuple[object, ...], int] = {}
        designs = [
            numbers.setdefault((node.design, b.is_bold, is_link), len(numbers))
            for node, b, is_link in zip(
                self.nodes, self.blocks, self.are_links, strict=True
            )
        ]
        places: list[list[int]] = [[] for _ in numbers]
        for at, design in enumerate(designs):
            places[design].append(at)
        facts = [self._together(ats) for ats in places]
        names = ("blocks", "units", "linked", "prose", "share", "described", "start")
        columns = zip(*[facts[design] for design in designs], strict=True)
        for name, column in zip(names, columns, strict=True):
            yield f"design_{name}", column
        first = [ats[0] for ats in places]
        yield "design_before", [at - first[d] for at, d in enumerate(designs)]
        self.designs = len(places)

    def _together(self, ats: list[int]) -> tuple[float, ...]:
        """Return what the blocks *ats*, all of one design, are together."""
        units, linked = self.units, self.linked
        said = sum([units[at] for at in ats])
        of_links = sum([units[at] * linked[at] for at in ats])
        prose = sum([self.prose[at] for at in ats])
        return (
            len(ats),
            said,
            of_links / (said or 1),
            prose,
            prose / max(1, self.sums.prose[-1]),
            max([self.described[at] for at in ats]),
            ats[0] - self.headline,
        )

    def _from_headline(self) -> Iterator[tuple[str, Column]]:
        """Yield what stands between the headline and each block, and before it at all."""
        size, said, prose = len(self.blocks), self.sums.units, self.sums.prose
        headline = self.headline
        yield "at", [at / size for at in range(size)]
        units, sentences = max(1, said[-1]), max(1, prose[-1])
        yield "units_before", [n / units for n in said[:-1]]
        yield "prose_before", [n / sentences for n in prose[:-1]]
        yield "from_headline", [*range(-headline, size - headline)]
        yield "units_from_headline", _from(headline, said)
        yield "headings_from_headline", _from(headline, _before(self.headings))
        yield "links_from_headline", _from(headline, self.sums.links)
        yield "signed_from_headline", _from(headline, _before(self.signed))
        yield from self._meeting("headline", self.nodes[headline])
        is_own = {self.nodes[headline].article: 1, None: -1}
        yield "of_article", [is_own.get(node.article, 0) for node in self.nodes]

    @cached_property
    def headings(self) -> list[bool]:
        heading = BlockKind.HEADING
        return [
            b.kind is heading or (b.is_bold and size < PROSE_WORDS)
            for b, size in zip(self.blocks, self.units, strict=True)
        ]

    @cached_property
    def headline(self) -> int:
        """The index of the block that is most like the declared title, 0 for none."""
        title = set(self.head.title)
        best, found = _HEADLINE_LIKENESS, 0
        for at, block in enumerate(self.blocks):
            is_h1 = block.element.tag == "h1"
            if not (is_h1 or (self.titled[at] and self.units[at] <= 3 * PROSE_WORDS)):
                continue
            if block.hidden:
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
        size, links = len(self.blocks), self.sums.links
        prose = [at for at, units in enumerate(self.prose) if units]
        since, to, back, on = ([_NOWHERE_NEAR] * size for _ in range(4))
        bounds = zip(prose, [0, *prose], [*prose[1:], size - 1], strict=False)
        for at, low, high in bounds:
            to[low:at] = [links[at] - n for n in links[low:at]]
            since[at + 1 : high + 1] = [n - links[at] for n in links[at + 1 : high + 1]]
            start, end = at, at + 1
            for levels, met in enumerate(self.nodes[at].up()):
                first, last = max(met.first, low), min(met.last, high) + 1
                depth = met.depth
                on[first:start] = [
                    levels + abs(below - depth) for below in self.depths[first:start]
                ]
                back[end:last] = [
                    levels + abs(below - depth) for below in self.depths[end:last]
                ]
                start, end = first, last
                if start == low and end > high:
                    break
        yield "links_since_prose", since
        yield "links_to_prose", to
        yield "steps_from_prose", back
        yield "steps_to_prose", on

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
        size, prose = len(self.blocks), self.sums.prose
        met = [-1] * size
        facts: dict[int, tuple[float, ...]] = {-1: _NOWHERE}
        total = prose[-1] or 1
        start = end = anchor.first if anchor else 0
        for levels, each in enumerate(anchor.up() if anchor else ()):
            first, last, depth = each.first, each.last + 1, each.depth
            met[first:start] = [depth] * (start - first)
            met[end:last] = [depth] * (last - end)
            start, end = first, last
            held = (prose[last] - prose[first]) / total
            _, linked, _, _ = self._held_by(each)
            facts[depth] = (levels, levels - depth, held, linked)
        lower = map(min, met, self.depths)
        columns = zip(*map(facts.__getitem__, lower), strict=True)
        up, steps, prose_there, linked_there = columns
        yield f"levels_to_{name}", up
        yield f"steps_to_{name}", [*map(add, steps, self.depths)] if anchor else steps
        yield f"prose_to_{name}", prose_there
        yield f"linked_to_{name}", linked_there

    def _from_headings(self) -> Iterator[tuple[str, Column]]:
        """Yield how far the last heading is, and the last label of boilerplate."""
        since, sizes, since_label = [], [], []
        heading = label = _NOWHERE_NEAR
        size = 0
        for block, units, is_heading in zip(
            self.blocks, self.units, self.headings, strict=True
        ):
            since.append(heading)
            sizes.append(size)
            heading += heading < _NOWHERE_NEAR
            label += label < _NOWHERE_NEAR
            if is_heading:
                heading, size = 1, units
            if units < PROSE_WORDS and _is_label(block):
                label = 0
            since_label.append(label)
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


def _holders(nodes: list[Node]) -> list[Node]:
    """Return what is above *nodes*, and those with several blocks, from the top down."""
    found: dict[Node, None] = {}
    for node in nodes:
        above = None if node.last > node.first else node.above
        each: Node | None = above or node
        chain: list[Node] = []
        while each is not None and each not in found:
            chain.append(each)
            each = each.above
        if chain:
            found.update(dict.fromkeys(reversed(chain)))
    return list(found)


def _from(here: int, sums: list[int]) -> list[int]:
    """Return by how much the *sums* before each block differ from those before *here*."""
    own = sums[here]
    return [*[own - n for n in sums[:here]], *[n - own for n in sums[here:-1]]]


def is_prose(block: RawBlock, size: float) -> bool:
    """Return True for whole sentences, of *size* words, with few links in them."""
    return (
        size >= PROSE_WORDS
        and block.link_density < _PROSE_LINKED
        and block.text.endswith(ENDS)
    )


def _is_label(block: RawBlock) -> bool:
    """Return True for a label of boilerplate; most blocks begin with another word."""
    labels, first_words = _labels()
    if block.words and block.words[0] not in first_words:
        return False
    return block.key.strip(MARKS) in labels


@cache
def _labels() -> tuple[frozenset[str], frozenset[str]]:
    """Return the labels of boilerplate, and the words that these may begin with."""
    lists = phrases()
    labels = lists.residual | lists.closing_headings
    first = (spellings(words(label)[0]) for label in labels)
    return labels, frozenset[str]().union(*first)


def _labels_link(block: RawBlock) -> bool:
    """Return True for a label, up to a colon, with nothing but links after it."""
    label, colon, _ = block.text.partition(":")
    if not colon:
        label, colon, _ = block.text.partition("：")
    own = len(label) + 1 - label.count(" ")
    return bool(colon) and abs(block.size - block.linked - own) <= 1


def _before(values: Sequence[int]) -> list[int]:
    return [0, *accumulate(values)]


def _shingles(run: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(run[at:] for at in range(_SHINGLE_WORDS)), strict=False)


def _share(run: list[str], stated: frozenset[tuple[str, ...]]) -> float:
    """Return the share of the shingles of *run* that are *stated*, -1 for a short run."""
    own = len(run) - _SHINGLE_WORDS + 1
    if own < 1:
        return -1.0
    return sum(map(stated.__contains__, _shingles(run))) / own
