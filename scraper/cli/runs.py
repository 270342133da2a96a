"""``tinsach runs``: the crawls of the store, and the summary of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.app import Commands
from scraper.cli.arguments import (
    JsonLinesOption,
    JsonObjectOption,
    StoreOption,
    existing_store,
)
from scraper.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.monitoring.run_report import RunReport
    from scraper.storage import StoredRun

_COLUMNS = ("run", "job", "began", "seconds", "new", "revised", "failed", "verdict")
_DEFAULT_LIMIT = 20
_FIELDS = {
    "byline": "a byline",
    "lead": "a lead",
    "published_at": "a publication time",
    "section": "a section",
    "sure_text": "a text read with confidence",
}
"""The words for fields whose names are not words."""

app = Commands(help="List the runs of the store, and show one.")


LimitOption = Annotated[
    int, typer.Option(min=1, help="Maximum number of runs, newest first.")
]


@app.callback(invoke_without_command=True)
def runs(context: typer.Context, *, limit: LimitOption = _DEFAULT_LIMIT) -> None:
    """List the newest runs; `tinsach runs list` has more options."""
    if context.invoked_subcommand is None:
        list_runs(limit=limit)
    elif limit != _DEFAULT_LIMIT:
        raise ConfigurationError(
            f"--limit {limit} goes after the subcommand:"
            f" tinsach runs list --limit {limit}"
        )


def list_runs(
    job: Annotated[
        str | None, typer.Argument(metavar="JOB", help="Only runs of this job.")
    ] = None,
    *,
    limit: LimitOption = _DEFAULT_LIMIT,
    as_json: JsonLinesOption = False,
    store: StoreOption = None,
) -> None:
    """List runs, newest first.

    In a pipe: run, job, began, seconds, new, revised, failed, verdict, tab-separated.
    """
    with existing_store(store) as opened:
        listed = opened.jobs.list_runs(job, limit=limit)
    if not listed:
        output.note("tinsach: no run is stored; `tinsach crawl SPIDER` makes one")
    elif as_json:
        output.write_json_lines(map(_record, listed))
    else:
        output.print_rows(_COLUMNS, map(_row, listed))


def show(
    number: Annotated[int, typer.Argument(metavar="N", help="Number of the run.")],
    *,
    as_json: JsonObjectOption = False,
    store: StoreOption = None,
) -> None:
    """Show the report of one run, as the table that the crawl printed or as JSON."""
    from scraper.monitoring.run_report import report_of

    with existing_store(store) as opened:
        run = opened.jobs.load_run(number)
    if run is None:
        raise StorageError(f"there is no run {number}; `tinsach runs list` lists them")
    record = _record(run)
    if as_json or not run.record:
        output.write_json(record)
        return
    print_summary(report_of(record), record["verdict"])
    for finding in record.get("findings", ()):
        output.write_text(f"{finding['rule']}: {finding['said']}\n")


def _record(run: StoredRun) -> dict[str, Any]:
    """Return the report of *run* with what the store knows about it."""
    from scraper.monitoring.run_report import whole

    times = {"began": run.started_at, "ended": run.ended_at}
    return {
        "run": run.position,
        "job": run.job,
        "owner": run.owner,
        **{name: moment and moment.isoformat() for name, moment in times.items()},
        "verdict": "killed" if run.was_killed else "",
        **(whole(json.loads(run.record)) if run.record else {}),
    }


def _row(run: StoredRun) -> tuple[str, ...]:
    record = _record(run)
    failed = sum(record.get("failed", {}).values())
    counts = (record.get("new", 0), record.get("revised", 0), failed)
    began = clock.shown(run.started_at, precision="seconds")
    seconds = f"{record.get('seconds', 0):.0f}"
    verdict = record["verdict"] or "under way"
    return str(run.position), run.job, began, seconds, *map(str, counts), verdict


def print_summary(report: RunReport, verdict: str) -> None:
    """Print what the run did to standard output; a closed pipe is not an error."""
    try:
        output.print_pairs(f"{report.spider}: {verdict}", _summary_rows(report))
    except BrokenPipeError:
        output.discard_results()


def _summary_rows(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield all counts that are not zero, and the duration."""
    for label, count in _counts(report):
        if count:
            yield label, f"{count}"
    yield from _paths(report)
    yield from _coverage(report)
    yield from _blocks(report)
    yield "seconds", f"{report.seconds:.1f}"


def _counts(report: RunReport) -> Iterator[tuple[str, int]]:
    yield "pages fetched", report.pages
    yield "  not modified since the last visit", report.not_modified
    yield "sources read (feeds, sitemaps, sections)", report.sources
    yield "  with nothing new", report.unchanged_sources
    yield "articles listed", report.links
    yield "  outside the requested days", report.out_of_range
    yield "  already known, or listed twice", report.known
    yield "articles revisited", report.revisited
    yield "  unchanged", report.same
    yield "  taken down", report.gone
    yield "new articles stored", report.new
    yield "articles with a revised text", report.revised
    yield "articles with other changes", report.changed
    yield "articles already stored", report.unchanged
    yield "forgotten articles kept out", report.forgotten
    yield "articles refused by the store", report.store_errors
    yield "pages archived", report.archived
    yield "pages that could not be archived", report.not_archived
    yield "pages rendered by the browser", report.rendered
    yield from _by_reason("failed", report.failed)
    yield from _by_reason("in quarantine", report.quarantined)
    yield from _by_reason("sources that failed", report.source_failures)
    yield from _by_reason("skipped", report.rejected)
    yield "pages read with the site model", report.followed
    yield "pages read again, once the model was good", report.read_again
    yield from _by_reason("pages beyond the site model", report.model_limited)


def _by_reason(label: str, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for reason, count in counts.items():
        words = reason.replace("_", " ").replace("/", ", ")
        yield f"{label}: {words}", count


def _paths(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many pages took the fast path, and what its audit found."""
    full = report.differed + sum(report.careful.values())
    read = report.fast + full
    if read:
        share = f"{report.fast / read:.0%} / {full / read:.0%}"
        yield "  fast path / full extraction", f"{report.fast} / {full} ({share})"
    if report.audited:
        yield "  audited / differed", f"{report.audited} / {report.differed}"
    if report.agreement is not None:
        yield "  agreement in words", f"{report.agreement:.1%}"


def _coverage(report: RunReport) -> Iterator[tuple[str, str]]:
    """Yield how many articles have each field, and how late they were."""
    for name, count in sorted(report.fields.items()):
        if count and report.articles:
            words = _FIELDS.get(name, name)
            yield f"with {words}", f"{count} ({count / report.articles:.0%})"
    if report.latency_minutes is not None:
        late = f"{report.latency_minutes:g} ({report.latency_articles} articles)"
        yield "minutes from publication", late


def _blocks(report: RunReport) -> Iterator[tuple[str, str]]:
    if report.blocks_kept or report.blocks_dropped:
        yield "blocks kept", f"{report.blocks_kept}"
        yield "blocks dropped", f"{report.blocks_dropped}"
    for rule, count in report.dropped.items():
        yield f"  by the rule {rule}", f"{count}"


app.command("list")(list_runs)
app.command("show")(show)
