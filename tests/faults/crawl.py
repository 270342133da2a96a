"""One crawl of a site with faults, in a process of its own, and what became of each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.storage import open_store
from scraper.storage.tables import frontier
from tests.faults.fault import Place
from tests.faults.server import healthy_after, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.fault import Fault
    from tests.faults.server import FaultServer

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
import json, resource, sys
from scraper.crawling.run import RunOptions, run_crawl
spec = json.loads(sys.argv[1])
options = RunOptions(settings=spec["settings"])
outcome = run_crawl("faulty", {}, options=options)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"stats": outcome.stats, "peak_kib": peak}, default=str))
"""
QUICK = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "RETRY_TIMES": 0,
    "TINSACH_WORKERS": 1,
    "LOG_LEVEL": "WARNING",
}
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

    def end_of(self, fault: Fault) -> str:
        """Return the word under which the visit of *fault* ended, "" for none."""
        return self.ends.get(self.base + path_of(fault), ("", 0.0))[0]

    def has_next(self, fault: Fault) -> bool:
        """Tell whether the healthy page after *fault* is stored, with its own words."""
        url = self.base + healthy_after(fault)
        return f"của bài ok-{fault.name}:" in self.stored.get(url, "")


def crawl(
    server: FaultServer,
    faults: Sequence[Fault],
    folder: Path,
    *,
    settings: dict[str, Any] | None = None,
) -> Crawled:
    """Crawl the site of *server*, which has *faults*, into a store in *folder*.

    Where the site has another name, the server is the proxy, and private addresses are
    refused; else they are allowed.
    """
    base, by_proxy = server.base, server.base != server.at.base
    _write_spider(folder, base, faults)
    store = f"sqlite:///{folder}/articles.db"
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()} | {
        "TINSACH_HOME": str(folder),
        "TINSACH_STORE": store,
        "TINSACH_ALLOW_PRIVATE": "0" if by_proxy else "1",
    }
    if by_proxy:
        environment["http_proxy"] = server.at.base
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _PROGRAM,
            json.dumps({"settings": QUICK | (settings or {})}),
        ],
        capture_output=True,
        text=True,
        timeout=LONGEST,
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
