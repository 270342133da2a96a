"""``tinsach report``: an HTML page about the crawls and articles of the store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import (
    SinceOption,
    SiteOption,
    StoreOption,
    UntilOption,
    query_of,
    reading,
)
from scraper.exports.format import encoded
from scraper.urls import VIETNAM

if TYPE_CHECKING:
    from scraper.monitoring.overview import Overview
    from scraper.storage import Query


def report(
    *,
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="HTML file to write; - for standard output."
        ),
    ] = Path("report.html"),
    since: SinceOption = "30d",
    until: UntilOption = None,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """Write an HTML report: articles per day, latency, rules, fields, drift, revisions."""
    from scraper.monitoring.overview import gather

    output.format_of(out, among=["html"])
    query = query_of(since, until, site=site)
    with reading(store) as opened:
        with output.show_count("report") as counted:
            overview = gather(opened, query, counted=counted)
        stored = None if site else opened.count()
        range_ = _range(overview.sites.total(), stored, query)
        with output.open_output(out) as stream:
            stream.write(encoded(_render(overview, _about(overview, site), range_)))
        output.note(f"{out}: {range_}; open it in a browser")


def _range(found: int, stored: int | None, query: Query) -> str:
    """Return what the report covers; *stored* counts all articles, or is None."""
    last = query.until - timedelta(seconds=1) if query.until else clock.now()
    first, last_day = (
        f"{at.astimezone(VIETNAM):%Y-%m-%d}" for at in (query.since or last, last)
    )
    days = f"published {first} to {last_day}"
    if stored is None or stored == found:
        return f"{found} articles {days}"
    return f"{found} articles {days}, of {stored} stored (--since includes more)"


def _about(overview: Overview, site: str | None) -> str:
    if site or len(overview.sites) == 1:
        return site or next(iter(overview.sites))
    return f"{len(overview.sites) or 'no'} sites"


def _render(overview: Overview, about: str, range_: str) -> str:
    from scraper.exports.pages import render_page, spark, stack, trace
    from scraper.monitoring.overview import FIELDS, latencies, spread, trends

    days = spread(overview.days)
    by_section = stack("Articles by section", spread(overview.days_of_sections))
    sparks = {site: spark(counts) for site, counts in trends(days).items()}
    several_jobs = len({run.job for run in overview.runs}) > 1
    of_runs = "median of each day" if several_jobs else "run by run (+07:00)"
    return render_page(
        "report",
        title=f"tinsach: {about}",
        about=about,
        range=range_,
        overview=overview,
        field_names=FIELDS,
        shown=clock.shown,
        articles=stack("Articles by site", days) if len(sparks) > 1 else by_section,
        sparks=sparks,
        by_way=stack("Articles by way of reading", spread(overview.ways)),
        latency=trace(
            f"Minutes from publication to store, {of_runs}",
            "minutes",
            latencies(overview.runs),
        ),
    )
