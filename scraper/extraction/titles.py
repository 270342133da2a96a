"""The headline: as the page prints it, without the site's name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.text import clean, fold, words
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_SEPARATOR = re.compile(r"(?<!\s)\s+[|»·•–—-]\s+|(?:(?<!\s)\s+)?\|\s*")
_MARKS = " |»·•–—-"
_MARK = re.compile("[|»·•–—-]")
_AGREES = 0.5
"""Share of the words, of both together, that a headline has in common with another."""

_SAME = 0.8
_FEW = 4
_HEADLINE_WORDS = 3


def extract_title(
    root: HtmlElement,
    declared: Declared,
    data: StructuredData,
    blocks: list[RawBlock],
    *,
    url: str = "",
    start: int | None = None,
) -> str:
    """Return the headline that the page prints.

    That is the ``h1`` that agrees best with what the head declares. Where none does, it
    is another line above the body that says the same; else the last ``h1`` above the body (whose
    first block is number *start*), since the head often holds another headline, written
    for search engines; else the declared one, the site's name cut off.
    """
    node = next(root.iter("title"), None)
    bare = clean(node.text or "") if node is not None else ""
    names = site_names(declared, data, url)
    titles = (declared.first("og:title"), data.headline, bare)
    distinct = dict.fromkeys(titles)
    candidates = [cut for title in distinct if (cut := _headline(title, names))]
    said = [set(words(candidate)) for candidate in candidates]
    shown = [b for b in blocks if not b.hidden]
    first = [b for b in shown if b.element.tag == "h1" and not _names(b, names)]
    if len(first) == 1 and not any(titles[:2]):
        return without_site(first[0].text, names)
    best = max(first, key=lambda block: _likeness(block, said), default=None)
    if best and (not candidates or _likeness(best, said) >= _AGREES):
        return without_site(best.text, names)
    above = [b for b in shown if start is None or b.index <= start]
    same = (b.text for b in above if _likeness(b, said) >= _SAME)
    own = (b.text for b in reversed(above) if _is_headline(b) and b in first)
    return next(same, None) or next(own, None) or next(iter(candidates), "")


def site_names(declared: Declared, data: StructuredData, url: str) -> frozenset[str]:
    """Return the keys of what the site calls itself: declared names and its domain."""
    stated = (
        declared.first("og:site_name"),
        declared.first("application-name"),
        data.publisher,
    )
    domain = site_of(url) if url else ""
    return frozenset(filter(None, map(_key, (*stated, domain, domain.split(".")[0]))))


def without_site(title: str, names: frozenset[str]) -> str:
    """Return *title* without first and last parts that name the site."""
    parts = _parts(title)
    if len(parts) > 1 and _key(parts[-1]) in names:
        return without_site(title[: title.rindex(parts[-1])].rstrip(_MARKS), names)
    if len(parts) > 1 and _key(parts[0]) in names:
        return without_site(title[len(parts[0]) :].lstrip(_MARKS), names)
    return clean(title)


def _headline(title: str, names: frozenset[str]) -> str:
    """Return a declared *title* without the site's name, also where it is not declared.

    A last part of a few words is taken for it where the rest is longer.
    """
    cut = without_site(title, names)
    parts = _parts(cut)
    if len(parts) == 1 or cut != clean(title):
        return cut
    if not len(words(parts[-1])) <= _FEW < len(words(" ".join(parts[:-1]))):
        return cut
    return clean(cut[: cut.rindex(parts[-1])].rstrip(_MARKS))


def _parts(title: str) -> list[str]:
    return _SEPARATOR.split(title) if _MARK.search(title) else [title]


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    """Return what two spellings of a site's name share; a site has few."""
    return "".join(words(fold(name)))


def _names(block: RawBlock, names: frozenset[str]) -> bool:
    return _key(block.text) in names


def _is_headline(block: RawBlock) -> bool:
    return block.element.tag == "h1" and len(block.words) >= _HEADLINE_WORDS


def _likeness(block: RawBlock, candidates: list[set[str]]) -> float:
    """Return the share of words that *block* and the likest candidate have in common."""
    own = set(block.words)
    return max((len(own & c) / max(1, len(own | c)) for c in candidates), default=0.0)
