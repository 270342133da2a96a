"""Template paths: the chain of tags and stable names from the page down to a block.

Pages of one template agree on them: numbers and hashes in names are generalised, names
that say a state are left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock


_REMEMBERED = 4096
INLINE = ("a", "span", "b", "strong", "em", "i", "cite", "address")
"""Elements that may print a name within a line."""


def matcher(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Return what tells whether *pattern* stands in a name; each name is judged once."""

    @lru_cache(maxsize=_REMEMBERED)
    def stands_in(name: str) -> bool:
        return pattern.search(name) is not None

    return stands_in


def label_of(element: HtmlElement) -> str:
    """Return what *element* is called: its class, ``itemprop`` and ``rel``."""
    get = element.get
    return f"{get('class', '')} {get('itemprop', '')} {get('rel', '')}"


_STEPS = 4
_NAMES = 3
_READ_NAMES = 8
_LONGEST = 80
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
    """Return the template path of each of *blocks*, in order; each is worked out once."""
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


def paths_by_index(blocks: list[RawBlock]) -> dict[int, str]:
    """Return the template path of each of *blocks* by its index."""
    indexes = (block.index for block in blocks)
    return dict(zip(indexes, template_paths(blocks), strict=True))


def template_path(element: HtmlElement) -> str:
    """Return the last four steps down to *element*, as ``div.content > p``.

    What wraps all of its text, as in ``p > em > a``, belongs to the path.
    """
    return _path(element, {})


def _path(element: HtmlElement, known: dict[HtmlElement, tuple[str, ...]]) -> str:
    """Return the path of *element*; *known* are the steps down to each parent."""
    if element.tag in _TOP:
        return " > ".join(_wrappers(element))
    parent = element.getparent()
    above = known.get(parent) if parent is not None else ()
    if above is None:
        known[parent] = above = _steps_to(parent)
    return " > ".join((*above, _step(element), *_wrappers(element)))


def _steps_to(node: HtmlElement | None) -> tuple[str, ...]:
    found: list[str] = []
    while node is not None and len(found) < _STEPS - 1 and node.tag not in _TOP:
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
    return ".".join([tag, *stable[:_NAMES]])


def _general(name: str) -> str:
    """Return *name* without what differs from page to page; "" for a mere hash."""
    name = name[:_LONGEST]
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
