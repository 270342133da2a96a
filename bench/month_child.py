"""The runs of ``bench month``: one process, virtual time, every hundredth run a real one.

:func:`main` reads one JSON object from standard input and prints one.
With *kills* above 0 in it every run is a process of its own, and so many of them, drawn by
the seed, are killed (kill -9) at a moment that is drawn too.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.reactor import install_reactor

from bench.crawl_child import IMPOLITE
from bench.months import A_DAY, EVERY
from scraper import clock
from scraper.crawling.run import RunOptions, load_settings, load_spider
from worlds.living import Plan, serving_world

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

_TINSACH = "from scraper.cli import main; raise SystemExit(main())"
REAL = 100
"""One run in so many is a process of its own."""
_SPARED = 6
"""Runs at the end that are not killed: what the last killed one left is done by them."""
_LONGEST = 3.0
"""Seconds after which a run is killed at the latest; it takes two."""


class Simulation:
    """Runs the job over a world, run by run; *spec* is what the parent asks for."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.start = datetime.fromisoformat(spec["start"])
        self.at = self.start
        self._began = monotonic()
        self._moments: dict[str, list[str]] = {}
        self._last = 0
        self._chance = random.Random(f"{spec['seed']} kills")
        self._runs = range(1, spec["runs"] + 1)
        self._killed = set(self._chance.sample(self._runs[:-_SPARED], spec["kills"]))

    def now(self) -> datetime:
        """Return the moment of this run and the seconds that it has taken."""
        return self.at + timedelta(seconds=monotonic() - self._began)

    async def run(self) -> dict[str, Any]:
        spec = self.spec
        began = monotonic()
        options = {"start": self.start, "days": spec["days"]}
        plan = Plan.from_json(spec["plan"])
        with (
            serving_world(
                spec["seed"], **options, plan=plan, port=spec["port"]
            ) as served,
            clock.simulated(self.now),
        ):
            for number in self._runs:
                self.at = self.start + number * EVERY
                self._began = monotonic()
                served.set_time(self.at)
                if number in self._killed:
                    self._kill_a_run(served.base)
                elif self._killed or number % REAL == 0:
                    self._run_apart(served.base)
                else:
                    await self._run_here(served.base)
                if not self._killed:
                    self._note_what_is_new()
                if number % A_DAY == 0:
                    self._report(number // A_DAY, monotonic() - began)
        seconds = monotonic() - began
        return {"seconds": seconds, "moments": self._moments}

    def _note_what_is_new(self) -> None:
        """Keep when each revision came; the store says when it was fetched last."""
        path = self.spec["store"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            new = "SELECT position, url FROM stored_articles WHERE position > ?"
            for position, url in store.execute(new, (self._last,)):
                self._note(url)
                self._last = max(self._last, position)
            revised = "SELECT url, revision FROM articles WHERE revision > 1"
            for url, revision in store.execute(revised):
                if len(self._moments.get(urlsplit(url).path, ())) < revision:
                    self._note(url)

    def _note(self, url: str) -> None:
        times = self._moments.setdefault(urlsplit(url).path, [])
        times.append(self.now().isoformat())

    async def _run_here(self, base: str) -> None:
        settings = load_settings(
            RunOptions(
                store=self.spec["store"], settings=IMPOLITE | self.spec["settings"]
            )
        )
        runner = AsyncCrawlerRunner(settings)
        await runner.crawl(load_spider("baotintuc", settings), portal=base)

    def _run_apart(self, base: str) -> None:
        with self._start(base) as child:
            _, err = child.communicate()
        if child.returncode not in (0, 3, 4):
            raise RuntimeError(f"a real run ended with {child.returncode}: {err}")

    def _kill_a_run(self, base: str) -> None:
        with self._start(base) as child:
            try:
                child.communicate(timeout=self._chance.uniform(0, _LONGEST))
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()

    def _start(self, base: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _TINSACH, "crawl", "baotintuc"]
        command += ["-a", f"portal={base}", "--store", self.spec["store"]]
        for name, value in (IMPOLITE | self.spec["settings"]).items():
            command += ["-s", f"{name}={value}"]
        return subprocess.Popen(  # noqa: S603  our own command
            command,
            env=os.environ | {clock.START: self.at.isoformat()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _report(self, day: int, seconds: float) -> None:
        print(f"day {day} of {self.spec['days']}, {seconds:.0f} s", file=sys.stderr)


def main() -> None:
    spec = json.loads(sys.stdin.read())
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet.task import react

    found: dict[str, Any] = {}

    def run(_reactor: object) -> Deferred[None]:
        async def all_runs() -> None:
            found.update(await Simulation(spec).run())

        return deferred_from_coro(all_runs())

    try:
        react(run)
    except SystemExit as end:
        if end.code:
            raise
    print(json.dumps(found))
