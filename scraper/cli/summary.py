"""The summary of a run as a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scraper.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.monitoring.report import RunReport

_FIELDS = {
    "byline": "a byline",
    "lead": "a lead",
    "published_at": "a publication time",
    "section": "a section",
    "sure_text": "a text read with confidence",
}
"""What is written for a field whose name is not a word of its own."""


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
    """Yield what is not zero, and how long it took."""
    for label, count in _counts(report):
        if count:
            yield label, f"{count}"
    yield from _ways(report)
    yield from _coverage(report)
    yield from _blocks(report)
    yield "seconds", f"{report.seconds:.1f}"


def _counts(report: RunReport) -> Iterator[tuple[str, int]]:
    yield "pages fetched", report.pages
    yield "  not modified since the last visit", report.not_modified
    yield "sources read (feeds, sitemaps, sections)", report.sources
    yield "  with nothing new", report.unchanged_sources
    yield "articles listed", report.links
    yield "  outside the days asked for", report.out_of_range
    yield "  known already, or listed twice", report.known
    yield "articles visited again", report.revisited
    yield "  as they were", report.same
    yield "  taken down", report.gone
    yield "new articles stored", report.new
    yield "articles with a revised text", report.revised
    yield "articles changed otherwise", report.changed
    yield "articles stored already", report.unchanged
    yield "forgotten articles kept out", report.forgotten
    yield "articles that the store refused", report.store_errors
    yield "pages archived", report.archived
    yield "pages at which the archive failed", report.not_archived
    yield "pages rendered by the browser", report.rendered
    yield from _by_reason("failed", report.failed)
    yield from _by_reason("in quarantine", report.quarantined)
    yield from _by_reason("sources that failed", report.source_failures)
    yield from _by_reason("passed over", report.rejected)
    yield "pages read by the site model", report.followed
    yield "pages read again, once the model was good", report.read_again
    yield from _by_reason("pages beyond the site model", report.model_limited)


def _by_reason(label: str, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for reason, count in counts.items():
        words = reason.replace("_", " ").replace("/", ", ")
        yield f"{label}: {words}", count


def _coverage(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many articles have each field, and how late they were."""
    for name, count in sorted(report.fields.items()):
        if count and report.articles:
            words = _FIELDS.get(name, name)
            yield f"with {words}", f"{count} ({count / report.articles:.0%})"
    if report.latency_minutes is not None:
        late = f"{report.latency_minutes:g} ({report.latency_articles} articles)"
        yield "minutes from publication", late


def _ways(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many pages took the fast path, and what the audit of them found."""
    full = report.differed + sum(report.careful.values())
    read = report.fast + full
    if read:
        share = f"{report.fast / read:.0%} / {full / read:.0%}"
        yield "  fast path / full extraction", f"{report.fast} / {full} ({share})"
    if report.audited:
        yield "  audited / differed", f"{report.audited} / {report.differed}"
    if report.agreement is not None:
        yield "  agreement in words", f"{report.agreement:.1%}"


def _blocks(report: RunReport) -> Iterator[tuple[str, str]]:
    if report.blocks_kept or report.blocks_dropped:
        yield "blocks kept", f"{report.blocks_kept}"
        yield "blocks dropped", f"{report.blocks_dropped}"
    for rule, count in report.dropped.items():
        yield f"  by the rule {rule}", f"{count}"
