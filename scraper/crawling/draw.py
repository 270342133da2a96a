"""Which of the pages that a crawl will fetch are drawn to be learned from."""

from __future__ import annotations

import heapq

from scraper.sitemodel.sample import SIZE


class Draw:
    """The *size* smallest keys of all that were offered, as :class:`Sample` keeps them.

    A sample that is told of its pages as they come has to take sixty of the first
    sixty, thirty of the next sixty, and so on: over three hundred of 5,000, each read
    the careful way. A crawl knows the addresses before: sixty do.
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
        """Take *key*, hexadecimal digits, where it is among the smallest."""
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
