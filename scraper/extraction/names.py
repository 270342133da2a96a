"""Names of elements against patterns; the pages of a site share their names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from lxml.html import HtmlElement

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
