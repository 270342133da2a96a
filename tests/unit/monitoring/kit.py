"""Reports of runs, and pasts made of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scraper.monitoring.run_report import Past, PastRun, RunReport

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
HEALTHY = {
    "leased": 23,
    "sources": 3,
    "by_source": {"/a.rss": 20, "/b.rss": 0, "/c": 0},
    "links": 20,
    "requested": 20,
    "given": 20,
    "new": 20,
}


def run(reason: str = "finished", **counts: object) -> RunReport:
    """A healthy run with twenty new articles, but for *counts*."""
    return RunReport(spider="x", reason=reason, **(HEALTHY | counts))


def idle(**counts: object) -> RunReport:
    """A run that visited nothing, but for *counts*."""
    return RunReport(spider="x", reason="finished", **counts)


def after(*reports: RunReport, found: str = "", **known: object) -> Past:
    """The past that *reports* make, the newest first, ten minutes apart.

    *found* is the rule that found something in the newest of them.
    """
    runs = [
        PastRun(NOON - number * timedelta(minutes=10), report)
        for number, report in enumerate(reports, 1)
    ]
    if found:
        runs[0] = PastRun(runs[0].began, reports[0], frozenset({found}))
    return Past(**({"at": NOON, "runs": runs} | known))
