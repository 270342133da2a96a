"""One crawl of a site with faults, in a process of its own, and what became of each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.crawling.failures import ROBOTS_UNREACHABLE
from scraper.monitoring.run_report import RunReport, build_report
from scraper.storage import open_store
from scraper.storage.tables import frontier
from worlds.faults.fault import Place
from worlds.faults.server import healthy_after, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from worlds.faults.fault import Fault
    from worlds.faults.server import FaultServer

LONGEST = 600.0
_SPIDER = """
import re
from typing import ClassVar

from spiders.base import PortalSpider


class Faulty(PortalSpider):
    name = "faulty"
    home = "{base}"
    hosts = frozenset({{"{host}"}})
    article_path = re.compile("^/page/")
    feeds = {feeds}
    front = ""
    sitemap = "/sitemap/all.xml"
"""
_PROGRAM = """
import json, re, sys
from pathlib import Path
from scraper.crawling.run import RunOptions, run_crawl
from worlds.patience import let_time_out
spec = json.loads(sys.argv[1])
let_time_out(spec["timed"])
options = RunOptions(settings=spec["settings"])
outcome = run_crawl("faulty", {}, options=options)
# Not ru_maxrss: a child begins with what its parent had.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({"stats": outcome.stats, "peak_kib": peak}, default=str))
"""
QUICK = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "RETRY_TIMES": 0,
    "TINSACH_WORKERS": 1,
    "LOG_LEVEL": "WARNING",
}
SECRETS = (b"root:", b"root%3A", b"\nX-Injected", b"\nCookie:", b"\ncookie:")
"""What no request may hold: words of this machine's files, headers that a server made."""
PORTAL = "http://faults.example.org"
"""The address of the site where it is reached through a proxy."""


@dataclass(frozen=True)
class Crawled:
    """*ends* are the words under which visits ended and when (POSIX), by address."""

    ends: dict[str, tuple[str, float]]
    stored: dict[str, str]
    stats: dict[str, Any]
    peak_mib: float
    said: str
    base: str

    @property
    def report(self) -> RunReport:
        return build_report(self.stats, spider="faulty", reason="finished")

    def end_of(self, fault: Fault) -> tuple[str, float]:
        """Return the word under which the visit of *fault* ended, "" for none, and when.

        For a robots.txt that is the word of the feed, which comes after it.
        """
        if fault.place is Place.ROBOTS:
            word, at = self.ends.get(f"{self.base}/feed/all.xml", ("", 0.0))
            return word, self.stored_at(fault) or at
        return self.ends.get(self.base + path_of(fault), ("", 0.0))

    def stored_at(self, fault: Fault) -> float:
        """Return when the healthy page after *fault* was done with."""
        return self.ends.get(self.base + healthy_after(fault), ("", 0.0))[1]

    def goes_on(self, fault: Fault) -> bool:
        """Return True if the healthy page after *fault* is stored, as it ought to be.

        Nothing is asked of a host whose robots.txt is unreachable.
        """
        return self.has_next(fault) == (fault.ends != (ROBOTS_UNREACHABLE,))

    def has_own(self, fault: Fault) -> bool:
        """Return True if *fault*, a page that is read all the same, is stored verbatim."""
        return self._has_words(path_of(fault), fault.name)

    def has_next(self, fault: Fault) -> bool:
        """Return True if the healthy page after *fault* is stored, with its own words."""
        return self._has_words(healthy_after(fault), f"ok-{fault.name}")

    def _has_words(self, path: str, name: str) -> bool:
        return f"của bài {name}:" in self.stored.get(self.base + path, "")


def crawl(
    server: FaultServer,
    faults: Sequence[Fault],
    folder: Path,
    *,
    settings: dict[str, Any] | None = None,
    product: Path | None = None,
    longest: float = LONGEST,
) -> Crawled:
    """Crawl the site of *server*, which has *faults*, into a store in *folder*.

    DOWNLOAD_TIMEOUT applies to the faults that end by it and to a faulty robots.txt.
    *product* is where the source lies, if not here; *longest* bounds the crawl, in
    seconds. Raises TimeoutExpired beyond it, RuntimeError for a crawl that fails.
    """
    base = server.base
    _write_spider(folder, base, faults)
    store = f"sqlite:///{folder}/articles.db"
    environment = _environment(product) | {
        "TINSACH_HOME": str(folder),
        "TINSACH_STORE": store,
        "TINSACH_ALLOW_PRIVATE": "1",
    }
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _PROGRAM,
            json.dumps({"settings": QUICK | (settings or {}), "timed": _timed(faults)}),
        ],
        capture_output=True,
        text=True,
        timeout=longest,
        check=False,
        cwd=folder,
        env=environment,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    found = json.loads(done.stdout.splitlines()[-1])
    ends, stored = _outcomes(store)
    peak = found["peak_kib"] / 1024
    return Crawled(ends, stored, found["stats"], peak, done.stderr, base)


def fetch(
    server: FaultServer,
    faults: Sequence[Fault],
    timeout: float,
    product: Path | None = None,
) -> dict[str, str]:
    """Return by name why each of *faults* is not fetched, "" if it is.

    The one-off fetch, through the server as a proxy, with private addresses refused.
    *product* is where the source lies, if not here.
    """
    urls = [server.base + path_of(fault) for fault in faults]
    environment = _environment(product) | {
        "TINSACH_ALLOW_PRIVATE": "0",
        "http_proxy": server.at.base,
    }
    program = (
        "import json, sys; from scraper.crawling.fetch import fetch_results;"
        "answers = fetch_results(json.loads(sys.argv[1]));"
        "print(json.dumps([answer.refused for answer in answers]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(urls)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=True,
        cwd=product,
        env=environment,
    )
    names = (fault.name for fault in faults)
    return dict(zip(names, json.loads(done.stdout), strict=True))


def _environment(product: Path | None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    return kept | ({"PYTHONPATH": str(product)} if product else {})


def _timed(faults: Sequence[Fault]) -> list[str]:
    """Return the paths of *faults* for which a short DOWNLOAD_TIMEOUT applies."""
    return [
        path_of(fault)
        for fault in faults
        if "timeout" in fault.ends or fault.place is Place.ROBOTS
    ]


def _write_spider(folder: Path, base: str, faults: Sequence[Fault]) -> None:
    feeds = [path_of(fault) for fault in faults if fault.place is Place.FEED]
    host = base.split("//")[1].partition(":")[0]
    text = _SPIDER.format(base=base, host=host, feeds=(*feeds, "/feed/all.xml"))
    (folder / "spiders").mkdir(exist_ok=True)
    (folder / "spiders" / "faulty.py").write_text(text)


def _outcomes(store: str) -> tuple[dict[str, tuple[str, float]], dict[str, str]]:
    with open_store(store) as opened:
        stored = {a.url: a.text for a in opened.iter_articles()}
    engine = sa.create_engine(store)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(frontier)).all()
    engine.dispose()
    ends = {
        row.url: (row.reason or row.result, row.visited_at.timestamp())
        for row in rows
        if row.visited_at
    }
    return ends, stored
