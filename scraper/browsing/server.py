"""The HTTP server under Datasette: quiet, and ready when it says so."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from scraper.browsing.guard import Guard

_PATIENCE = 3
"""Seconds that an answer may still take after a signal."""


class Server(uvicorn.Server):
    """Calls *ready* when it answers, and minds signals: they take their course afterwards.

    It calls *break_off* a second before its patience with answers ends.
    """

    def __init__(
        self, app: Guard, *, ready: Callable[[], None], break_off: Callable[[], None]
    ) -> None:
        config = uvicorn.Config(
            app,
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        super().__init__(config)
        self._ready = ready
        self._break_off = break_off

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # the guard collects after each answer: what is there now stays
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(_PATIENCE - 1, self._break_off)
        # Answers that the shutdown breaks off are not logged as errors.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        self._break_off()
