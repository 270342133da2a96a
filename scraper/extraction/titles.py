"""The headline: as the page prints it, without the site's name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.items import BlockKind
from scraper.text import clean, count_units, fold, readable, tokens, words
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_SEPARATOR = re.compile(
    r"(?<!\s)\s+(?:[|»«·•–—‹›~*/‖-]|::)\s+|(?:(?<!\s)\s+)?[|｜]\s*|_(?=[^\x00-\xff])"
)
_GLUED = re.compile(r"(?<=\S)[-–—:：_](?=\w)")
"""Marks that part a title only if a name of the site follows."""
_MARKS = " |｜»«·•–—‹›~*/‖:-_"
_MARK = re.compile("[|｜»«·•–—‹›~*/‖:_-]")
_STRONG = re.compile(r"\s*[|｜/‹›«»]")
_AGREES = 0.5
"""Share of the words, of both together, that a headline has in common with another."""

_SAME = 0.8
_FEW = 4
_HEADLINE_WORDS = 3
_MOST_WORDS = 40
_CONFIRMED = 2
"""Statements of the head that a part of the printed headline needs to count alone."""


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
    bare = readable(node.text or "") if node is not None else ""
    names = site_names(declared, data, url)
    shown = [b for b in blocks if not b.hidden]
    above = [b for b in shown if start is None or b.index <= start]
    titles = (declared.first("og:title"), data.headline, bare)
    stated = [without_site(each, names) for each in titles if each]
    candidates = [cut for each in stated if (cut := _headline(each, above))]
    said = [tokens(candidate, words(candidate)) for candidate in candidates]
    first = [b for b in shown if _may_be_headline(b, names)]
    same = [b for b in above if _likeness(b, said) >= _SAME]
    if len(first) == 1 and not any(titles[:2]) and _stands(first[0], said, above, same):
        return without_site(readable(first[0].text), names)
    best = max(first, key=lambda block: _likeness(block, said), default=None)
    if not best or (candidates and _likeness(best, said) < _AGREES):
        own = (b for b in reversed(above) if b in first and _is_headline(b))
        like = max(same, key=lambda block: _likeness(block, said), default=None)
        best = like or next(own, None)
    if not best:
        return next(iter(candidates), "")
    printed = without_site(readable(best.text), names)
    more = _twitter_title(declared, names)
    return _confirmed(printed, best.element, stated + more, candidates + more)


def _may_be_headline(block: RawBlock, names: frozenset[str]) -> bool:
    is_first = block.element.tag == "h1" and len(block.words) <= _MOST_WORDS
    return is_first and not _names(block, names)


def _stands(
    heading: RawBlock, said: list[set[str]], above: list[RawBlock], same: list[RawBlock]
) -> bool:
    """Return True if the only ``h1`` is the headline of a page with but a title.

    It is if it has a word of the title; else if it stands above the body, and no other
    heading there says the title.
    """
    if not said or _likeness(heading, said) > 0:
        return True
    return heading in above and not any(b.kind is BlockKind.HEADING for b in same)


def _twitter_title(declared: Declared, names: frozenset[str]) -> list[str]:
    title = declared.first("twitter:title")
    return [without_site(title, names)] if title else []


def _confirmed(
    printed: str, element: HtmlElement, stated: list[str], cut: list[str]
) -> str:
    """Return the part of the *printed* headline that the head states as the title.

    That is what follows a kicker or a date set apart in the *element*, as the head has
    *stated* it, or what precedes a bar and is stated twice, the site's name *cut*. Words
    that elements glued together are parted as they are stated.
    """
    own, texts = words(printed), list(map(str, element.itertext()))[:_MOST_WORDS]
    parted = [(texts[:at], texts[at:]) for at in range(1, len(texts))]
    starts, ends = (
        [words(" ".join(half)) for half in halves]
        for halves in (zip(*parted, strict=True) if parted else ((), ()))
    )
    runs = list(map(words, stated))
    for title, run in zip(stated, runs, strict=True):
        if run != own and "".join(run) == "".join(own):
            return title
        if len(run) < _HEADLINE_WORDS or runs.count(own) >= runs.count(run):
            continue
        if run in ends or (run in starts and runs.count(run) >= _CONFIRMED):
            return title
    for _, half in parted:
        end = words(" ".join(half))
        if len(end) >= _HEADLINE_WORDS and own not in runs and any(run[-len(end):] == end for run in runs):
            return clean(" ".join(half))
    for title in dict.fromkeys(cut):
        is_start = printed.startswith(title) and cut.count(title) >= _CONFIRMED
        if is_start and _STRONG.match(printed[len(title) :]):
            return title
    return printed


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
    for pattern in (_SEPARATOR, _GLUED):
        parts = _parts(title, pattern)
        if len(parts) > 1 and _key(parts[-1]) in names:
            return without_site(title[: title.rindex(parts[-1])].rstrip(_MARKS), names)
        if len(parts) > 1 and _key(parts[0]) in names:
            return without_site(title[len(parts[0]) :].lstrip(_MARKS), names)
    return clean(title)


def _headline(title: str, above: list[RawBlock]) -> str:
    """Return a declared *title* without the site's name, also if that is not declared.

    What a line *above* the body prints of it is the headline. Else a last part of a few
    words is taken for the name if the rest is longer, and so are all that follow "_".
    """
    parts = _parts(title, _SEPARATOR)
    if len(parts) == 1:
        return title
    starts = [clean(title[: _end_of(title, parts, n)]) for n in range(1, len(parts))]
    lines = [b for b in above if len(b.words) <= _MOST_WORDS]
    headings = {"".join(b.words) for b in lines if b.element.tag in ("h1", "h2")}
    if "".join(words(title)) in headings:
        return title
    printed = {"".join(b.words) for b in lines if _units(b.text) >= _HEADLINE_WORDS}
    for start in reversed(starts):
        if "".join(words(start)) in printed:
            return start
    cut = title
    for start, part in zip(reversed(starts), reversed(parts), strict=False):
        rest = _units(start)
        if not _units(part) <= _FEW < rest:
            break
        cut = start
        if "_" not in title:
            break
    return cut


def _end_of(title: str, parts: list[str], count: int) -> int:
    """Return where the first *count* of *parts* end in *title*."""
    at = 0
    for part in parts[:count]:
        at = title.index(part, at) + len(part)
    return at


def _parts(title: str, pattern: re.Pattern[str]) -> list[str]:
    return pattern.split(title) if _MARK.search(title) else [title]


def _units(text: str) -> int:
    return count_units(text, words(text))


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    """Return what two spellings of a site's name share; a site has few."""
    return "".join(words(fold(name)))


def _names(block: RawBlock, names: frozenset[str]) -> bool:
    return _key(block.text) in names


def _is_headline(block: RawBlock) -> bool:
    units = count_units(block.text, block.words)
    return block.element.tag == "h1" and units >= _HEADLINE_WORDS


def _likeness(block: RawBlock, candidates: list[set[str]]) -> float:
    """Return the share of tokens that *block* and the likest candidate have in common."""
    own = tokens(block.text, block.words)
    return max((len(own & c) / max(1, len(own | c)) for c in candidates), default=0.0)
