"""``tinsach report``: how the crawls of the store do, as a page to look at."""

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
    store_url,
)
from scraper.cli.files import format_of, open_output
from scraper.cli.progress import show_count
from scraper.urls import VIETNAM

if TYPE_CHECKING:
    from scraper.monitoring.overview import Overview
    from scraper.storage import Query


def report(
    *,
    out: Annotated[
        Path, typer.Option("-o", "--output", help="The page; - is standard output.")
    ] = Path("report.html"),
    since: SinceOption = "30d",
    until: UntilOption = None,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """Draw how crawls did: articles a day, latency, rules, fields, drift, revisions."""
    from scraper.exports.common import encoded
    from scraper.monitoring.overview import gather
    from scraper.storage import open_store

    format_of(out, among=["html"])
    query = query_of(since, until, site=site)
    with (
        open_store(store_url(store), create=False) as opened,
        show_count("report") as counted,
    ):
        overview = gather(opened, query, counted=counted)
    with open_output(out) as stream:
        stream.write(
            encoded(_render(overview, f"{site or 'All sites'}, {_days(query)}"))
        )
    count = f"{overview.sites.total()} articles of {_days(query)}"
    output.note(f"{out}: {count}; open it in a browser")


def _days(query: Query) -> str:
    last = query.until - timedelta(seconds=1) if query.until else clock.now()
    days = [f"{at.astimezone(VIETNAM):%Y-%m-%d}" for at in (query.since or last, last)]
    return f"{days[0]} to {days[1]}"


def _render(overview: Overview, about: str) -> str:
    from scraper.exports.charts import stack, trace
    from scraper.exports.pages import render_page
    from scraper.monitoring.overview import FIELDS, spread

    points = [
        (f"{run.began:%m-%d %H:%M}", run.latency)
        for run in overview.runs
        if run.latency is not None
    ]
    return render_page(
        "report",
        title=f"tinsach: {about}",
        about=about,
        overview=overview,
        field_names=FIELDS,
        by_site=stack("Articles by site", spread(overview.days)),
        by_way=stack("Articles read fast and with care", spread(overview.ways)),
        latency=trace("Minutes from publication to store, by run", "minutes", points),
    )
