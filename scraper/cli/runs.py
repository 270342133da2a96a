"""``tinsach runs``: what the crawls of the store did, run by run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import StoreOption
from scraper.cli.commands import Commands
from scraper.errors import ConfigurationError, StorageError
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from scraper.storage import StoredRun

_COLUMNS = ("run", "job", "began", "seconds", "new", "revised", "failed", "verdict")
_MOST = 20
"""Runs listed without an option."""
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a run.")]

app = Commands(help="List the runs of the store, and show one.")


LimitOption = Annotated[
    int, typer.Option(min=1, help="Runs listed at most, the newest first.")
]


@app.callback(invoke_without_command=True)
def runs(context: typer.Context, *, limit: LimitOption = _MOST) -> None:
    """List the newest runs; `tinsach runs list` has more options."""
    if context.invoked_subcommand is None:
        list_runs(limit=limit)
    elif limit != _MOST:
        raise ConfigurationError(
            f"--limit {limit} comes last: tinsach runs list --limit {limit}"
        )


def list_runs(
    job: Annotated[
        str | None, typer.Argument(metavar="JOB", help="Only its runs.")
    ] = None,
    *,
    limit: LimitOption = _MOST,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """List the newest runs, the newest first.

    In a pipe: run, job, beginning, seconds, new, revised, failed, verdict with tabs.
    """
    from scraper.storage import open_store

    with open_store(store_url(store), create=False) as opened:
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
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Show the report of one run: as the table that it ended with, or as JSON."""
    from scraper.cli.output import print_summary
    from scraper.monitoring.report import report_of
    from scraper.storage import open_store

    with open_store(store_url(store), create=False) as opened:
        run = opened.jobs.load_run(number)
    if run is None:
        raise StorageError(f"there is no run {number}; `tinsach runs list` lists them")
    record = _record(run)
    if as_json or not run.record:
        output.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
        return
    print_summary(report_of(record), record["verdict"])
    for finding in record.get("findings", ()):
        output.write_text(f"{finding['rule']}: {finding['said']}\n")


def _record(run: StoredRun) -> dict[str, Any]:
    """Return the report of *run* and what the store knows beside it."""
    from scraper.monitoring.report import whole

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


app.command("list")(list_runs)
app.command("show")(show)
