"""The HTTP server under Datasette: quiet, and ready when it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from scraper.browsing.guard import Guard

_PATIENCE = 3
"""Seconds that an answer may still take after a signal."""


class Server(uvicorn.Server):
    """Calls *ready* when it answers, and minds signals: they take their course afterwards."""

    def __init__(self, app: Guard, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
