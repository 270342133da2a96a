"""Crawls that are killed at random moments, each restarted to the end: nothing is lost.

The replica portal of ``--size`` articles is crawled, with the archive on, in rounds of
``--each`` kills. A kill is ``kill -9`` of the crawl, or, one in three, of one of the
processes under it: a reader, the fork server, the store's. What a round leaves behind is
compared with the portal's truth and with a crawl that nobody touched: *lost* articles,
*twice* stored ones, *damaged* ones (other words), *unreadable* archive files or references,
*orphans* that outlive their crawl, *leases* left open. *alone* are articles of other words
that were read before their site had a model, by a crawl whose end would have read them
again.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bench import family_of, print_figures, say
from scraper.archive import iter_saved
from scraper.demo import serving
from scraper.storage import open_store
from scraper.storage.tables import frontier

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from scraper.demo import Served

_PROGRAM = "import sys; from scraper.cli import main; sys.exit(main())"
_QUICK = (
    *("AUTOTHROTTLE_ENABLED=False", "DOWNLOAD_DELAY=0", "LOG_LEVEL=ERROR"),
    *("CONCURRENT_REQUESTS=16", "CONCURRENT_REQUESTS_PER_DOMAIN=16"),
)
LATEST = 8.0
"""Seconds after its start within which a crawl is killed; a whole one takes twenty."""
LONGEST = 300.0
_FINISHED = {0, 3}


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200, help="in all (200)")
    parser.add_argument("--each", type=int, default=10, help="of one round (10)")
    parser.add_argument("--size", type=int, default=2000, help="articles (2000)")
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> int:
    chance = random.Random(options.seed)
    total: Counter[str] = Counter()
    with serving(size=options.size, seed=options.seed) as replica:
        with tempfile.TemporaryDirectory() as folder:
            whole = Round(replica, Path(folder))
            whole.finish()
            truth = whole.stored()
        while total["kills"] < options.kills:
            with tempfile.TemporaryDirectory() as folder:
                kills = min(options.each, options.kills - total["kills"])
                total += _play(Round(replica, Path(folder)), kills, chance, truth)
            say(f"{dict(total)}")
    names = ("kills", "rounds", "lost", "twice", "damaged", "unreadable", "orphans")
    figures: dict[str, float] = {
        f"kills.{name}": total[name] for name in (*names, "leases", "alone")
    }
    figures["kills.size"] = options.size
    print_figures(figures, as_json=options.json)
    return int(any(total[name] for name in (*names[2:], "leases")))


def _play(
    game: Round, kills: int, chance: random.Random, truth: dict[str, str]
) -> Counter[str]:
    found: Counter[str] = Counter(rounds=1)
    while found["kills"] < kills:
        found["kills"] += game.kill_one(chance)
    game.finish()
    stored = game.stored()
    lost = sorted(truth.keys() - stored.keys())
    found["lost"] = len(lost)
    for url in lost:
        say(f"{url} is lost: {game.outcome(url)}")
    found["twice"] = game.rows() - len(stored) + len(stored.keys() - truth.keys())
    differ = {url for url, text in truth.items() if stored.get(url, text) != text}
    alone = differ & game.alone()
    found["alone"], found["damaged"] = len(alone), len(differ - alone)
    for url in sorted(differ):
        texts = truth[url].splitlines(), stored[url].splitlines()
        say("\n".join([url, *unified_diff(*texts, "whole", "killed", n=0)]))
    found["unreadable"] = game.unreadable()
    found["orphans"] = len(game.orphans())
    found["leases"] = game.leases()
    return found


class Round:
    """A store and an archive of their own, and the crawls that fill them."""

    def __init__(self, replica: Served, folder: Path) -> None:
        self._base = replica.base
        self._folder = folder
        self._archive = folder / "archive"
        self._store = f"sqlite:///{folder}/articles.db"
        self._seen: set[int] = set()

    def kill_one(self, chance: random.Random) -> int:
        """Start a crawl and kill it, or one under it; return how many were killed."""
        crawl = self._start()
        until = time.monotonic() + chance.uniform(0.2, LATEST)
        while crawl.poll() is None and time.monotonic() < until:
            self._seen |= family_of(crawl.pid)
            time.sleep(0.05)
        if crawl.poll() is not None:
            return 0
        under = sorted(family_of(crawl.pid) - {crawl.pid})
        if under and chance.random() < 1 / 3:
            _kill(chance.choice(under))
            self._seen |= family_of(crawl.pid)
            crawl.wait(LONGEST)
            return 1
        _kill(crawl.pid)
        crawl.wait()
        return 1

    def finish(self) -> None:
        """Crawl to the end; raises RuntimeError if three tries do not reach it."""
        for _ in range(3):
            crawl = self._start()
            if crawl.wait(LONGEST) in _FINISHED:
                return
        raise RuntimeError(f"no crawl came to its end (exit code {crawl.returncode})")

    def _start(self) -> subprocess.Popen[bytes]:
        given = [f"-s{each}" for each in _QUICK]
        arguments = [
            "crawl",
            "baotintuc",
            f"-aportal={self._base}",
            "--archive",
            *given,
        ]
        kept = {
            "TINSACH_HOME": str(self._folder),
            "TINSACH_STORE": self._store,
            "TINSACH_ARCHIVE": str(self._archive),
        }
        return subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-c", _PROGRAM, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | kept,
        )

    def stored(self) -> dict[str, str]:
        with open_store(self._store) as store:
            return {a.url: f"{a.title}\n{a.text}" for a in store.iter_articles()}

    def alone(self) -> set[str]:
        """Return the articles that were read before their site had a model."""
        with open_store(self._store) as store:
            articles = store.iter_articles()
            return {a.url for a in articles if not a.extraction.model_version}

    def rows(self) -> int:
        with open_store(self._store) as store:
            return store.count()

    def unreadable(self) -> int:
        """Return how many archived pages cannot be read, or articles have none."""
        pages = list(iter_saved(self._archive))
        there = {page.url for page in pages if page.page}
        broken = sum(page.page is None for page in pages)
        return broken + len(self.stored().keys() - there)

    def orphans(self) -> set[int]:
        time.sleep(1.0)
        return {pid for pid in self._seen if Path(f"/proc/{pid}/exe").exists()}

    def leases(self) -> int:
        leased = sa.select(sa.func.count()).where(frontier.c.lessee.is_not(None))
        return int(self._select(leased)[0][0])

    def outcome(self, url: str) -> str:
        """Return what the frontier has of the page at *url*."""
        known = frontier.c.result, frontier.c.reason, frontier.c.due_at
        rows = self._select(sa.select(*known).where(frontier.c.url == url))
        return ", ".join(map(str, rows)) or "it was not listed"

    def _select(self, select: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        engine = sa.create_engine(self._store)
        with engine.connect() as connection:
            rows = connection.execute(select).all()
        engine.dispose()
        return rows


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        say(f"{pid} had ended")
