"""A loopback site that answers as it is told, and crawls in child processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scraper.monitoring.run_report import RunReport
from scraper.storage import open_store
from tests import warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHILD = Path(__file__).with_name("child.py")
LONGEST = 300


@dataclass
class Answer:
    """What a path answers; *stall* are seconds of silence before it does.

    With an ETag among *headers* it answers 304 to who names that.
    """

    body: bytes | str = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    stall: float = 0.0
    declared_length: int | None = None


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


class Site:
    """A server on loopback; a path with several answers gives them one by one.

    *ahead* is how far its clock, that of the header Date, is ahead of the real one.
    """

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.answers: dict[str, list[Answer]] = {}
        self.hits: list[str] = []
        self.times: list[tuple[str, float]] = []
        self.agents: set[str] = set()
        self.cookies: list[tuple[str, str | None]] = []
        self.closing = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def date_time_string(self, timestamp: float | None = None) -> str:
                now = time.time() if timestamp is None else timestamp
                return super().date_time_string(now + site.ahead.total_seconds())

            def log_message(self, *args: object) -> None:
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path: str, *answers: Answer | str) -> str:
        """Make *path* answer so and return its address."""
        self.answers[path] = [
            a if isinstance(a, Answer) else Answer(a) for a in answers
        ]
        return self.base + path

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.hits.append(handler.path)
        self.times.append((handler.path, time.monotonic()))
        self.agents.add(handler.headers.get("User-Agent", ""))
        self.cookies.append((handler.path, handler.headers.get("Cookie")))
        waiting = self.answers.get(handler.path, [Answer(status=404)])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if answer.stall:
            self.closing.wait(answer.stall)
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        tag = answer.headers.get("ETag")
        if tag and handler.headers.get("If-None-Match") == tag:
            handler.send_response(304)
            handler.end_headers()
            return
        handler.send_response(answer.status)
        length = answer.declared_length
        handler.send_header(
            "Content-Length", str(len(body) if length is None else length)
        )
        if answer.content_type:
            handler.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = length is not None

    def count(self, path: str) -> int:
        return Counter(self.hits)[path]

    def close(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Run:
    """What a crawl in a child process left behind."""

    stats: dict[str, Any]
    report: dict[str, Any]
    status: int
    verdict: str
    progress: list[list[int]]
    stderr: str
    store: str

    def stored(self) -> dict[str, Any]:
        """Return the stored articles by address."""
        return stored_in(self.store)


def stored_in(store_url: str) -> dict[str, Any]:
    with open_store(store_url) as store:
        return {article.url: article for article in store.iter_articles()}


class Crawls:
    """Runs crawls that share one folder and its store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = f"sqlite:///{folder}/articles.db"
        self.environment = {
            **{k: v for k, v in os.environ.items() if "proxy" not in k.lower()},
            "TINSACH_HOME": str(folder),
            "TINSACH_STORE": self.store,
        }

    def later(self, **span: float) -> Crawls:
        """Return crawls into the same store that start *span* from now."""
        there = Crawls(self.folder)
        moment = datetime.now(UTC) + timedelta(**span)
        there.environment |= {"TINSACH_NOW": moment.isoformat()}
        return there

    def start(self, python: str = warm.COLD, **spec: Any) -> subprocess.Popen[str]:
        """Start a crawl that a test may kill; a warm one would end a little later."""
        return subprocess.Popen(
            [python, str(CHILD), json.dumps(spec)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )

    def raw(self, **spec: Any) -> tuple[dict[str, Any], str]:
        process = self.start(sys.executable, **spec)
        try:
            out, err = process.communicate(timeout=LONGEST)
        finally:
            process.kill()
        assert process.returncode == 0, err
        return json.loads(out), err

    def __call__(self, **spec: Any) -> Run:
        outcome, err = self.raw(**spec)
        assert "error" not in outcome, outcome
        run = Run(**outcome, stderr=err, store=self.store)
        assert RunReport(**run.report).unaccounted == 0, run.stats
        return run


@pytest.fixture(scope="module", autouse=True)
def _warm(warm_children: None) -> None:
    """Every child process of these tests is warm."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A loopback site that lives as long as the test module."""
    site = Site()
    yield site
    site.close()


@pytest.fixture
def make_site() -> Iterator[Callable[[], Site]]:
    """Makes sites that end with the test."""
    made: list[Site] = []

    def make() -> Site:
        made.append(Site())
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Crawls:
    """Crawls that share one store, in a folder of their own."""
    return Crawls(tmp_path_factory.mktemp("crawl"))


@pytest.fixture
def new_crawls(tmp_path: Path) -> Crawls:
    """Crawls into a store of this test's own."""
    return Crawls(tmp_path)


@pytest.fixture(scope="session")
def write_article() -> Callable[..., str]:
    return article_page


@pytest.fixture(scope="session")
def answer() -> type[Answer]:
    return Answer


@pytest.fixture(scope="session")
def write_feed() -> Callable[..., Answer]:
    return feed


@pytest.fixture(scope="session")
def heavy_page() -> str:
    """A page of 17 MB, which takes seconds to read."""
    cell = "Đoạn nói về việc ấy ở địa phương, nơi bà con chờ đã lâu. " * 2
    table = f"<table><tr><th>{cell}<td>{cell}<tr><td>{cell}<td>{cell}</table>"
    return "<html><body>" + table * 25_000


def article_page(title: str, *, time: str = "2026-11-01T10:00:00+07:00") -> str:
    """Return a page of the current template, small."""
    paragraphs = "".join(
        f"<p>Đoạn {n} của bài “{title}”: cơ quan chức năng cho biết công việc đang được "
        f"triển khai đúng kế hoạch, người dân địa phương đồng tình ủng hộ lần {n}.</p>"
        for n in range(1, 6)
    )
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>{title}</title><meta property="og:title" content="{title}">
<meta property="og:type" content="article">
<meta property="article:published_time" content="{time}"></head><body>
<div class="content"><h4 class="cate">Thời sự</h4>
<h1 class="detail-title">{title}</h1><h2 class="sapo">Tóm tắt của bài {title} hôm nay.</h2>
<div class="boxdetail"><div class="contents"><div id="divfirst">{paragraphs}</div></div>
<div class="author">Linh Sơn (TTXVN)</div></div></div></body></html>"""


def feed(addresses: list[str]) -> Answer:
    """Return an RSS feed that lists *addresses*."""
    items = "".join(
        f"<item><title>Bài</title><link>{address}</link></item>"
        for address in addresses
    )
    body = f'<rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'
    return Answer(body, content_type="application/rss+xml; charset=utf-8")


@pytest.fixture(scope="session")
def bench(project):
    """Return what runs ``python -m bench`` with arguments as a user does."""

    def run(*arguments: str, timeout: float = 120, check: bool = True):
        return subprocess.run(
            [warm.COLD, "-m", "bench", *arguments],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=check,
        )

    return run
