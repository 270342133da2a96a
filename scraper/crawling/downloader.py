"""Downloader: the downloader of the crawl, for single URLs, in a process of its own."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import tempfile
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self

from scraper import clock
from scraper.crawling import ALLOW_PRIVATE, MAX_REDIRECTS
from scraper.crawling.addresses import proxy_hosts
from scraper.errors import FetchRefused
from scraper.import_path import module_command
from scraper.items import Page
from scraper.options import read
from scraper.urls import NAMES_A_USER, has_user, is_http, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHILD = "scraper.crawling.download_process"
_START_UP = 20.0
"""Seconds that the child may take beyond the time-outs of a URL and its redirects."""
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The result of one URL: the *body* of a page, or why it was *refused*, in one line.

    *url* is where the page was found. If the host responded, *status* is set, and *date*
    is the time of the host's clock in ISO 8601.
    """

    refused: str = ""
    url: str = ""
    status: int | None = None
    content_type: str | None = None
    encoding: str | None = None
    date: str = ""
    body: bytes = b""

    def page(self, url: str) -> Page:
        """Return the page; raises FetchRefused, which names the requested *url*, if none."""
        if self.refused or self.status is None:
            raise FetchRefused(f"{masked(url)}: {self.refused}")
        return Page(
            url=self.url,
            body=self.body,
            content_type=self.content_type,
            encoding=self.encoding,
            status=self.status,
            fetched_at=clock.now(),
        )


class Downloader:
    """Fetches pages in a process of its own until it is closed. Any thread may use it.

    Handshakes, proxies, size limits and refusals are those of a crawl; a response may
    take *timeout* seconds. Private addresses are refused unless *allow_private* or the
    variable TINSACH_ALLOW_PRIVATE is set. robots.txt is not consulted, since a person
    chose the pages. The process starts at once, and is restarted if it died.
    """

    def __init__(self, *, timeout: float = 30.0, allow_private: bool = False) -> None:
        proxy_hosts()  # raises its error here, not for each page
        allowed = allow_private or _is_private_allowed()
        self._options = {"timeout": timeout, "settings": {ALLOW_PRIVATE: allowed}}
        self._patience = timeout * (MAX_REDIRECTS + 1) + _START_UP
        self._lock = threading.Lock()
        self._requested = 0
        self._child = self._start()

    def submit(self, url: str, *, at_once: bool = True) -> Future[FetchResult]:
        """Return a future of the result of *url*; it raises nothing but CancelledError.

        URLs of one host are fetched a second apart, unless *at_once*.
        """
        if refused := _refusal_of(url):
            future: Future[FetchResult] = Future()
            future.set_result(FetchResult(refused))
            return future
        with self._lock:
            if self._child.has_ended:
                self._child = self._start()
            self._requested += 1
            request = {"number": self._requested, "url": url, "at_once": at_once}
            return self._child.submit(request)

    def fetch(self, url: str, *, at_once: bool = True) -> Page:
        """Return the page at *url*; raises FetchRefused if there is none."""
        return self.submit(url, at_once=at_once).result().page(url)

    def close(self) -> None:
        """End the process at once; open requests are refused."""
        self._child.end()

    def _start(self) -> _Child:
        child = _spare.pop() if _spare else _Child()
        child.begin(self._options, self._patience)
        return child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Child:
    """One downloader process, and the thread that receives its results."""

    def __init__(self) -> None:
        self._patience = _START_UP
        self._lock = threading.Lock()
        self._open: dict[int, Future[FetchResult]] = {}
        self._why_ended = ""
        self._last_sign = clock.monotonic()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by the thread
        self._process = subprocess.Popen(  # noqa: S603  this interpreter, this package
            module_command(_CHILD),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
        )
        self._thread = threading.Thread(
            target=self._take_results, name="downloader", daemon=True
        )

    def begin(self, options: dict[str, Any], patience: float) -> None:
        """Send the process its *options*; it is ended if silent for *patience* seconds."""
        self._patience = patience
        self._write(options)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        return bool(self._why_ended)

    def submit(self, request: dict[str, Any]) -> Future[FetchResult]:
        future: Future[FetchResult] = Future()
        with self._lock:
            if self._why_ended:
                future.set_result(FetchResult(self._why_ended))
                return future
            self._open[request["number"]] = future
            self._last_sign = clock.monotonic()
        self._write(request)
        return future

    def end(self) -> None:
        self._why_ended = self._why_ended or "the downloader was closed"
        self._process.kill()
        if self._thread.is_alive():
            self._thread.join()
        else:
            self._finish()

    def _write(self, record: dict[str, Any]) -> None:
        with suppress(OSError):  # it has died; the thread reports that
            _piped(self._process.stdin).write(json.dumps(record).encode() + b"\n")

    def _take_results(self) -> None:
        stream, buffer = _piped(self._process.stdout), bytearray()
        while self._wait_for(stream) and (piece := stream.read(_PIECE)):
            buffer += piece
            while (numbered := _cut_result(buffer)) is not None:
                self._settle(*numbered)
        self._finish()

    def _wait_for(self, stream: IO[bytes]) -> bool:
        """Wait for data; return False if the process has been silent for too long."""
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while not selector.select(self._patience / 10):
                silent = clock.monotonic() - self._last_sign
                if self._open and silent > self._patience:
                    self._why_ended = f"no response within {self._patience:.0f} s"
                    return False
        return True

    def _settle(self, number: int, result: FetchResult) -> None:
        with self._lock:
            future = self._open.pop(number)
            self._last_sign = clock.monotonic()
        if future.set_running_or_notify_cancel():
            future.set_result(result)

    def _finish(self) -> None:
        """Clean up after the process, and refuse its open requests with the reason."""
        self._process.kill()
        code = self._process.wait()
        with self._lock:
            self._why_ended = self._why_ended or self._failure(code)
            owed = list(self._open)
        for number in owed:
            self._settle(number, FetchResult(self._why_ended))
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with suppress(OSError):
                _piped(stream).close()

    def _failure(self, code: int) -> str:
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"the downloader failed ({said[-1] if said else f'exit code {code}'})"


_spare: list[_Child] = []


@contextmanager
def spare() -> Iterator[None]:
    """Start the process of the next Downloader in advance, before its options are known.

    The block ends the process if no Downloader has taken it.
    """
    _spare.append(_Child())
    try:
        yield
    finally:
        while _spare:
            _spare.pop().end()


def _cut_result(buffer: bytearray) -> tuple[int, FetchResult] | None:
    """Remove the first result from *buffer* and return it with its number.

    Returns None if the result is incomplete.
    """
    line_end = buffer.find(b"\n") + 1
    if not line_end:
        return None
    head = json.loads(buffer[:line_end])
    number, end = head.pop("number"), line_end + head.pop("size")
    if len(buffer) < end:
        return None
    result = FetchResult(**head, body=bytes(buffer[line_end:end]))
    del buffer[:end]
    return number, result


def _refusal_of(url: str) -> str:
    """Return why *url* is not fetched, judged by its spelling, or "" if it is."""
    if not is_http(url):
        return "not an http or https URL"
    return NAMES_A_USER if has_user(url) else ""


def _is_private_allowed() -> bool:
    """Return the switch of the environment; raises ConfigurationError if invalid."""
    return bool(read(ALLOW_PRIVATE, os.environ.get(ALLOW_PRIVATE)))


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise RuntimeError("the process was started without this pipe")
    return stream
