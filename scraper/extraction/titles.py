"""The headline: as the page prints it, without the site's name."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from scraper.items import BlockKind
from scraper.text import clean, count_units, fold, readable, tokens, words
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import Head

_SEPARATOR = re.compile(
    r"(?<!\s)\s+(?:[|»«·•–—‹›~*/‖-]|::)\s+|(?:(?<!\s)\s+)?[|｜]\s*|_(?=[^\x00-\xff])"
)
_GLUED = re.compile(r"(?<=\S)[-–—:：_](?=\w)")
"""Marks that part a title only if a name of the site follows."""
_MARKS = " |｜»«·•–—‹›~*/‖:-_"
_MARK = re.compile("[|｜»«·•–—‹›~*/‖:_-]")
_JOINTS = " :|–—-"
"""Marks between a kicker and a headline."""
_STRONG = re.compile(r"\s*[|｜/‹›«»]")
_AGREEING_SHARE = 0.5
"""Share of the words, of both together, that a headline has in common with another."""

_SAME_SHARE = 0.8
"""Share of words that a line has in common with the title that it repeats."""
_BELOW_HEADLINE = 2
"""Blocks below an ``h1`` that may print the headline for readers."""
_SITE_WORDS = 4
"""Words of the longest part of a title that is taken for the site's name."""
HEADLINE_WORDS, _LONGEST_HEADLINE = 3, 40
"""Words from which on a text can be a headline by itself, and of the longest one."""
_MOST_PIECES = 16
"""Texts of an element that are searched for a kicker; a page may be one element."""
_CONFIRMATIONS = 2
"""Statements of the head that a part of the printed headline needs to count alone."""


class _Titles(NamedTuple):
    """Titles that the head states, without the site's *names*.

    *meant* are ``og:title`` and the headline of JSON-LD; *bare* is the ``title`` element.
    """

    names: frozenset[str]
    meant: list[str]
    bare: list[str]
    twitter: list[str]


_MOST_PARTS = 20
"""Parts of a title beyond which no part counts as the site's name."""


def extract_title(
    head: Head, blocks: list[RawBlock], *, start: int | None = None
) -> str:
    """Return the headline that the page prints, or what its head states if it prints none.

    The site's name is cut off. *start* is the index of the first block of the body.
    """
    own = _own_titles(head)
    shown = [b for b in blocks if not b.hidden]
    above = [b for b in shown if start is None or b.index <= start]
    stated = [*own.meant, *own.bare]
    headlines = {each: _headline(each, above) for each in {*stated}}
    cut = [title for each in stated if (title := headlines[each])]
    h1s = [b for b in shown if _may_be_headline(b, own.names)]
    found = _find_printed(h1s, above, cut, is_bare=not own.meant)
    if found is None:
        return next(iter(cut), "")
    block = _stated_below(found, above, own)
    printed = without_site(readable(block.text), own.names)
    twitter = own.twitter
    return _confirmed(printed, block.element, stated + twitter, cut + twitter)


def _own_titles(head: Head) -> _Titles:
    names = site_names(head)
    meant = (head.declared.first("og:title"), head.data.headline)
    texts = (meant, (readable(head.title),), (head.declared.first("twitter:title"),))
    return _Titles(
        names, *([without_site(t, names) for t in each if t] for each in texts)
    )


def _may_be_headline(block: RawBlock, names: frozenset[str]) -> bool:
    is_short = block.element.tag == "h1" and len(block.words) <= _LONGEST_HEADLINE
    return is_short and _key(block.text) not in names


def _find_printed(
    h1s: list[RawBlock], above: list[RawBlock], cut: list[str], *, is_bare: bool
) -> RawBlock | None:
    """Return the block that prints the headline, None if no block does.

    That is the ``h1`` that agrees best with what the head states, *cut*. If none agrees,
    it is the heading or line above the body that says the same; else the last ``h1``
    above the body, since the head often states another headline, written for search
    engines. An ``h1`` of few words may name a section; the only one of a page whose head
    *is_bare* of all but a ``title`` counts nevertheless.
    """
    said = [tokens(title, words_of_title(title)) for title in {*cut}]
    best = max(h1s, key=lambda block: _likeness(block, said), default=None)
    if best and (not cut or _likeness(best, said) >= _AGREEING_SHARE):
        return best
    is_only = is_bare and len(h1s) == 1
    lines = [b for b in above if len(b.words) <= _LONGEST_HEADLINE]
    same = [b for b in lines if _likeness(b, said) >= _SAME_SHARE]
    like = max(same, key=lambda block: _likeness(block, said), default=None)
    end = above[-1].index if above else -1
    before = (b for b in reversed(h1s) if b.index <= end)
    own = next((b for b in before if is_only or _is_headline(b)), None)
    if like and own and like.kind is not BlockKind.HEADING and like.index < own.index:
        return own
    return like or own


def _stated_below(found: RawBlock, above: list[RawBlock], own: _Titles) -> RawBlock:
    """Return the heading just below *found* if the head states it, else *found*.

    Of two printed headlines the upper one is written for search engines.
    """
    stated = (t for t in own.meant + own.twitter if _units(t) >= HEADLINE_WORDS)
    keys = {"".join(words_of_title(t)) for t in stated} - {"".join(found.words)}
    below = (
        b
        for b in above
        if found.index < b.index <= found.index + _BELOW_HEADLINE
        and b.kind is BlockKind.HEADING
        and not b.linked
    )
    return next((b for b in below if "".join(b.words) in keys), found)


