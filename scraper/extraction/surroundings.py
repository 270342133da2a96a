"""What an element stands in: the tags around it, and what they are named after."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FAR = 9
"""Levels from which on an ancestor's name is not looked at."""
FAMILIES = {
    "content": r"article|story|post|entry|content|prose|text|body|maincontent|detail|noidung|chi-?tiet",
    "related": r"relate|related|recirc\w*|recommend\w*|more|also|popular|trending|latest|next|prev\w*|read-?more|"
    r"teasers?|cards?|promo\w*|carousel|slider|lien-?quan|suggest\w*|list|items?|grid|feed",
    "share": r"shar(?:e|ing)\w*|social\w*|follow|likes?|facebook|twitter|whatsapp|print|bookmark|tools?|actions?|buttons?|btn",
    "navigation": r"nav\w*|menus?|breadcrumbs?|crumbs?|pagination|pager|tabs?|toc|toolbar|header|masthead|skip",
    "comment": r"comments?|disqus|respond|repl(?:y|ies)|discussion|feedback|binh-?luan",
    "newsletter": r"newsletter|subscri\w+|sign-?up|paywall|regwall|donat\w+|cta|membership|login|register|consent|cookies?|gdpr|modal|popup|overlay|banner",
    "advert": r"ads?|advert\w*|sponsor\w*|adslot|dfp|commercial|affiliate|disclaimer|disclosure|outbrain|taboola",
    "signed": r"authors?|by-?line|bio|writer|contributor|about|dates?|time|timestamp|publish\w*|meta|dateline|posted|credits?|tac-?gia|info|kicker|eyebrow|categor\w+",
    "caption": r"captions?|figure|image|photo|picture|gallery|media|video|img|thumb\w*|embed",
    "footer": r"footer|foot|copyright|legal|colophon|bottom|footnotes?",
    "side": r"side\w*|aside|widgets?|rail|right|left|secondary|sticky|box",
    "tags": r"tags?|topics?|keywords?|labels?|chips?|pills?",
    "lead": r"lead|lede|sapo|standfirst|deck|dek|summary|intro\w*|excerpt|subtitle|sub-?head\w*|description|abstract",
}
"""Words in the names of elements, by what they are used for on the web at large."""
TAGS = ("article", "main", "aside", "nav", "footer", "header", "form", "figure", "ul")
_BITS = {name: 1 << at for at, name in enumerate(TAGS)}
_ROLES = {
    "main": "main",
    "navigation": "nav",
    "complementary": "aside",
    "contentinfo": "footer",
    "banner": "header",
    "article": "article",
}
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMED = re.compile(
    "|".join(
        f"(?P<{family}>(?:^|[\\s_-])(?:{words})(?=$|[\\s_-]))"
        for family, words in FAMILIES.items()
    )
)
_ORDER = {family: at for at, family in enumerate(FAMILIES)}


class Surroundings(NamedTuple):
    """*depth* below the root, bits of the :data:`TAGS` around, and how *near* names are.

    *near* has for each of the :data:`FAMILIES` the levels up to the next element that is
    named so, 0 for the element itself, at most :data:`FAR`.
    """

    depth: int
    tags: int
    near: tuple[int, ...]


_OUTSIDE = Surroundings(0, 0, (FAR,) * len(FAMILIES))


def surroundings(
    element: HtmlElement, known: dict[HtmlElement, Surroundings]
) -> Surroundings:
    """Return what *element* stands in; *known* is filled with what is above it."""
    pending: list[HtmlElement] = []
    node: HtmlElement | None = element
    while node is not None and node not in known:
        pending.append(node)
        node = node.getparent()
    found = known[node] if node is not None else _OUTSIDE
    for below in reversed(pending):
        known[below] = found = _within(found, below)
    return found


def _within(outer: Surroundings, element: HtmlElement) -> Surroundings:
    get = element.get
    depth, tags, near = outer
    tags |= _bits(element.tag, get("role", ""))
    own = _families(get("class", ""), get("id", ""), get("itemprop", ""))
    near = tuple([up + 1 if up < FAR else FAR for up in near])
    if own:
        near = tuple([0 if at in own else up for at, up in enumerate(near)])
    return Surroundings(depth + 1, tags, near)


@lru_cache(maxsize=1024)
def _bits(tag: str, role: str) -> int:
    return _BITS.get(tag, 0) | _BITS.get(_ROLES.get(role, ""), 0)


@lru_cache(maxsize=8192)
def _families(*names: str) -> frozenset[int]:
    """Return which families *names* are of; the pages of a site share their names."""
    label = _HUMPS.sub("-", " ".join(filter(None, names))).lower()
    return frozenset(
        _ORDER[found.lastgroup] for found in _NAMED.finditer(label) if found.lastgroup
    )
