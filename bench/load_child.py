"""The crawl of ``bench load``, which watches itself."""

from __future__ import annotations

import json
import os
import time
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from bench import family_of, say
from bench.crawl_child import IMPOLITE, resident
from scraper.demo import Portal
from scraper.monitoring.run_report import build_report
from scraper.storage import open_store
from worlds.faults.replica import fault_at

_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
_EVERY = 5.0
_SETTINGS: dict[str, Any] = IMPOLITE | {
    "COMPRESSION_ENABLED": True,
    "DOWNLOAD_TIMEOUT": 3,
    "LOG_LEVEL": "CRITICAL",
    "RETRY_TIMES": 0,
    "TINSACH_READ_TIMEOUT": 3.0,
    "TINSACH_RETRY_AFTER_MAX": 0.2,
    "TINSACH_RETRY_PAUSE": 0.2,
}


@dataclass(frozen=True)
class Sample:
    stored: int
    rss_mb: float
    files: int
    processes: int


def main(base: str, folder: str, size: str, now: str) -> None:
    """Crawl the *size* articles at *base*, the newest of *now*, into *folder*."""
    from scraper.crawling.run import RunOptions, run_crawl

    portal = Portal(int(size), base=base, now=datetime.fromisoformat(now))
    store = f"sqlite:///{folder}/articles.db"
    samples: list[Sample] = []
    watch = _watching(samples)
    settings = _SETTINGS | {"TINSACH_QUARANTINE": f"{folder}/quarantine"}
    options = RunOptions(store=store, progress=watch, settings=settings)
    started = time.monotonic()
    outcome = run_crawl("baotintuc", {"portal": base}, options=options)
    report = build_report(outcome.stats, spider="baotintuc", reason=outcome.reason)
    first, last = _least(samples, int(size), 1), _least(samples, int(size), 9)
    figures = {
        "pages": report.visited,
        "stored": report.articles,
        "failed": sum(report.failed.values()),
        "quarantined": sum(report.quarantined.values()),
        "dropped": sum(report.rejected.values()),
        "unaccounted": report.unaccounted,
        "lost": _count_lost(portal, store),
        "rss_mb": max(s.rss_mb for s in samples),
        "rss_growth_percent": (last.rss_mb / first.rss_mb - 1) * 100,
        "files_growth": last.files - first.files,
        "processes_growth": last.processes - first.processes,
        "seconds": time.monotonic() - started,
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


def _least(samples: list[Sample], size: int, tenth: int) -> Sample:
    """Return the least that was held while that *tenth* was stored, counted from 0.

    The least, since pages of 15 MB on their way are no growth: what stays once they are
    gone would be.
    """
    within = [s for s in samples if s.stored * 10 // size == tenth] or samples[-1:]
    columns = zip(*(astuple(sample) for sample in within), strict=True)
    return Sample(*map(min, columns))


def _watching(samples: list[Sample]) -> Any:  # noqa: ANN401  a Progress
    last = 0.0

    def watch(done: int, queued: int, stored: int) -> None:
        nonlocal last
        if time.monotonic() - last < _EVERY:
            return
        last = time.monotonic()
        rss = round(resident() * _PAGE_MIB, 1)
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  no Path for each
        samples.append(Sample(stored, rss, files, len(family_of(os.getpid()))))
        say(f"{time.strftime('%H:%M:%S')} {samples[-1]}")

    return watch


def _count_lost(portal: Portal, store: str) -> int:
    with open_store(store) as opened:
        stored = {article.url for article in opened.iter_articles()}
    healthy = (truth.url for truth in portal.truths())
    return sum(
        url not in stored
        for url in healthy
        if fault_at(url.removeprefix(portal.base)) is None
    )
