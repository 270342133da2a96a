"""What blocks stand in: the elements around them, and what these are named after."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock

FAR = 9
"""Levels from which on an ancestor's name is not looked at."""
FAMILIES = {
    "related": "relate related recirc recirculation recommend recommended more also "
    "recommendation recommendations popular trending latest next prev previous teaser "
    "teasers card cards promo promos promoted carousel slider lien suggest suggested "
    "suggestions list item items grid feed share sharing shares social follow",
    "comment": "comment comments disqus respond reply replies discussion feedback binh",
    "newsletter": "newsletter subscribe subscriber subscription subscriptions signup sign "
    "paywall regwall donate donation cta membership login register consent cookie cookies "
    "gdpr modal popup overlay banner form",
    "signed": "author authors byline bio writer contributor about date dates time timestamp "
    "publish published publishdate meta dateline posted credit credits tacgia tac info "
    "kicker eyebrow category categories",
}
"""Words in the names of elements, by what they are used for on the web at large."""
_MAINS = frozenset({"main", "article"})
_ORDER = {family: at for at, family in enumerate(FAMILIES)}
_FAMILY_OF = {
    word: _ORDER[family] for family, words in FAMILIES.items() for word in words.split()
}
_LISTS = frozenset({"ul", "ol"})
_NEVER: Sequence[int] = (-FAR,) * len(FAMILIES)
_LOWER = re.compile("[a-z]+")
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_DIGITS = {ord(digit): None for digit in "0123456789"}
_STEPS = 4
"""Elements whose tags and classes make the design of one."""


class _Names(NamedTuple):
    """What the tag and the names of an element say: *style* without numbers."""

    families: tuple[int, ...]
    style: str
    is_main: bool


class Node:
    """An element around blocks.

    *depth* below the root; *first* and *last* are the indexes of the blocks in it;
    *design* is the same for elements of one page that are set alike; *article* is the
    next ``article`` around it; *in_main* and *in_list* count such elements.
    """

    __slots__ = (
        "above",
        "article",
        "depth",
        "design",
        "element",
        "first",
        "in_list",
        "in_main",
        "last",
        "named",
    )

    def __init__(self, element: HtmlElement, above: Node | None, first: int) -> None:
        self.element = element
        self.above = above
        self.first = self.last = first
        self.in_main = self.in_list = self.depth = 0
        self.article: Node | None = None
        self.named = _NEVER
        self.design: tuple[str, ...] = ()
        if above is not None:
            self.depth = above.depth + 1
            self.in_main, self.in_list = above.in_main, above.in_list
            self.article = above.article
            self.named = above.named
            self.design = above.design
        get = element.get
        tag, classes = element.tag, get("class", "")
        own = _named(tag, get("role", ""), classes, get("id", ""))
        if own.families:
            named = [*self.named]
            for at in own.families:
                named[at] = self.depth
            self.named = named
        self.design = (own.style, *self.design[: _STEPS - 1])
        if own.is_main:
            self.in_main += 1
            self.article = self if tag == "article" else self.article
        elif tag in _LISTS:
            self.in_list += 1

    def near(self) -> list[int]:
        """Return for each of the :data:`FAMILIES` how far up a name of it is.

        0 is the element itself, :data:`FAR` the most.
        """
        depth = self.depth
        return [min(FAR, depth - at) for at in self.named]

    def up(self) -> Iterator[Node]:
        """Yield this element and those around it."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.above


def nodes_of(blocks: Iterable[RawBlock]) -> list[Node]:
    """Return the element of each of *blocks*, which come in page order."""
    known: dict[HtmlElement, Node] = {}
    found: list[Node] = []
    for at, block in enumerate(blocks):
        node = known.get(block.element)
        if node is None:
            node = _enter(block.element, at, known)
        node.last = at
        found.append(node)
    for node in reversed(known.values()):
        above = node.above
        if above is not None and above.last < node.last:
            above.last = node.last
    return found


def _enter(element: HtmlElement, at: int, known: dict[HtmlElement, Node]) -> Node:
    """Take in *element* and what is around it, from the top down."""
    pending: list[HtmlElement] = [element]
    parent = element.getparent()
    while parent is not None and parent not in known:
        pending.append(parent)
        parent = parent.getparent()
    node = known[parent] if parent is not None else None
    for below in reversed(pending):
        known[below] = node = Node(below, node, at)
    return known[element]


@lru_cache(maxsize=8192)
def _named(tag: str, role: str, classes: str, own_id: str) -> _Names:
    """Return what an element so named is; the pages of a site share their names."""
    found = {_FAMILY_OF.get(word) for word in _words(f"{classes} {own_id}")}
    families = tuple(at for at in found if at is not None)
    is_main = tag in _MAINS or role == "main"
    return _Names(families, f"{tag} {classes.translate(_DIGITS)}", is_main)


def _words(names: str) -> list[str]:
    if names.islower():
        return _LOWER.findall(names)
    return [word.lower() for word in _TOKEN.findall(names)]
