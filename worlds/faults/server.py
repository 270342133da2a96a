"""A server on loopback that answers as its faults say, and well to everything else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worlds.faults.fault import Addresses, Fault, Place
from worlds.faults.pages import article, feed, sitemap
from worlds.faults.steps import RESET, bare, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from worlds.faults.steps import Step

MOST_BYTES = 400_000_000
MOST_SECONDS = 120.0
"""What one answer of a fault is bounded by, whatever its steps say."""
_LINGER = struct.pack("ii", 1, 0)
_FEED = "text/xml; charset=utf-8"


class FaultServer:
    """*hits* are the paths asked for and when (time.time())."""

    def __init__(
        self, faults: Sequence[Fault], certificate: Path | None, name: str
    ) -> None:
        self.faults = {path_of(fault): fault for fault in faults}
        self.hits: list[tuple[str, float]] = []
        self.received: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._secure = socket.create_server(("127.0.0.1", 0)) if certificate else None
        self._certificate = certificate
        port = self._listener.getsockname()[1]
        tls = self._secure.getsockname()[1] if self._secure else 9
        self.at = Addresses(
            f"http://127.0.0.1:{port}", f"https://127.0.0.1:{tls}", "http://127.0.0.1:9"
        )
        self.base = name or self.at.base
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def first_asked(self, fault: Fault) -> float | None:
        """Return when *fault* was requested for the first time, None if it never was."""
        path = path_of(fault)
        return next((at for hit, at in self.hits if hit == path), None)

    def start(self) -> None:
        self._thread.start()
        self._listening.wait(300)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        servers = [await asyncio.start_server(self._serve, sock=self._listener)]
        if self._secure and self._certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            servers.append(
                await asyncio.start_server(self._serve, sock=self._secure, ssl=context)
            )
        self._listening.set()
        await self._end.wait()
        for server in servers:
            server.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(
            OSError, ValueError, asyncio.CancelledError, asyncio.IncompleteReadError
        ):
            request = await reader.readuntil(b"\r\n\r\n")
            self.received.append(request)
            parts = urlsplit(request.split(b" ", 2)[1].decode("latin-1"))
            self.hits.append((parts.path, time.time()))
            async with asyncio.timeout(MOST_SECONDS):
                await send(writer, self._steps(parts.path))
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def _steps(self, path: str) -> Iterable[Step]:
        if path in self.faults:
            return self.faults[path].play(self.at)
        return self._healthy(path)

    def _healthy(self, path: str) -> Iterator[Step]:
        """Yield what is at *path* of a site as it should be: lists, and its pages."""
        base = self.base
        if path == "/feed/all.xml":
            return whole(feed([f"{base}{each}" for each in self._pages()]), _FEED)
        if path == "/sitemap/all.xml":
            of = [path_of(f) for f in self.faults.values() if f.place is Place.SITEMAP]
            return whole(sitemap([base + each for each in of], index=True), _FEED)
        if path.startswith("/page/ok-"):
            return whole(article(path.removesuffix(".html").rpartition("/")[2]))
        return bare("404 Not Found")

    def _pages(self) -> Iterator[str]:
        """Yield the pages that the site lists: each fault, and a healthy one after it."""
        for path, fault in self.faults.items():
            if fault.place in (Place.PAGE, Place.INNER):
                yield path
            yield healthy_after(fault)


async def send(writer: asyncio.StreamWriter, steps: Iterable[Step]) -> None:
    """Write *steps* to a client, until it goes away or MOST_BYTES are sent."""
    sent = 0
    for step in steps:
        if step == RESET:
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _LINGER
            )
            writer.transport.abort()
            return
        if isinstance(step, bytes):
            writer.write(step)
            sent += len(step)
            await writer.drain()
        elif isinstance(step, float):
            await asyncio.sleep(step)
        if sent > MOST_BYTES:
            return


def path_of(fault: Fault) -> str:
    match fault.place:
        case Place.ROBOTS:
            return "/robots.txt"
        case Place.PAGE | Place.INNER:
            return f"/page/{fault.name}.html"
        case place:
            return f"/{place}/{fault.name}.xml"


def healthy_after(fault: Fault) -> str:
    return f"/page/ok-{fault.name}.html"


@contextmanager
def serving(
    faults: Sequence[Fault], certificate: Path | None = None, *, name: str = ""
) -> Iterator[FaultServer]:
    """Serve a site with *faults* for the length of the block.

    *certificate* is for the listener with TLS, if there is to be one; *name* is the
    site's own address where it is reached by a proxy, which this server is then.
    """
    server = FaultServer(faults, certificate, name)
    server.start()
    try:
        yield server
    finally:
        server.stop()
