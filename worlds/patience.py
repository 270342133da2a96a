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


def let_time_out(paths: Collection[str]) -> None:
    """Let DOWNLOAD_TIMEOUT hold in this process for *paths* alone."""

    def wait_longer(request: Request) -> None:
        first = request.meta.get("redirect_urls", [request.url])[0]
        if urlsplit(first).path not in paths:
            request.meta["download_timeout"] = PATIENCE

    reached = signals.request_reached_downloader
    dispatcher.connect(wait_longer, signal=reached, weak=False)
