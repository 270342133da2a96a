"""The description that a page declares, where it may stand for a standfirst."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.text import count_units, tokens, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_METAS = ("og:description", "description", "twitter:description", "dc.description")
_CUT = ("…", "...", "[…]", "[...]")
_ENDS = (".", "!", "?", "。", "！", "？", "।", "”", '"', "»", ")", ":")
_SENTENCE_END = re.compile(r"[.!?。！？।…][\"”»’)]*(?=\s|$)|(?<=[。！？])")
_STEM = 40
_LONGEST = 600
_MIN_WORDS = 5
_LONG = 4
_ABOUT = 0.3
"""Share of its longer words that a description of the article has in common with it;
a site's slogan has fewer."""


def find_declared_lead(
    declared: Declared, data: StructuredData, *, title: str, text: str
) -> tuple[str, str]:
    """Return a description and its source, meta or json_ld; both "" where none will do.

    One that is cut off is completed from the *text*. It is passed over if the text does
    not hold it, as is one that repeats the *title* or has little in common with the
    article (a slogan).
    """
    article = f"{title} {text}"
    run = words(article)
    said = {*run, *tokens(article, run)}
    for source, description in _descriptions(declared, data):
        whole = _completed(description, text)
        own = words(whole)
        if count_units(whole, own) < _MIN_WORDS or set(own) <= set(words(title)):
            continue
        telling = tokens(whole, own)
        if telling == set(own):
            telling = {word for word in own if len(word) >= _LONG}
        if len(telling & said) >= _ABOUT * len(telling):
            return whole, source
    return "", ""


def _completed(description: str, text: str) -> str:
    """Return *description* up to the end of its sentence if it is cut; "" if it is lost."""
    marked = description.endswith(_CUT)
    if not marked and description.endswith(_ENDS):
        return description
    stem = description.rstrip(" .…[]")
    if len(stem) < _STEM:
        return "" if marked else description
    if f"{stem}\n" in text:
        return stem
    flat = " ".join(text.split())
    at = flat.find(stem)
    end = _SENTENCE_END.search(flat, at + len(stem)) if at >= 0 else None
    if end is None or end.end() - at > _LONGEST:
        return "" if marked else description
    return flat[at : end.end()]


def _descriptions(
    declared: Declared, data: StructuredData
) -> Iterator[tuple[str, str]]:
    for name in _METAS:
        yield "meta", declared.first(name)
    yield "json_ld", data.description
