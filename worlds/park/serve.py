"""The sites of the park on loopback, each at an address of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from worlds.gold.scoring import agreement, shingles
from worlds.park.paper import Paper
from worlds.park.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.items import Article

MOST_REQUESTS = 5000
"""Requests after which a site answers 503: no crawl may need more."""


class Served:
    """A site that answers at *base*, and *hits*, the targets that it was asked for."""

    def __init__(self, name: str, seed: int, now: datetime) -> None:
        self.hits: list[str] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                served.respond(self)

            def date_time_string(self, timestamp: float | None = None) -> str:
                return super().date_time_string(timestamp or now.timestamp())

            def log_message(self, *args: object) -> None:
                pass

        place = list(PLANS).index(name) + 1
        self._server = ThreadingHTTPServer((f"127.0.{place}.1", 0), Handler)
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self.base = f"http://127.0.{place}.1:{port}"
        self.site = Paper(name, seed, self.base, now)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        self.hits.append(handler.path)
        if len(self.hits) > MOST_REQUESTS:
            handler.send_error(503)
            return
        answer = self.site.answer(handler.path)
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.content_type)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)

    @property
    def trap_requests(self) -> dict[str, int]:
        """How often the pages of each trap were asked for."""
        patterns = self.site.traps
        return {
            n: sum(map(bool, map(p.search, self.hits))) for n, p in patterns.items()
        }

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(name: str, seed: int, now: datetime) -> Iterator[Served]:
    served = Served(name, seed, now)
    try:
        yield served
    finally:
        served.close()


def score(served: Served, stored: dict[str, Article]) -> dict[str, float]:
    """Return the figures of one site whose crawl *stored* these."""
    truths = {truth.url: truth for truth in served.site.truths()}
    right = [url for url in stored if url in truths]
    alike = [
        agreement(shingles(truths[url].text), shingles(stored[url].text))[2]
        for url in right
    ]
    return {
        "recall": len(right) / len(truths),
        "precision": len(right) / len(stored) if stored else 0.0,
        "f1": sum(alike) / len(alike) if alike else 0.0,
        "requests_per_article": round(len(served.hits) / len(truths), 3),
        "trap_requests": max(served.trap_requests.values(), default=0),
    }
