"""Download time-outs that hold for some paths only, so that no busy machine reaches one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydispatch import dispatcher
from scrapy import signals

if TYPE_CHECKING:
    from collections.abc import Collection

    from scrapy import Request

PATIENCE = 600.0
"""Seconds that any other answer may take."""


class Patience:
    """Keep DOWNLOAD_TIMEOUT for *timed*, the paths that a test lets time out."""

    def __init__(self, timed: Collection[str]) -> None:
        self._timed = timed
        reached = signals.request_reached_downloader
        dispatcher.connect(self._leave_time, signal=reached, weak=False)

    def _leave_time(self, request: Request) -> None:
        first = request.meta.get("redirect_urls", [request.url])[0]
        if urlsplit(first).path not in self._timed:
            request.meta["download_timeout"] = PATIENCE
