"""The pages of a site that are learned from: a bounded number, whatever their order."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.sitemodel.digest import PageDigest

SIZE = 60
"""Pages kept of a site, some 15 kB each."""


class Sample:
    """The pages with the smallest keys of all that were offered.

    Keys are hashes of addresses, so that these are pages drawn by chance, and the same
    ones whatever the order (a bottom-k sketch: Cohen and Kaplan 2007,
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
        """Tell whether the page with this *key* would be kept, or is."""
        return (
            key in self._digests or len(self) < self._size or key < max(self._digests)
        )

    def add(self, digest: PageDigest) -> bool:
        """Keep *digest* where it is wanted; tell whether it is.

        Of two readings of one address the same one stays, whatever the order.
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
