"""The replica portal, of whose articles one in a hundred is a fault.

``python -m worlds.faults.replica --size N``: serves until its standard input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.demo.portal import Portal
from scraper.demo.server import Connection, Malformed, parse, serve
from scraper.demo.site import Site
from worlds.faults.catalogue import of
from worlds.faults.fault import Addresses, Fault, Place
from worlds.faults.steps import RESET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worlds.faults.steps import Step

ONE_IN = 100
_ARTICLE = re.compile(r"-\d{17}\.htm$|-post\d+\.html$")
_ELSEWHERE = {"refused", "untrusted-certificate", "no-tls", "redirect-ever-on"}
"""Faults that need more than one server, or whose answer is at another address."""
FAULTS = [fault for fault in of(Place.PAGE) if fault.name not in _ELSEWHERE]
_MOST_STEPS = 5000


def fault_at(path: str) -> Fault | None:
    """Return the fault that *path* of the replica has, None for a healthy one."""
    if not _ARTICLE.search(path):
        return None
    number, rest = divmod(zlib.crc32(path.encode()), ONE_IN)
    return None if rest else FAULTS[number % len(FAULTS)]


class FaultyConnection(Connection):
    """Answers as the replica does, but for the articles that are faults."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._played: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()

    def _reply(self, head: bytes) -> None:
        try:
            fault = fault_at(parse(head).target)
        except Malformed:
            fault = None
        if fault is None:
            super()._reply(head)
            return
        base = self._site.portal.base
        steps = fault.play(Addresses(base, base, base))
        self._played = asyncio.ensure_future(self._play(steps))

    def connection_lost(self, _: Exception | None) -> None:
        if self._played:
            self._played.cancel()

    def pause_writing(self) -> None:
        self._room.clear()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._room.set()
        super().resume_writing()

    async def _play(self, steps: Iterable[Step]) -> None:
        for number, step in enumerate(steps):
            if number > _MOST_STEPS or self._transport.is_closing():
                break
            if step == RESET:
                self._transport.abort()
            elif isinstance(step, bytes):
                self._transport.write(step)
                await self._room.wait()
            elif isinstance(step, float):
                await asyncio.sleep(step)
        self._transport.close()


def _ignored(_site: Any, _line: str) -> None:
    """Leave a line of the input unread: only its end matters."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--now", type=datetime.fromisoformat)
    given = parser.parse_args()
    serve(
        lambda base: Site(Portal(given.size, 0, base, given.now)),
        0,
        _ignored,
        connection=FaultyConnection,
    )


if __name__ == "__main__":
    main()
