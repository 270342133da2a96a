"""The full-text search: words of queries, and snippets of texts.

A word is a run of letters and digits of the folded text. Index, query and snippet all
use :data:`scraper.text.FOLDED`, so that they agree on every word.
"""

from __future__ import annotations

import re
from contextlib import suppress
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from scraper.text import FOLDED

if TYPE_CHECKING:
    from collections.abc import Iterator

Term = tuple[str, ...]
"""Folded words that must follow each other."""

_WORD = re.compile(r"[^ ]+")
_PART = re.compile(r'"([^"]*)"|([^\s"]+)')
_QUOTES = str.maketrans("“”„«»", '"""""')
_WIDTH = 40
_BEFORE = 8
_MARK = "**"


class _Found(NamedTuple):
    first: int
    last: int
    term: Term


def parse_query(query: str) -> list[Term]:
    """Return the distinct terms of *query*, in order; any text is fine.

    A quoted phrase is one term, as is "covid-19"; punctuation is ignored.
    """
    parts = _PART.findall(query.translate(_QUOTES))
    terms = (
        tuple((phrase or word).translate(FOLDED).split()) for phrase, word in parts
    )
    return list(dict.fromkeys(term for term in terms if term))


def snippet(text: str, terms: list[Term]) -> str:
    """Return some 40 words of *text* around the terms, found words between ``**``.

    The densest place wins, the first of equals. Without a hit it is the beginning.
    """
    words, places = _split(text)
    found = _find(words, terms)
    first = _best_start(found)
    last = min(first + _WIDTH, len(words)) - 1
    if last < 0:
        return " ".join(text.split())
    begin = places[first][0] if first else 0
    end = places[last][1] if last < len(words) - 1 else len(text)
    shown = [(places[f][0], places[e][1]) for f, e, _ in found if f >= first]
    cut = _marked(text, begin, end, [pair for pair in shown if pair[1] <= end])
    head, tail = "… " if first else "", " …" if end < len(text) else ""
    return head + " ".join(cut.split()) + tail


def _split(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the folded words of *text*, and where each begins and ends in it."""
    folded = text.translate(FOLDED)
    places = [found.span() for found in _WORD.finditer(folded)]
    if not FOLDED.uneven.isdisjoint(text):
        origin = _origin(text)
        places = [(origin[start], origin[end]) for start, end in places]
    return folded.split(), places


def _origin(text: str) -> list[int]:
    """Return the place in *text* of each of its folded characters, and of its end."""
    origin: list[int] = []
    for place, char in enumerate(text):
        origin.extend([place] * len(FOLDED[ord(char)]))
    return [*origin, len(text)]


def _find(words: list[str], terms: list[Term]) -> list[_Found]:
    found = [
        _Found(place, place + len(term) - 1, term)
        for term in terms
        for place in _iter_places(words, term[0])
        if tuple(words[place : place + len(term)]) == term
    ]
    return sorted(found, key=itemgetter(0))


def _iter_places(words: list[str], word: str) -> Iterator[int]:
    place = -1
    with suppress(ValueError):  # it does not stand there once more
        while True:
            place = words.index(word, place + 1)
            yield place


def _best_start(found: list[_Found]) -> int:
    best, most = 0, 0
    for number, hit in enumerate(found):
        inside = set()
        for other in found[number:]:
            if other.last >= hit.first + _WIDTH - _BEFORE:
                break
            inside.add(other.term)
        if len(inside) > most:
            best, most = max(0, hit.first - _BEFORE), len(inside)
    return best


def _marked(text: str, begin: int, end: int, pairs: list[tuple[int, int]]) -> str:
    parts, place = [], begin
    for start, stop in _joined(text, pairs):
        parts += [text[place:start], _MARK, text[start:stop], _MARK]
        place = stop
    return "".join([*parts, text[place:end]])


def _joined(text: str, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return *pairs* with those that only white space parts made one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(pairs):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
