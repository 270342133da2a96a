"""The summary of a run as a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scraper.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.monitoring.report import RunReport


def print_summary(report: RunReport, verdict: str) -> None:
    """Print what the run did to standard output, where somebody reads it."""
    from rich.table import Table

    table = Table(title=f"{report.spider}: {verdict}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in _rows(report):
        table.add_row(name, value)
    try:
        output.make_console(sys.stdout).print(table)
    except BrokenPipeError:
        output.discard_results()


def _rows(report: RunReport) -> Iterator[tuple[str, str]]:
    yield "pages fetched", f"{report.pages}"
    if report.not_modified:
        yield "  not modified", f"{report.not_modified}"
    yield "sources read", f"{report.sources}"
    if report.unchanged_sources:
        yield "  nothing new there", f"{report.unchanged_sources}"
    yield "articles listed", f"{report.links}"
    yield "  outside the days asked for", f"{report.out_of_range}"
    yield "  known already", f"{report.known}"
    yield from _revisits(report)
    yield "articles stored, new", f"{report.new}"
    yield "  revised, in other words", f"{report.revised}"
    yield "  changed otherwise", f"{report.changed}"
    yield "  unchanged", f"{report.unchanged}"
    if report.forgotten:
        yield "  forgotten, kept out", f"{report.forgotten}"
    if report.archived:
        yield "pages archived", f"{report.archived}"
    yield from _counted("failed", report.failed)
    yield from _counted("quarantined", report.quarantined)
    yield from _counted("source failed", report.source_failures)
    yield from _counted("not stored", report.rejected)
    if report.followed or report.model_limited:
        yield "read by the site model", f"{report.followed}"
        yield "  again, once it was good", f"{report.read_again}"
        yield from _counted("  only in part:", report.model_limited)
        yield from _ways(report)
    yield from _coverage(report)
    yield "blocks kept", f"{report.blocks_kept}"
    yield "blocks dropped", f"{report.blocks_dropped}"
    yield from _counted("  by", report.dropped)
    yield "seconds", f"{report.seconds:.1f}"


def _revisits(report: RunReport) -> Iterator[tuple[str, str]]:
    if report.revisited or report.gone:
        yield "articles seen again", f"{report.revisited}"
        yield "  as they were", f"{report.same}"
        yield "  taken down", f"{report.gone}"


def _coverage(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many articles have each field, and how late they were."""
    if report.articles:
        for name, count in sorted(report.fields.items()):
            yield f"with {name}", f"{count} ({count / report.articles:.0%})"
    if report.latency_minutes is not None:
        late = f"{report.latency_minutes:g} ({report.latency_articles} articles)"
        yield "minutes from publication", late


def _ways(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many pages went the fast way, and what reading both ways told."""
    careful = report.differed + sum(report.careful.values())
    read = report.fast + careful
    if read:
        share = f"{report.fast / read:.0%} / {careful / read:.0%}"
        yield "  fast / careful", f"{report.fast} / {careful} ({share})"
    if report.audited:
        yield "  audited / differed", f"{report.audited} / {report.differed}"
    if report.agreement is not None:
        yield "  agreement in words", f"{report.agreement:.1%}"


def _counted(label: str, counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name, count in counts.items():
        yield f"{label} {name}", f"{count}"
