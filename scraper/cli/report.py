"""``tinsach report``: an HTML page with tables and charts of crawls and articles."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from scraper.exports import encoded
from scraper.items import EXPECTED
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from scraper.changes import Change
    from scraper.items import Article
    from scraper.storage import Query, Store, StoredModel, StoredRun


FIELDS = (*EXPECTED, "images")
"""What a site's pages can be expected to have."""
MOST_RUNS = 2000
"""Runs that are loaded, the newest ones."""
MOST_DAYS = 92
"""Most days that are shown one by one."""
UNDATED = "undated"
_CLUSTERS = 10
_REVISIONS = 10
"""Largest clusters and revisions that are shown."""
_REVISED = 500
"""Revised articles whose changes are compared, the newest ones: each costs a query."""
_DRIFT = frozenset({"ways_disagree", "unknown_template"})


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended; *latency* is its median in minutes, if known.

    *findings* are pairs of a rule and its words.
    """

    number: int
    job: str
    began: datetime
    new: int
    latency: float | None
    findings: Sequence[tuple[str, str]]

    @property
    def drift(self) -> list[str]:
        return [said for rule, said in self.findings if rule in _DRIFT]


@dataclass(frozen=True, slots=True)
class Revision:
    """What one revision of *article* changed, in *size* words."""

    article: Article
    size: int
    changes: Sequence[Change]


@dataclass(slots=True)
class Overview:
    """Counts of the articles that a query asks for; *days* are those of the zone.

    By day and site: *days*; by day and section: *days_of_sections*; by day: in *ways* how
    they were read; by site and section: *sections*; by site: *sites*, when the *newest*
    was published, and for each field *fields*. *dropped* counts blocks by
    rule, *not_fast* articles by the reason for their full extraction.
    """

    days: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    days_of_sections: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    ways: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    sites: Counter[str] = field(default_factory=Counter)
    newest: dict[str, datetime] = field(default_factory=dict)
    sections: Counter[tuple[str, str]] = field(default_factory=Counter)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    not_fast: Counter[str] = field(default_factory=Counter)
    runs: Sequence[Run] = ()
    models: Sequence[StoredModel] = ()
    clusters: Sequence[Sequence[Article]] = ()
    revisions: Sequence[Revision] = ()

    def add(self, article: Article) -> None:
        found = article.extraction
        when = article.published_at or article.fetched_at
        day = clock.day_of(when) if when else UNDATED
        self.days[day][article.site] += 1
        section = article.section or "none named"
        self.days_of_sections[day][section] += 1
        self.ways[day][found.method] += 1
        self.sites[article.site] += 1
        if when:
            self.newest[article.site] = max(when, self.newest.get(article.site, when))
        self.sections[article.site, section] += 1
        self.fields.update(
            (article.site, name) for name in FIELDS if getattr(article, name)
        )
        self.dropped.update(found.dropped)
        self.kept += found.kept
        if found.not_fast:
            self.not_fast[found.not_fast] += 1


def gather(
    store: Store,
    query: Query,
    *,
    counted: Callable[[Iterable[Article]], Iterable[Article]] = iter,
) -> Overview:
    """Return the overview of the articles of *query*, which pass through *counted*.

    Models and clusters are those of the query's time and site, runs those of its time.
    """
    overview = Overview()
    revised: list[Article] = []
    for article in counted(store.iter_articles(query)):
        overview.add(article)
        if article.revision > 1 and len(revised) < _REVISED:
            revised.append(article)
    overview.revisions = _biggest(store, revised)
    overview.runs = _runs(store, query)
    overview.models = [
        each
        for each in store.models.list_models(query.site)
        if _within(each.created_at, query)
    ]
    overview.clusters = store.largest_clusters(query, limit=_CLUSTERS)
    return overview


def spread(days: Mapping[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    """Return the counts of every day from the first to the last, including empty ones.

    Beyond MOST_DAYS these are counts of months; undated articles come last.
    """
    dated = sorted(day for day in days if day != UNDATED)
    rows: dict[str, Counter[str]] = {}
    if dated:
        first, last = date.fromisoformat(dated[0]), date.fromisoformat(dated[-1])
        span = (last - first).days + 1
        length = len("2026-01-31" if span <= MOST_DAYS else "2026-01")
        for number in range(span):
            day = (first + timedelta(number)).isoformat()
            rows.setdefault(day[:length], Counter()).update(days.get(day, ()))
    if UNDATED in days:
        rows[UNDATED] = days[UNDATED]
    return list(rows.items())


def trends(rows: Sequence[tuple[str, Counter[str]]]) -> dict[str, list[int]]:
    """Return for each site its counts of *rows*, as :func:`spread` returns them."""
    sites = {site for _, counts in rows for site in counts}
    return {site: [counts[site] for _, counts in rows] for site in sites}


def latencies(runs: Sequence[Run]) -> list[tuple[str, float]]:
    """Return the latency of each run, in minutes; of several jobs the median of each day."""
    from statistics import median

    known = [(run, run.latency) for run in runs if run.latency is not None]
    if len({run.job for run, _ in known}) <= 1:
        return [(f"{run.began:%m-%d %H:%M}", minutes) for run, minutes in known]
    days: defaultdict[str, list[float]] = defaultdict(list)
    for run, minutes in known:
        days[f"{run.began:%Y-%m-%d}"].append(minutes)
    return [(day, round(median(minutes), 1)) for day, minutes in sorted(days.items())]


def _within(moment: datetime, query: Query) -> bool:
    late = query.since is None or moment >= query.since
    return late and (query.until is None or moment < query.until)


def _biggest(store: Store, revised: Sequence[Article]) -> list[Revision]:
    """Return the revisions of these articles that changed most words, the largest first."""
    from scraper.changes import steps_of

    found = [
        Revision(revision, size, changes)
        for history in (store.history(article.url) for article in revised)
        for revision, changes in zip(history, steps_of(history), strict=True)
        if (size := _size(changes))
    ]
    return sorted(found, key=lambda revision: -revision.size)[:_REVISIONS]


def _size(changes: Sequence[Change]) -> int:
    """Return how many words *changes* removed and added."""
    return sum(
        (Counter(words(change.before)) - Counter(words(change.after))).total()
        + (Counter(words(change.after)) - Counter(words(change.before))).total()
        for change in changes
    )


def _runs(store: Store, query: Query) -> list[Run]:
    """Return the runs that have a report, the oldest first."""
    listed = store.jobs.list_runs(limit=MOST_RUNS)
    return [
        _run(run, json.loads(run.record))
        for run in reversed(listed)
        if run.record and _within(run.started_at, query)
    ]


def _run(run: StoredRun, record: dict[str, Any]) -> Run:
    return Run(
        run.position,
        run.job,
        run.started_at.astimezone(clock.zone()),
        record.get("new", 0),
        record.get("latency_minutes"),
        [(each["rule"], each["said"]) for each in record.get("findings", ())],
    )


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
    from scraper.cli.report import gather

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
    days = f"published {clock.day_of(query.since or last)} to {clock.day_of(last)}"
    if stored is None or stored == found:
        return f"{found} articles {days}"
    return f"{found} articles {days}, of {stored} stored (--since includes more)"


def _about(overview: Overview, site: str | None) -> str:
    if site or len(overview.sites) == 1:
        return site or next(iter(overview.sites))
    return f"{len(overview.sites) or 'no'} sites"


def _render(overview: Overview, about: str, range_: str) -> str:
    from scraper.cli.report import FIELDS, latencies, spread, trends
    from scraper.exports.html import render_page, spark, stack, trace

    days = spread(overview.days)
    by_section = stack("Articles by section", spread(overview.days_of_sections))
    sparks = {site: spark(counts) for site, counts in trends(days).items()}
    several_jobs = len({run.job for run in overview.runs}) > 1
    of_runs = "median of each day" if several_jobs else f"run by run ({clock.zone()})"
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
