"""Who may have written an article: what its head declares and its lines print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from scraper.extraction.credit_lines import iter_lines, key_of, named_in, united
from scraper.extraction.languages import phrases
from scraper.extraction.person_names import is_agency, is_no_name
from scraper.text import clean, compare_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.credit_lines import Line, Place
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared
    from scraper.extraction.people import Byline

_META = re.compile(
    r"(?:^|[.:_-])(?:authors?|author[_-]?names?|creator|byl|byline)$|^dable:author$"
)
_INVERTED = re.compile(r"([^\W\d_][\w’'-]+), ([^\W\d_][\w’'.-]*(?: [^\W\d_]\.?)?)")
_NO_META = frozenset({"twitter:creator", "article:creator"})
MOST_STATED = 500
"""Elements of the head that are read for authors; a hundred thousand took 8 s."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page states of its authors: names of its head, and lines that print some.

    *byline* are the names of its credit line, *sites* the keys of what the site is named.
    """

    json_ld: tuple[str, ...]
    meta: tuple[str, ...]
    lines: tuple[Line, ...]
    byline: tuple[str, ...]
    sites: frozenset[str]


def find_stated(
    declared: Declared,
    data: StructuredData,
    blocks: Sequence[RawBlock],
    place: Place,
    byline: Byline,
    site_names: Iterable[str],
) -> Stated:
    """Return what the head and the lines around headline and body state of authors."""
    sites = frozenset(key_of(name) for name in site_names if name)
    lines = tuple(iter_lines(blocks, place, sites))
    return Stated(
        _people(data.authors, sites),
        _people(_metas(declared), sites),
        lines,
        _parted(
            tuple(name for name in byline.authors if key_of(name) not in sites), lines
        ),
        sites,
    )


def _parted(names: tuple[str, ...], lines: Iterable[Line]) -> tuple[str, ...]:
    """Return *names* as one of *lines* has them, which knows where its elements end."""
    run = _squeezed(names)
    same = (each.names for each in lines if _squeezed(each.names) == run)
    return max((names, *same), key=len)


def _squeezed(names: Iterable[str]) -> str:
    return "".join("".join(names).split())


def _people(texts: Iterable[str], sites: frozenset[str]) -> tuple[str, ...]:
    """Return the people that *texts* state, the site's own name left out."""
    texts = (text for text in islice(texts, MOST_STATED) if key_of(text) not in sites)
    stated = (name for text in texts for name in named_in(text, loose=True))
    return united([tuple(n for n in stated if key_of(n) not in sites)])


def _metas(declared: Declared) -> Iterator[str]:
    """Yield what ``meta`` elements named for authors state, addresses left out."""
    for meta, values in declared.values.items():
        if _META.search(meta) and meta not in _NO_META:
            for value in map(clean, values):
                if "://" not in value and not value.startswith(("(", "@", "/")):
                    yield _in_order(value)
    label = compare_key(declared.first("twitter:label1")).strip(" :")
    if label in phrases().byline_prefixes or label in phrases().byline_labels:
        yield declared.first("twitter:data1")


def _in_order(value: str) -> str:
    """Return the name that "Roe, Jane" states, family name first, as it is printed."""
    found = _INVERTED.fullmatch(value)
    if not found or is_agency(found[1]) or is_no_name(value):
        return value
    return f"{found[2]} {found[1]}"
