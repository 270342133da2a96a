"""Was it a healthy run? The exit code of ``tinsach crawl``."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.monitoring.report import RunReport

MOST_FAILED = 0.3
"""Above this share of failed pages, and FEW_FAILED of them, a run is unhealthy."""
FEW_FAILED = 5

_GONE = frozenset({"http_404", "http_410"})
_COMPLETE = frozenset({"finished", "closespider_itemcount"})


class ExitStatus(IntEnum):
    DONE = 0
    FAILED = 1
    NOTHING_NEW = 3
    UNHEALTHY = 4


def judge(report: RunReport) -> tuple[ExitStatus, str]:
    """Return the exit status of the run and the reason in one line.

    Failed: the run was broken off, or articles were read and could not be stored.
    Unhealthy: no source answered, sources held no article, pages gave no article, or
    too many pages failed. Nothing new: healthy, without a new article; others may have
    changed.
    """
    if report.reason == "unreachable":
        return ExitStatus.UNHEALTHY, "the portal cannot be reached"
    if report.reason not in _COMPLETE:
        return ExitStatus.FAILED, f"the run was broken off ({report.reason})"
    if report.store_errors:
        return ExitStatus.FAILED, f"{report.store_errors} articles could not be stored"
    if reason := _unhealthy(report):
        return ExitStatus.UNHEALTHY, reason
    if not report.new:
        return ExitStatus.NOTHING_NEW, _nothing_new(report)
    return ExitStatus.DONE, "done"


def _nothing_new(report: RunReport) -> str:
    if report.revised:
        return f"nothing new, {report.revised} revised"
    return "nothing new" if report.leased else "nothing new: no address was due"


def _unhealthy(report: RunReport) -> str:
    visited = report.requested + report.revisited
    missing = sum(report.source_failures.values())
    if missing and missing == report.leased and not _is_one_gone(report):
        return "no source could be read"
    read = report.sources - report.unchanged_sources
    if read >= FEW_FAILED and not (report.links or visited):
        return f"{read} sources were read and listed no article"
    if report.requested and not report.articles + report.same:
        return f"{report.requested} pages were asked for and gave no article"
    failed = sum(report.failed.values())
    if failed >= FEW_FAILED and failed > MOST_FAILED * visited:
        return f"{failed} of {visited} pages failed"
    return ""


def _is_one_gone(report: RunReport) -> bool:
    """Tell a run in which a single source was due, and is no more: others bring its news."""
    return report.leased == 1 and not report.source_failures.keys() - _GONE
