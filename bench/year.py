"""What a year of runs leaves in a store, its articles aside.

A job of 23 feeds runs every ten minutes in virtual time and finds 400 articles a day, most
by day, of which it stores none: every row of the file is one of runs or of the frontier.
Each run does what a crawl does: begin, lease, settle, report, end and prune; what became of
the sources is handed from run to run without reading the runs before, to save time.
``growth.year_of_runs_mb`` is the size of the file and its log at the end,
``growth.half_a_year_of_runs_mb`` that after half of the runs, ``growth.prune_ms`` the
slowest pruning of a run.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say
from bench.months import A_DAY, EVERY
from scraper.monitoring.recorder import record_of
from scraper.monitoring.run_report import SOURCES, Past, RunReport
from scraper.options import RUNS, URLS
from scraper.storage import (
    Address,
    AddressKind,
    Result,
    Store,
    Visit,
    Wanted,
    open_store,
)

if TYPE_CHECKING:
    import argparse

    from scraper.storage import Lease

_JOB = "year"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_FEEDS = 23
_LISTED = 6
_BY_HOUR = (*[4] * 6, *[20] * 14, *[24] * 4)
"""Articles of each hour: 400 a day."""
_ETAG = '"0123456789abcdef"'
YEAR = 365 * A_DAY


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=YEAR, help=f"runs ({YEAR:,})")


def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options.runs)
    print_figures(figures, as_json=options.json)
    return 0


def measure(folder: Path, runs: int) -> dict[str, float]:
    """Return the figures of so many runs into a store in *folder*."""
    path, slowest, half = folder / "articles.db", 0.0, 0.0
    with open_store(f"sqlite:///{path}") as store:
        job = _Job(store)
        for number in range(1, runs + 1):
            slowest = max(slowest, job.run(_START + number * EVERY))
            if number == runs // 2:
                half = _megabytes(path)
            if number % (30 * A_DAY) == 0:
                said = f"{number:,} runs: {_megabytes(path):.1f} MB"
                say(f"{said}, slowest pruning {slowest * 1000:.0f} ms")
        kept, addresses = store.jobs.count()
    return {
        "growth.year_of_runs_mb": round(_megabytes(path), 1),
        "growth.half_a_year_of_runs_mb": round(half, 1),
        "growth.prune_ms": round(slowest * 1000, 1),
        "growth.runs_kept": kept,
        "growth.addresses_kept": addresses,
    }


class _Job:
    """One job, run by run; articles have numbers in the order of their publication."""

    def __init__(self, store: Store) -> None:
        self._jobs = store.jobs
        self._published = 0
        self._past = Past()

    def run(self, at: datetime) -> float:
        """Run the job *at* that moment; return the seconds that pruning took."""
        self._publish(at)
        jobs = self._jobs
        number = jobs.begin(_JOB, at)
        jobs.set_due(_JOB, at)
        feeds = [Address(_feed(n), AddressKind.FEED, str(n)) for n in range(_FEEDS)]
        jobs.add(_JOB, feeds, at=at)
        found: Counter[str] = Counter()
        by_source: dict[str, int | str] = {}
        wanted = Wanted(run=number, began=at, at=at, limit=100)
        while leases := jobs.lease(_JOB, wanted):
            visits = [self._visit(each, at) for each in leases]
            for lease, done in zip(
                leases, jobs.settle(_JOB, visits, run=number, at=at), strict=True
            ):
                _count(lease, len(done.new_links), found, by_source)
        self._end(number, at, _report(found, by_source))
        began = time.perf_counter()
        before = {
            "runs_before": at - timedelta(days=RUNS.default),
            "addresses_before": at - timedelta(days=URLS.default),
        }
        jobs.prune(number, **before)
        return time.perf_counter() - began

    def _publish(self, at: datetime) -> None:
        an_hour = timedelta(hours=1) // EVERY
        which = at.minute * an_hour // 60
        count = _BY_HOUR[at.hour]
        self._published += count * (which + 1) // an_hour - count * which // an_hour

    def _visit(self, lease: Lease, at: datetime) -> Visit:
        visit = Visit(position=lease.position, at=at, result=Result.READ, etag=_ETAG)
        if lease.address.kind is AddressKind.ARTICLE:
            return replace(visit, content_hash="0123456789abcdef")
        feed = int(lease.address.section)
        newest = range(self._published, max(self._published - _LISTED * _FEEDS, 0), -1)
        links = tuple(
            Address(f"https://bao.example/muc-{feed}/bai-viet-so-{n}.htm", time=at)
            for n in newest
            if n % _FEEDS == feed
        )
        return replace(visit, links=links)

    def _end(self, number: int, at: datetime, report: RunReport) -> None:
        past = replace(self._past, at=at)
        record = record_of(report, past=past)
        has_sources = SOURCES in record
        outdated = past.outdated if has_sources else None
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self._jobs.end(number, at, text, outdated=outdated)
        if has_sources:
            lean = {name: value for name, value in record.items() if name != SOURCES}
            self._past = Past(
                sources=record[SOURCES], outdated=(number, json.dumps(lean))
            )
        else:
            self._past = replace(past, sources_age=past.sources_age + 1)


def _feed(number: int) -> str:
    return f"https://bao.example/muc-{number}.rss"


def _count(
    lease: Lease, new: int, found: Counter[str], by_source: dict[str, int | str]
) -> None:
    found["leased"] += 1
    if lease.address.kind is AddressKind.ARTICLE:
        found["revisited" if lease.visited_at else "requested"] += 1
    else:
        found["sources"] += 1
        by_source[lease.address.url] = new


def _report(found: Counter[str], by_source: dict[str, int | str]) -> RunReport:
    """Return a report as long as that of a crawl with these counts."""
    new = found["requested"]
    report = RunReport(
        spider=_JOB,
        reason="finished",
        seconds=4.321,
        leased=found["leased"],
        sources=found["sources"],
        requested=new,
        repeated=_FEEDS,
        clock_apart=1,
        links=_LISTED * found["sources"],
        known=_LISTED * found["sources"] - new,
        pages=found["leased"] + 1,
        same=found["revisited"],
        by_source=by_source,
    )
    return _with_articles(report, new) if new else report


def _with_articles(report: RunReport, new: int) -> RunReport:
    return replace(
        report,
        fields=dict.fromkeys(("lead", "byline", "published_at", "section"), new),
        dropped={"link_density": 9 * new, "residual": new, "template": 4 * new},
        latency_minutes=5.1,
        latency_articles=new,
        blocks_kept=17 * new,
        followed=new,
        fast=new,
        new=new,
    )


def _megabytes(path: Path) -> float:
    files = path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in files) / 1e6
