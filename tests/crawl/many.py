"""Many crawls in one process, and what each leaves open: for test_many.py.

``python many.py PORTAL RUNS`` prints a JSON list a run: open files, entries of the
temporary folder, threads, child processes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.reactor import install_reactor

from scraper.crawling.run import RunOptions, load_settings, load_spider
from tests.crawl.child import QUICK

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred


def open_now() -> list[int]:
    processes = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    files, scratch = Path("/proc/self/fd"), Path(tempfile.gettempdir())
    counts = (sum(1 for _ in folder.iterdir()) for folder in (files, scratch))
    return [*counts, threading.active_count(), len(processes)]


async def crawl(portal: str, runs: int) -> list[list[int]]:
    settings = load_settings(RunOptions(settings=QUICK | {"LOG_LEVEL": "ERROR"}))
    found = []
    for _ in range(runs):
        runner = AsyncCrawlerRunner(settings)
        spider = load_spider("baotintuc", settings)
        await runner.crawl(spider, portal=portal, section="thoi-su")
        found.append(open_now())
    return found


def main(portal: str, runs: str) -> None:
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet.task import react

    found = []

    def run(_reactor: object) -> Deferred[None]:
        async def all_runs() -> None:
            found.extend(await crawl(portal, int(runs)))

        return deferred_from_coro(all_runs())

    try:
        react(run)
    finally:
        print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
