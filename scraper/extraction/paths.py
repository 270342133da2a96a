"""Where a block stands: its template path, the elements around it, and their names.

A template path is the chain of tags and stable names from the page down to a block. Pages
of one template agree on it: numbers and hashes in names are generalised, names that say a
state are left out.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.languages import phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock


_REMEMBERED = 4096
"""Names that a pattern has been tried on and that are remembered."""
INLINE = ("a", "span", "b", "strong", "em", "i", "cite", "address")
"""Elements that may print a name within a line."""


def matcher(source: str, *lists: str) -> Callable[[str], bool]:
    """Return a function that says if a pattern is in a name; each name is searched once.

    What the language files have in *lists* stands for ``WORDS`` in its *source*.
    """

    @cache
    def pattern() -> re.Pattern[str]:
        words = (word for each in lists for word in sorted(getattr(phrases(), each)))
        return re.compile(source.replace("WORDS", "|".join(words)))

    @lru_cache(maxsize=_REMEMBERED)
    def is_in(name: str) -> bool:
        return pattern().search(name) is not None

    return is_in


def label_of(element: HtmlElement) -> str:
    """Return what *element* is called: its class, ``itemprop`` and ``rel``."""
    get = element.get
    return f"{get('class', '')} {get('itemprop', '')} {get('rel', '')}"


_PATH_STEPS, _STEP_NAMES, _READ_NAMES = 4, 3, 8
"""Steps of a path, names of a step, and names of an element that are read."""
_NAME_CHARACTERS = 80
"""Characters of a name that are read: what is longer is no name of a template."""
_NAMED_BY = ("itemprop", "data-testid", "data-component", "role")
_STATE = re.compile(
    r"^(?:is|has|js|lazy|active|first|last|odd|even|open|loaded|ng|hydrated)(?:$|[-_])"
)
_DIGITS = re.compile(r"\d+")
_HASHED_END = re.compile(
    r"(?<=[a-z]{3})[-_]{1,2}(?=[\w-]*(?:\d|[a-z][A-Z]|[A-Z]{2}))\w{4,12}$"
)
_HASH = re.compile(
    r"^(?=.{5,12}$)(?:[a-z]+[A-Z]+[a-z]*[A-Z]\w*|(?=\w*\d\w*[a-z])[a-z0-9]+)$"
    r"|^css-\w+$|^sc-\w+$"
)
_SLUG = re.compile(r"(?:[^\W_]+-){4,}[^\W_]+$")
"""An id of five words or more is the title of the page, as are those of headings."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WRAPPERS = frozenset({"a", "b", "strong", "em", "i", "u", "small"})
_TRANSPARENT = frozenset({"span", "font"})
_TOP = frozenset({"body", "html"})


def template_paths(blocks: Iterable[RawBlock]) -> list[str]:
    """Return the template path of each of *blocks*, in order; each is computed once."""
    known: dict[HtmlElement, tuple[str, ...]] = {}
    paths: dict[HtmlElement, str] = {}
    listed = list(blocks)
    for block in listed:
        if not block.path:
            element = block.element
            if element not in paths:
                paths[element] = _path(element, known)
            block.path = paths[element]
    return [block.path for block in listed]


def _path(element: HtmlElement, known: dict[HtmlElement, tuple[str, ...]]) -> str:
    """Return the last four steps down to *element*, as ``div.content > p``.

    What wraps all of its text, as in ``p > em > a``, belongs to the path. *known* are the
    steps down to each parent.
    """
    if element.tag in _TOP:
        return " > ".join(_wrappers(element))
    parent = element.getparent()
    above = known.get(parent) if parent is not None else ()
    if above is None:
        known[parent] = above = _steps_to(parent)
    return " > ".join((*above, _step(element), *_wrappers(element)))


