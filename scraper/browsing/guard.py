"""What stands before Datasette: who may ask, and what a browser may do with the answer."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]

_READING = frozenset({"GET", "HEAD"})
_OURS = frozenset({"", "none", "same-origin"})
"""Sec-Fetch-Site of a request that no page of another server makes; old browsers send none."""
_AT_ONCE = 3
"""Answers that are made at a time; one of 64 MiB takes some 150 MB until it is sent."""
_LONGEST_TURN = 60.0
"""Seconds after which another one is made though a reader has not taken all of his."""
_HEADERS = {
    b"content-security-policy": b"default-src 'self' 'unsafe-inline';"
    b" img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
"""Of answers that do not say otherwise; Datasette's pages have scripts in them."""


class Guard:
    """Passes on what reads, was asked of this server by its name, and by none but its pages.

    A page of the web may let its own name resolve to 127.0.0.1 and then read as its own
    what is served there (DNS rebinding). The name it asks for gives it away: it is no
    address, nor localhost, nor *name*. Other pages can read nothing, but keep the
    store busy: they may lead here by a link, and that is all. _AT_ONCE are answered at a
    time, the others wait. Once *is_there* returns False, because the store was moved or
    replaced, every request is refused.
    """

    def __init__(self, app: App, name: str, *, is_there: Callable[[], bool]) -> None:
        self._app = app
        self._is_there = is_there
        self._names = {"localhost", name.lower()}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS.items() if pair[0] not in said]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send_with_headers)
        elif refusal := self._refusal(scope):
            await _answer(send, *refusal)
        else:
            async with self._turn():
                await self._app(scope, receive, send_with_headers)
                gc.collect()  # Datasette leaves the rows of an answer in cycles

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a turn; it ends with the block, or after _LONGEST_TURN."""
        await self._turns.acquire()
        left = [self._turns.release]

        def end() -> None:
            while left:
                left.pop()()

        timer = asyncio.get_running_loop().call_later(_LONGEST_TURN, end)
        try:
            yield
        finally:
            timer.cancel()
            end()

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        """Return the status and the reason where this request is not answered."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] not in _READING:
            return 405, "nothing can be written here"
        host = _host(headers.get(b"host", ""))
        if host not in self._names and not _is_address(host):
            return 421, "ask by address, or start tinsach browse with --host NAME"
        asked_by = headers.get(b"sec-fetch-site", "")
        if asked_by not in _OURS and headers.get(b"sec-fetch-mode") != "navigate":
            return 403, "this is not served to the pages of other servers"
        if not self._is_there():
            return 503, "the store was moved or replaced: start tinsach browse again"
        return None


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches what listens on *host*."""
    if _is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host(header: str) -> str:
    """Return the host in a Host header without its port; "" where it is none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


async def _answer(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})