def _confirmed(
    printed: str, element: HtmlElement, stated: list[str], cut: list[str]
) -> str:
    """Return the part of the *printed* headline that the head states as the title.

    That is what precedes or follows a text set apart in the *element*, such as a kicker,
    as the head has *stated* it, or what precedes a bar and is stated twice, the site's
    name *cut*. Words that elements glued together are separated as they are stated.
    """
    own = words_of_title(printed)
    for title in stated:
        run = words_of_title(title)
        if run != own and "".join(run) == "".join(own):
            return title
    for before, after in _halves(element):
        if part := _stated_part(before, after, own, stated):
            return part
    for title in dict.fromkeys(cut):
        is_start = printed.startswith(title) and cut.count(title) >= _CONFIRMATIONS
        if is_start and _STRONG.match(printed[len(title) :]):
            return title
    return printed


def _halves(element: HtmlElement) -> list[tuple[str, str]]:
    """Return the text of *element* in two, for each place where an element in it ends."""
    pieces = map(clean, map(str, islice(element.itertext(), _MOST_PIECES)))
    texts = [text for text in pieces if text]
    return [(" ".join(texts[:at]), " ".join(texts[at:])) for at in range(1, len(texts))]


def _stated_part(before: str, after: str, own: list[str], stated: list[str]) -> str:
    """Return what is *stated* of the two parts of a headline, "" if the whole is.

    A text set apart at the end is left out if twice stated so, a kicker also if the head
    has another one. A colon that parts the two in the head is put in.
    """
    if (joined := f"{before}: {after}") in stated:
        return joined
    runs = list(map(words_of_title, stated))
    whole = runs.count(own)
    for part, least in ((after, 1), (before, _CONFIRMATIONS)):
        run = words(part)
        is_long = count_units(part, run) >= HEADLINE_WORDS
        if is_long and runs.count(run) >= max(least, whole + 1):
            return stated[runs.index(run)]
    end = after.lstrip(_JOINTS)
    if whole or _units(end) < HEADLINE_WORDS:
        return ""
    kickers = (t.removesuffix(end).rstrip() for t in stated if t.endswith(end))
    return end if any(k.endswith(tuple(_JOINTS)) for k in kickers) else ""


def site_names(head: Head) -> frozenset[str]:
    """Return the keys of what the site calls itself: declared names and its domain."""
    stated = (
        head.declared.first("og:site_name"),
        head.declared.first("application-name"),
        head.data.publisher,
    )
    domain = site_of(head.url) if head.url else ""
    return frozenset(filter(None, map(_key, (*stated, domain, domain.split(".")[0]))))


@lru_cache(maxsize=32)
def without_site(title: str, names: frozenset[str]) -> str:
    """Return *title* without first and last parts that name the site."""
    for pattern in (_SEPARATOR, _GLUED):
        parts = _parts(title, pattern)
        if len(parts) > 1 and _names_site(parts[-1], names):
            return without_site(title[: title.rindex(parts[-1])].rstrip(_MARKS), names)
        if len(parts) > 1 and _names_site(parts[0], names):
            return without_site(title[len(parts[0]) :].lstrip(_MARKS), names)
    return clean(title)


def _names_site(part: str, names: frozenset[str]) -> bool:
    """Return True if *part* is a name of the site, or most of a longer one."""
    key = _key(part)
    if key in names:
        return True
    starts = (name.startswith(key) and 2 * len(key) > len(name) for name in names)
    return len(words(part)) > 1 and any(starts)


def _headline(title: str, above: list[RawBlock]) -> str:
    """Return a declared *title* without the site's name, also if that is not declared.

    What a line *above* the body prints of it is the headline. Else a last part of a few
    words is taken for the name if the rest is longer, and so are all that follow "_".
    """
    parts = _parts(title, _SEPARATOR)
    if not 1 < len(parts) <= _MOST_PARTS:
        return title
    starts = [clean(title[: _end_of(title, parts, n)]) for n in range(1, len(parts))]
    lines = [b for b in above if len(b.words) <= _LONGEST_HEADLINE]
    headings = {"".join(b.words) for b in lines if b.element.tag in ("h1", "h2")}
    if "".join(words(title)) in headings:
        return title
    printed = {"".join(b.words) for b in lines if _is_headline(b)}
    for start in reversed(starts):
        if "".join(words(start)) in printed:
            return start
    cut = title
    for start, part in zip(reversed(starts), reversed(parts), strict=False):
        rest = _units(start)
        if not _units(part) <= _SITE_WORDS < rest:
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


def _is_headline(block: RawBlock) -> bool:
    """Return True if *block* has words enough to be a headline by itself."""
    return count_units(block.text, block.words) >= HEADLINE_WORDS


def _units(text: str) -> int:
    return count_units(text, words_of_title(text))


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    """Return what two spellings of a site's name share; a site has few."""
    return "".join(words(fold(name)))


def _likeness(block: RawBlock, candidates: list[set[str]]) -> float:
    """Return the share of tokens that *block* and the likest candidate have in common."""
    own = tokens(block.text, block.words)
    return max((len(own & c) / max(1, len(own | c)) for c in candidates), default=0.0)


def repeats_title(block: RawBlock, title: str) -> bool:
    """Return True if *block* repeats the headline: its words, or a heading with most.

    If each has a word that the other lacks, it is another heading.
    """
    run = words_of_title(title)
    if not block.words or not run:
        return False
    if block.words == run:
        return True
    if block.kind is not BlockKind.HEADING:
        return False
    own, said = set(block.words), set(run)
    one_sided = own <= said or said <= own
    return one_sided and len(own & said) >= _SAME_SHARE * len(own | said)


@lru_cache(maxsize=32)
def words_of_title(title: str) -> list[str]:
    """Return the words of *title*: heads repeat it, and each block is compared with it."""
    return words(title)
