"""``tinsach export --follow``: articles as they are stored, until it is told to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from scraper.cli import output
from scraper.cli.files import open_output
from scraper.cli.stopping import Stop, stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.items import Article
    from scraper.storage import Query, Store

    Write = Callable[[Iterable[Article], BinaryIO], int]

PAUSE = 1.0
"""Seconds between two looks at the store."""


def follow(store: Store, query: Query, write: Write, *, after: int | None) -> None:
    """Write what *query* asks for of all that is stored or changed after *after*.

    None is from now on, or from the beginning where *query* has a first day. Each change is
    written once, in the order of changes. Ends where a signal asks for it or the limit of
    *query* is reached; raises BrokenPipeError where the reader has gone. In each case it
    says which number to go on after.
    """
    if after is None:
        after = 0 if query.since else store.last_change()
    follower = _Follower(store, query, write, after)
    output.note(f"following all that is stored after {after}; Ctrl-C ends it")
    try:
        with stopping() as stop, open_output(None) as results:
            follower.run(stop, results)
    except (KeyboardInterrupt, SystemExit):  # the second signal: its reader is stuck
        output.discard_results()
        raise
    finally:
        output.note(
            f"exported {follower.count} articles; --after {follower.at} goes on from here"
        )


class _Follower:
    """*at* is the change up to which all is written, *count* how many articles are."""

    def __init__(self, store: Store, query: Query, write: Write, at: int) -> None:
        self.at = at
        self.count = 0
        self._store = store
        self._query = query
        self._write = write

    def run(self, stop: Stop, results: BinaryIO) -> None:
        while not self._is_over(stop):
            self._catch_up(stop, results)
            if not self._is_over(stop):
                stop.wait(PAUSE, results)

    def _catch_up(self, stop: Stop, results: BinaryIO) -> None:
        to = self._store.last_change()
        changed = self._store.iter_changed(self._query, after=self.at, to=to)
        for change, article in changed:
            self._write([article], results)
            results.flush()
            self.at, self.count = change, self.count + 1
            if self._is_over(stop):
                return
        self.at = to

    def _is_over(self, stop: Stop) -> bool:
        return stop.asked or self.count == self._query.limit
