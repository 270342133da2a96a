"""What of a page a reader sees: tags and attributes that hide, text without what they hide.

Not rendered are scripts, styles, templates, form controls, the fallbacks of media, and
what an attribute hides. A class can only hint at hiding: the page's style decides.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCK_TAGS = _tags("""
    address article aside blockquote body caption center dd details dialog div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend
    li main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul
""")
_NO_PLACE = _tags("head link meta noframes noscript script style template title")
_CONTROLS = _tags(
    "button datalist input meter optgroup option progress select textarea"
)
_MEDIA = _tags("audio canvas embed iframe object svg video")
INVISIBLE_TAGS = _NO_PLACE | _CONTROLS | _MEDIA

_HIDDEN_STYLE = re.compile(
    r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)"
)
_CLIPPED_STYLE = re.compile(r"(?i)(?:^|;)\s*clip\s*:\s*rect\(\s*0")
_HIDDEN_CLASS = re.compile(
    r"(?i)(?:^|\s)(?:hidden|hide|d-none|sr-only|visually-?hidden|screen-reader-text)(?:\s|$)"
)


def is_invisible(element: HtmlElement) -> bool:
    """Tell what is never text: no element, a script, a form control, a closed dialog."""
    tag = element.tag
    if not isinstance(tag, str) or tag in INVISIBLE_TAGS:
        return True
    return tag == "dialog" and element.get("open") is None


class Sight(IntEnum):
    """How an element is seen: a class or a clip hides it, or it is not rendered at all."""

    SEEN = 0
    HIDDEN = 1
    UNRENDERED = 2


def sight_of(element: HtmlElement) -> Sight:
    """Return how the attributes and classes of *element* let it be seen, and what it holds."""
    get = element.get
    hidden, style, name = get("hidden"), get("style"), get("class")
    if hidden is None and style is None and name is None:
        return Sight.SEEN
    return _sight(hidden is not None, style or "", name or "")


@lru_cache(maxsize=8192)
def _sight(hidden: bool, style: str, name: str) -> Sight:
    if hidden or _HIDDEN_STYLE.search(style):
        return Sight.UNRENDERED
    if _CLIPPED_STYLE.search(style) or _HIDDEN_CLASS.search(name):
        return Sight.HIDDEN
    return Sight.SEEN


def is_unrendered(element: HtmlElement) -> bool:
    """Tell whether an attribute of *element* hides it and what it holds."""
    return sight_of(element) is Sight.UNRENDERED


def gap(element: HtmlElement) -> str:
    """Return what parts the text before *element* from that after it."""
    return " " if element.tag in BLOCK_TAGS | _CONTROLS | _MEDIA | {"br"} else ""


def visible_text(element: HtmlElement) -> str:
    """Return the text inside *element* that is rendered, spaces as they stand."""
    return "".join(_pieces(element))


def _pieces(root: HtmlElement) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        yield gap(element)
        if event == "end":
            yield (element is not root and element.tail) or ""
        elif is_invisible(element) or is_unrendered(element):
            walk.skip_subtree()
        else:
            yield element.text or ""