def _steps_to(node: HtmlElement | None) -> tuple[str, ...]:
    found: list[str] = []
    while node is not None and len(found) < _PATH_STEPS - 1 and node.tag not in _TOP:
        found.append(_step(node))
        node = node.getparent()
    return tuple(reversed(found))


def _step(element: HtmlElement) -> str:
    """Return the tag of *element* and at most three of its stable names, sorted."""
    if not element.attrib:
        return str(element.tag)
    get = element.get
    named = [value for key in _NAMED_BY if (value := get(key))]
    return _named_step(str(element.tag), get("class", ""), get("id", ""), *named)


@lru_cache(maxsize=8192)
def _named_step(tag: str, classes: str, own_id: str, *named: str) -> str:
    """Return the step of an element so named; the pages of a site share their names."""
    names = {_general(name) for name in classes.split()[:_READ_NAMES]}
    names |= {_general(name) for name in named}
    if tag not in HEADINGS and not _SLUG.match(own_id):
        names.add("#" + _general(own_id))
    stable = sorted(name for name in names if name.strip("#*-_"))
    return ".".join([tag, *stable[:_STEP_NAMES]])


def _general(name: str) -> str:
    """Return *name* without what differs from page to page; "" for a mere hash."""
    name = name[:_NAME_CHARACTERS]
    if _STATE.match(name) or _HASH.match(name):
        return ""
    return _DIGITS.sub("*", _HASHED_END.sub("-*", name))


def _wrappers(element: HtmlElement) -> list[str]:
    found: list[str] = []
    node = element
    while len(node) == 1 and not (node.text or "").strip():
        child = node[0]
        if (child.tail or "").strip() or child.tag not in _WRAPPERS | _TRANSPARENT:
            break
        if child.tag in _WRAPPERS:
            found.append(str(child.tag))
        node = child
    return found


_SHOWN_CHARACTERS = 100
"""Characters of a class or an id that a path shows."""


def path_of(
    element: HtmlElement, labels: dict[HtmlElement, str], depth: int = 4
) -> str:
    """Return the last *depth* steps to *element*, as ``div.content > p``.

    *labels* caches those of the elements visited: what is around thousands of
    blocks may have a class of a megabyte.
    """
    steps: list[str] = []
    node: HtmlElement | None = element
    while node is not None and len(steps) < depth:
        if node not in labels:
            labels[node] = f"{node.tag}{_shown_name(node)}"
        steps.append(labels[node])
        node = node.getparent()
    return " > ".join(reversed(steps))


def _shown_name(element: HtmlElement) -> str:
    if classes := element.get("class", "").split(maxsplit=1):
        return f".{classes[0][:_SHOWN_CHARACTERS]}"
    return f"#{name[:_SHOWN_CHARACTERS]}" if (name := element.get("id")) else ""


FAR = 9
"""Levels from which on the name of an ancestor does not count."""
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
_NO_DIGITS = {ord(digit): None for digit in "0123456789"}
_DESIGN_STEPS = 4
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
        *("above", "article", "depth", "design", "element", "first"),
        *("in_list", "in_main", "last", "named"),
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
        self.design = (own.style, *self.design[: _DESIGN_STEPS - 1])
        if own.is_main:
            self.in_main += 1
            self.article = self if tag == "article" else self.article
        elif tag in _LISTS:
            self.in_list += 1

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
            node = _enter_node(block.element, at, known)
        node.last = at
        found.append(node)
    for node in reversed(known.values()):
        above = node.above
        if above is not None and above.last < node.last:
            above.last = node.last
    return found


def _enter_node(element: HtmlElement, at: int, known: dict[HtmlElement, Node]) -> Node:
    """Add *element* and what is around it to *known*, from the top down; return its node."""
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
    return _Names(families, f"{tag} {classes.translate(_NO_DIGITS)}", is_main)


def _words(names: str) -> list[str]:
    if names.islower():
        return _LOWER.findall(names)
    return [word.lower() for word in _TOKEN.findall(names)]
