"""Which pages count as one: near-duplicates, instalments of a series.

A bulletin of weather or prices says the same words every day; its pages together are
one witness of what the site repeats, or else the bulletin's own text would be taken for
the template's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.sitemodel.digest import Fate
from scraper.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.sitemodel.digest import PageDigest

_TITLE_WORDS = 4
_SENTENCE = 8
_ALIKE = 0.3
"""Share of the shorter page's sentences that both say, from which on they are one."""


def group_pages(digests: Sequence[PageDigest]) -> list[int]:
    """Return the number of the group of each of *digests*, from 0 on.

    Pages of one text, of one beginning of the title (numbers aside), or with a third of
    their sentences in common are one group.
    """
    union = _Union(len(digests))
    for name in (_fingerprint, _title_start):
        first: dict[str, int] = {}
        for at, digest in enumerate(digests):
            if own := name(digest):
                union.join(first.setdefault(own, at), at)
    _join_alike(digests, union)
    numbers: dict[int, int] = {}
    return [
        numbers.setdefault(union.root(at), len(numbers)) for at in range(len(digests))
    ]


def _fingerprint(digest: PageDigest) -> str:
    return digest.fingerprint


def _title_start(digest: PageDigest) -> str:
    said = [word for word in words(fold(digest.title)) if not word.isdigit()]
    return " ".join(said[:_TITLE_WORDS]) if len(said) >= _TITLE_WORDS else ""


def _join_alike(digests: Sequence[PageDigest], union: _Union) -> None:
    said = [_sentences(digest) for digest in digests]
    sizes = [sum(each.values()) for each in said]
    for at, one in enumerate(said):
        for other in range(at):
            shared = sum(size for key, size in one.items() if key in said[other])
            if shared and shared >= _ALIKE * min(sizes[at], sizes[other]):
                union.join(other, at)


def _sentences(digest: PageDigest) -> dict[str, int]:
    return {
        b.key: b.words
        for b in digest.blocks
        if b.fate is Fate.BODY and b.words >= _SENTENCE
    }


class _Union:
    """Disjoint sets of numbers; the smallest member is the root."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, at: int) -> int:
        while self._above[at] != at:
            at = self._above[at]
        return at

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low
