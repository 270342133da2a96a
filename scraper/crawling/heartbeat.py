"""Signs of life of a crawl, whatever its event loop is busy with."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scraper.storage.jobs import BEAT

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = BEAT.total_seconds()


class Heartbeat:
    """Calls *beat* every INTERVAL in a thread of its own, from start() to stop().

    A thread, because a page, a plug-in or a name server may hold up the event loop, and
    a crawl may wait for minutes (Retry-After) without anything to store.
    """

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._stopped = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def start(self) -> None:
        threading.Thread(target=self._run, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Let no further beat begin; twice does no harm."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            self._beat()
