"""The description that a page declares, where it may stand for a standfirst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.text import clean, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_METAS = ("og:description", "description", "twitter:description", "dc.description")
_CUT = ("…", "...", "[…]", "[...]")
_MIN_WORDS = 5
_LONG = 4
_ABOUT = 0.3
"""Share of its longer words that a description of the article has in common with it;
a site's slogan has fewer."""


def find_declared_lead(
    declared: Declared, data: StructuredData, *, title: str, text: str
) -> tuple[str, str]:
    """Return a description and its source, meta or json_ld; both "" where none will do.

    One that is cut off, repeats the *title*, or has little in common with the article (a
    slogan) is passed over.
    """
    said = {*words(title), *words(text)}
    for source, description in _descriptions(declared, data):
        own = words(description)
        if description.endswith(_CUT) or len(own) < _MIN_WORDS:
            continue
        if set(own) <= set(words(title)):
            continue
        longer = {word for word in own if len(word) >= _LONG}
        if len(longer & said) >= _ABOUT * len(longer):
            return description, source
    return "", ""


def _descriptions(
    declared: Declared, data: StructuredData
) -> Iterator[tuple[str, str]]:
    for name in _METAS:
        yield "meta", clean(declared.first(name))
    yield "json_ld", data.description
