"""The replica as a process of its own: started, announced, ended."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

from scraper.demo.portal import Portal
from scraper.demo.site import Site
from scraper.demo.wire import Connection

if TYPE_CHECKING:
    from datetime import datetime

HOST = "127.0.0.1"
READY = "listening on "


def run(
    size: int,
    *,
    port: int = 0,
    seed: int = 0,
    now: datetime | None = None,
    until_eof: bool = False,
) -> None:
    """Serve until SIGTERM, SIGINT or, where asked, the end of standard input.

    Prints one line when it listens; port 0 is any free one. Raises OSError where the
    port is taken, ValueError as :class:`Portal` does.
    """
    with socket.create_server((HOST, port), backlog=256) as listener:
        base = f"http://{HOST}:{listener.getsockname()[1]}"
        site = Site(Portal(size, seed, base, now))
        gc.freeze()
        asyncio.run(_serve(site, listener, until_eof=until_eof))


async def _serve(site: Site, listener: socket.socket, *, until_eof: bool) -> None:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    if until_eof:
        threading.Thread(target=_watch, args=(loop, done), daemon=True).start()
    server = await loop.create_server(lambda: Connection(site), sock=listener)
    print(f"{READY}{site.portal.base}", flush=True)  # noqa: T201  the contract
    await done.wait()
    server.close()


def _watch(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(done.set)
