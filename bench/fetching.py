"""Many addresses in one process, and one after the other in a session; on loopback.

``fetching.many_s`` is the time by the clock of one ``tinsach fetch -i`` of URLS
addresses of HOSTS hosts, each asked once a second. ``fetching.session_ms`` is what
``Session.fetch`` takes for a page beyond the time of its download by urllib: the median
of PAGES, after the first ones.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import TYPE_CHECKING, Self
from urllib.request import urlopen

from bench import print_figures, say
from scraper.api import Session
from scraper.crawling.fetch import fetch_page
from scraper.demo import serving

if TYPE_CHECKING:
    import argparse

URLS, HOSTS, PAGES, WARM = 200, 50, 20, 4


def register(_parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def run(options: argparse.Namespace) -> int:
    print_figures(measure(), as_json=options.json)
    return 0


def measure() -> dict[str, float]:
    """Return the figures, by one page of the replica on each host."""
    with serving(1) as replica, ExitStack() as stack:
        url = replica.portal.truth(0).url
        body = fetch_page(url, allow_private=True).body
        hosts = [
            stack.enter_context(_Host(f"127.0.0.{n + 1}", body)) for n in range(HOSTS)
        ]
        return {
            "fetching.many_s": round(_many([host.base for host in hosts]), 2),
            "fetching.session_ms": round(_session(hosts[0].base), 1),
        }


def _many(bases: list[str]) -> float:
    addresses = [f"{bases[n % HOSTS]}/{n}.htm" for n in range(URLS)]
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("\n".join(addresses))
        file.flush()
        command = [sys.executable, "-m", "tinsach", "fetch", "-i", file.name]
        began = time.perf_counter()
        done = subprocess.run(  # noqa: S603  this interpreter
            [*command, "--allow-private", "-f", "json"],
            check=True,
            capture_output=True,
        )
        seconds = time.perf_counter() - began
    say(f"{done.stdout.count(bytes([10]))} of {URLS} pages in {seconds:.1f} s")
    return seconds


def _session(base: str) -> float:
    spans = []
    with Session(allow_private=True) as session:
        for number in range(PAGES + WARM):
            began = time.perf_counter()
            urlopen(f"{base}/{number}").read()  # noqa: S310  loopback
            downloaded = time.perf_counter()
            session.fetch(f"{base}/{number}")
            ended = time.perf_counter()
            spans.append((ended - downloaded) - (downloaded - began))
    return median(spans[WARM:]) * 1000


class _Host:
    """A server of one page at *address*, under every path."""

    def __init__(self, address: str, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer((address, 0), Handler)
        self.base = f"http://{address}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
