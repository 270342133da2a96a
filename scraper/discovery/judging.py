"""What the addresses of a site lead to, learned from what its pages gave so far."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from scraper.discovery.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

MOST_WAITING = 20_000
_PROOF = 3
"""Pages, or words of a feed, that prove a shape."""
_MOSTLY = 4
"""Good pages that a proved shape has for each bad one."""
_TRIES = 10
"""Pages of a shape that are tried before any of them was good."""


@dataclass(slots=True)
class _Record(Generic[T]):
    told: int = 0
    good: int = 0
    bad: int = 0
    open: int = 0
    likely: deque[T] = field(default_factory=deque)
    unlikely: deque[T] = field(default_factory=deque)

    @property
    def is_proved(self) -> bool:
        known = self.told + self.good
        return known >= _PROOF and known >= _MOSTLY * self.bad

    @property
    def has_room(self) -> bool:
        return self.is_proved or self.open + self.bad < _TRIES + self.good // 2


class Judge(Generic[T]):
    """Tells which addresses are worth a visit, by their :func:`shape_of`.

    A shape is proved by a source that lists articles and nothing else, or by pages that
    were what was looked for. Of another one a few are tried: the rest waits for what
    they give, so that a trap costs a few visits, whatever it is made of.
    """

    def __init__(self) -> None:
        self._shapes: defaultdict[str, _Record[T]] = defaultdict(_Record)
        self._waiting = 0

    def believe(self, url: str) -> None:
        """Note that a source whose word is good says that *url* is what is looked for."""
        self._shapes[shape_of(url)].told += 1

    def is_proved(self, url: str) -> bool:
        shape = self._shapes.get(shape_of(url))
        return shape is not None and shape.is_proved

    def offer(self, url: str, what: T, *, likely: bool = True) -> bool:
        """Tell whether *url* is to be visited now; else *what* waits, to be released.

        One that is not *likely* is no try: it waits until its shape is proved.
        """
        record = self._shapes[shape_of(url)]
        if record.is_proved or (likely and record.has_room):
            record.open += 1
            return True
        if self._waiting < MOST_WAITING:
            (record.likely if likely else record.unlikely).append(what)
            self._waiting += 1
        return False

    def tell(self, url: str, *, good: bool) -> list[T]:
        """Note what the visit of *url* gave; return what is to be visited now."""
        record = self._shapes[shape_of(url)]
        record.open = max(0, record.open - 1)
        record.good += good
        record.bad += not good
        released = list(_release(record))
        record.open += len(released)
        self._waiting -= len(released)
        return released


def _release(record: _Record[T]) -> Iterator[T]:
    if record.is_proved:
        for waiting in (record.likely, record.unlikely):
            yield from waiting
            waiting.clear()
    elif record.likely and record.has_room:
        yield record.likely.popleft()
