"""Who wrote the article: the credit line and what the page declares check each other."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from scraper.extraction.people import Byline, parse_byline
from scraper.extraction.languages import phrases
from scraper.text import clean, compare_key, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_METAS = (
    "author",
    "article:author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "dcsext.author",
    "cxenseparse:author",
    "byl",
)
_PROFILE = re.compile(
    r"(?i)/(?:authors?|writers?|staff|profiles?|people|contributors?|reporters?"
    r"|journalists?|columnists?|auteurs?|tac-gia)/[^/?#]"
)
_MAX_WORDS = 40


def choose_authors(
    byline: Byline,
    near: Iterable[RawBlock],
    declared: Declared,
    data: StructuredData,
    site_names: Iterable[str],
) -> tuple[str, ...]:
    """Return the people who wrote it, as printed in *byline* and declared.

    *near* are the lines between the headline and the body. A credit line that names
    people of a wire service stands. Else what is declared, or linked to an author's
    page, and printed there counts before what is only declared, and that before what is
    only printed: a line named for authors may be a teaser's or hold a job title.
    """
    if byline.agency and byline.authors:
        return byline.authors
    sites = list(site_names)
    lines = [b for b in near if not b.hidden and len(b.words) <= _MAX_WORDS]
    listed = list(_listed(declared, data))
    known = clean_authors(listed, sites)
    runs = [_run(words(name)) for name in known]
    signed = [b for b in lines if not known or _is_printed_any(runs, b)]
    known = clean_authors((*known, *_linked(signed)), sites)
    printed = [_run(b.words) for b in lines if not _is_other_role(b)]
    printed.append(_run(words(byline.printed)))
    confirmed = tuple(name for name in known if _is_printed(name, printed))
    if confirmed or byline.agency:
        return confirmed
    first = clean_authors(data.authors, sites) or known
    return first or byline.authors or _staff(listed)


def clean_authors(names: Iterable[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """Return the people among *names* that structured data lists.

    The site itself, agencies, menu words and names glued to an agency are left out.
    """
    sites = {compare_key(name) for name in site_names if name}
    people: dict[str, str] = {}
    for listed in names:
        if compare_key(listed) in sites:
            continue
        for name in parse_byline(listed).authors:
            if compare_key(name) not in sites and not _is_glued(name):
                people.setdefault(compare_key(name), name)
    return tuple(people.values())


def _listed(declared: Declared, data: StructuredData) -> Iterator[str]:
    yield from data.authors
    for meta in _METAS:
        for value in declared.all(meta):
            if "://" not in value and not value.startswith("("):
                yield value


def _linked(lines: list[RawBlock]) -> Iterator[str]:
    """Yield the texts of links to an author's page in *lines*."""
    for line in lines:
        if _is_other_role(line):
            continue
        for link in line.element.iter("a"):
            profile = _PROFILE.search(link.get("href", ""))
            if profile or "author" in link.get("rel", "").lower().split():
                yield clean(" ".join(map(str, link.itertext())))


def _is_other_role(line: RawBlock) -> bool:
    """Tell "Edited by …": it names people who did not write the article."""
    return line.key.startswith(_other_roles())


@cache
def _other_roles() -> tuple[str, ...]:
    return tuple(f"{role} " for role in phrases().other_roles)


def _run(words: list[str]) -> str:
    """Return *words* as one run that is looked for, from a word's start, in another."""
    return f" {' '.join(words)}"


def _is_printed(name: str, lines: list[str]) -> bool:
    run = _run(words(name))
    return any(run in line for line in lines)


def _is_printed_any(runs: list[str], block: RawBlock) -> bool:
    line = _run(block.words)
    return any(run in line for run in runs)


def _staff(listed: list[str]) -> tuple[str, ...]:
    """Return a declared group that signs as an author: "Example Staff"."""
    ends = tuple(f" {group}" for group in phrases().groups)
    return tuple(dict.fromkeys(n for n in listed if compare_key(n).endswith(ends)))


def _is_glued(name: str) -> bool:
    """Tell "Linh SơnTTXVN": an agency with a capital right after a small letter."""
    key = compare_key(name)
    if not key.endswith(tuple(phrases().agencies)):
        return False
    for agency in phrases().agencies:
        before, start = name[: -len(agency)][-1:], name[-len(agency) :][:1]
        if key.endswith(agency) and before.islower() and start.isupper():
            return True
    return False
