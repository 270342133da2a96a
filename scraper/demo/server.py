"""The replica as a process of its own: started, announced, ended."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from scraper.demo.portal import Portal
from scraper.demo.site import Site
from scraper.demo.wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_Site = TypeVar("_Site", bound=Site)
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

    def make(base: str) -> Site:
        return Site(Portal(size, seed, base, now))

    serve(make, port, _ignored if until_eof else None)


def serve(
    make: Callable[[str], _Site],
    port: int,
    told: Callable[[_Site, str], None] | None,
    *,
    speak: Callable[[_Site], Connection] = Connection,
) -> None:
    """Serve the site that *make* makes of its base address, as :func:`run` does.

    *speak* makes what talks to one client.

    *told* is called with the site and each line of standard input, between requests;
    the end of the input ends the server. None leaves the input alone.
    """
    with socket.create_server((HOST, port), backlog=256) as listener:
        site = make(f"http://{HOST}:{listener.getsockname()[1]}")
        gc.freeze()
        heard = partial(told, site) if told else None
        asyncio.run(_serve(site, listener, heard, partial(speak, site)))


async def _serve(
    site: Site,
    listener: socket.socket,
    heard: Callable[[str], None] | None,
    connect: Callable[[], Connection],
) -> None:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    if heard:
        arguments = (loop, done, heard)
        threading.Thread(target=_watch, args=arguments, daemon=True).start()
    server = await loop.create_server(connect, sock=listener)
    print(f"{READY}{site.portal.base}", flush=True)  # noqa: T201  the contract
    await done.wait()
    server.close()


def _watch(
    loop: asyncio.AbstractEventLoop, done: asyncio.Event, heard: Callable[[str], None]
) -> None:
    pending = b""
    while data := os.read(sys.stdin.fileno(), 4096):
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            loop.call_soon_threadsafe(heard, line.decode())
    loop.call_soon_threadsafe(done.set)


def _ignored(_site: Site, _line: str) -> None:
    """Leave a line of the input unread: only its end matters."""
