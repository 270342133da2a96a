"""The bounded sample of pages that a site model is learned from, and its audits."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.sitemodel.digest import page_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.items import Page
    from scraper.sitemodel.digest import PageDigest
    from scraper.sitemodel.model import SiteModel


TRUSTED = 0.9
"""Share of audits that must agree for the fast path to be used."""
_PERCENT_AUDITED = 1
_PERCENT_AUDITED_YOUNG = 20
YOUNG = 20
"""Audits after which fewer pages are audited."""
_NOT_CHANCE = 2
"""Differing audits that are too many to be chance."""
_AUDITS_REMEMBERED = 200


def is_audited(page: Page, model: SiteModel) -> bool:
    """Return True if *page* is read by both paths: one in a hundred, by hash of its URL.

    It is one in five while *model* is young.
    """
    percent = _PERCENT_AUDITED_YOUNG if model.audited < YOUNG else _PERCENT_AUDITED
    return int(page_key(page.url, page.body)[:8], 16) % 100 < percent


def with_audits(model: SiteModel, audited: int, agreed: int) -> SiteModel:
    """Return *model* with *audited* more audits, of which *agreed* many agreed.

    Only the last 200 count, so that a change of the site is noticed even after years.
    """
    total, right = model.audited + audited, model.agreed + agreed
    if total > _AUDITS_REMEMBERED:
        right, total = round(right * _AUDITS_REMEMBERED / total), _AUDITS_REMEMBERED
    return replace(model, audited=total, agreed=right)


def differ_in_audits(one: SiteModel, other: SiteModel) -> bool:
    """Return True if two models are equal apart from their audits."""
    return with_no_audits(one) == with_no_audits(other)


def with_no_audits(model: SiteModel) -> SiteModel:
    return replace(model, audited=0, agreed=0)


def is_trusted(model: SiteModel) -> bool:
    """Return True if enough audits agreed; a single one that differs may be chance."""
    differed = model.audited - model.agreed
    return differed < _NOT_CHANCE or model.agreed >= TRUSTED * model.audited


SIZE = 60
"""Pages in a sample, some 15 kB each."""


class Sample:
    """The pages with the smallest keys of all that were added.

    Keys are hashes of URLs, so that the pages are drawn at random, and the same ones in
    whatever order they come (a bottom-k sketch: Cohen and Kaplan 2007,
    doi:10.1145/1281100.1281133).
    """

    def __init__(self, digests: Iterable[PageDigest] = (), *, size: int = SIZE) -> None:
        self._size = size
        self._digests: dict[str, PageDigest] = {}
        for digest in digests:
            self.add(digest)

    def __len__(self) -> int:
        return len(self._digests)

    def __iter__(self) -> Iterator[PageDigest]:
        return (self._digests[key] for key in sorted(self._digests))

    def wants(self, key: str) -> bool:
        """Return True if the page with this *key* would be kept, or is."""
        return (
            key in self._digests or len(self) < self._size or key < max(self._digests)
        )

    def add(self, digest: PageDigest) -> bool:
        """Keep *digest* if it is wanted; return True if it was kept.

        Of two readings of one URL the same one stays, in whatever order they come.
        """
        known = self._digests.get(digest.key)
        if known and _rank(known) >= _rank(digest):
            return False
        if not self.wants(digest.key):
            return False
        self._digests[digest.key] = digest
        for key in heapq.nlargest(len(self) - self._size, self._digests):
            del self._digests[key]
        return True


def _rank(digest: PageDigest) -> tuple[str, str]:
    return digest.fingerprint, digest.to_json()


class SmallestKeys:
    """The *size* smallest keys of all that were offered, as :class:`Sample` keeps them.

    A sample that sees its pages one by one has to take sixty of the first sixty, thirty
    of the next sixty, and so on: over three hundred of 5,000, each by full extraction. A
    crawl knows the URLs beforehand, so sixty suffice.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._keys: set[str] = set()
        self._largest_first: list[tuple[int, str]] = []

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def offer(self, key: str) -> None:
        """Keep *key*, in hexadecimal digits, if it is among the smallest."""
        if key in self._keys:
            return
        entry = (-int(key, 16), key)
        if len(self._keys) < self._size:
            heapq.heappush(self._largest_first, entry)
        else:
            out = heapq.heappushpop(self._largest_first, entry)[1]
            self._keys.discard(out)
            if out == key:
                return
        self._keys.add(key)
