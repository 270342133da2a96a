"""The report of a run: what it did, and the earlier runs that it is compared with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scraper import clock
from scraper.items import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from dataclasses import Field

    from scraper.storage import StoredRun


FIELDS = (*EXPECTED, "images", "sure_text")
"""What a run counts of articles: fields if they are filled, and texts of high confidence."""
Stats = Mapping[str, Any]
_READ = "read"
"""Metadata of a field: the function that reads its value from the stats of a crawl."""


def _stat(name: str, default: float | None = 0) -> Any:  # noqa: ANN401  as field() is typed
    """Return a field that holds the stat *name*."""
    return field(
        default=default, metadata={_READ: lambda stats: stats.get(name, default)}
    )


def _mapping(read: Callable[[Stats], Mapping[str, Any]]) -> Any:  # noqa: ANN401
    return field(default_factory=dict, metadata={_READ: read})


def _by_suffix(*prefixes: str) -> Any:  # noqa: ANN401
    """Return a field that maps the rest of each stat's name to its count."""
    return _mapping(
        lambda stats: _merge(*(_counts(stats, prefix) for prefix in prefixes))
    )


def _merge(first: dict[str, int], *others: dict[str, int]) -> dict[str, int]:
    return dict(sum(map(Counter, others), Counter(first))) if others else first


def _counts(stats: Stats, prefix: str) -> dict[str, int]:
    found = {name: int(count) for name, count in _iter_under(stats, prefix)}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _iter_under(stats: Stats, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in stats.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), value


def _mean_agreement(stats: Stats) -> float | None:
    total, count = stats.get("model/agreement"), stats.get("model/audited", 0)
    return None if total is None or not count else round(total / count, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """The summary of one crawl; each field names the stat that it is read from.

    *leased* URLs were due, *repeated* of them sources that every run visits; *ahead* counts
    URLs whose times lay ahead of the clock, which itself is *clock_apart* seconds ahead of
    the servers. *unsettled* visits were lost within the crawl.

    *sources* (feeds, sitemaps, section pages) were read, *unchanged_sources* of them had
    nothing new; they list *links*. *by_source* has for the first page of each the number
    of new articles, or why it listed none.

    *requested* articles were fetched for the first time, and *given* of them are articles;
    of the *revisited* ones *same* had not changed and *gone* were taken down. *pages*
    counts all responses, *not_modified* those of status 304.

    The articles stored are *new*, *revised* (other words), *changed* (other fields) or
    *unchanged*; *forgotten* ones came again and were kept out. *rejected* counts articles
    that a pipeline or the crawl dropped, by reason; *failed*, *quarantined* and
    *source_failures* are by reason too. *archived* pages were written into the archive,
    which stopped at the first of *not_archived*.

    *followed* pages were read by a site model, *read_again* after one had been learned;
    *model_limited* counts by reason those that it did not fit. Of the pages with a model
    *fast* took the fast path, *careful* counts by reason those that took full extraction.
    *audited* were read both ways: *differed* of them disagree, *agreement* is the mean
    share (0-1) of words on which both agree.

    *fields* counts the articles that have each field. *texts* are the most common
    fingerprints among *texts_read* texts. *latency_minutes* is the median from publication
    to store of the *latency_articles* that were new and at most two days old.
    """

    spider: str
    reason: str
    seconds: float = _stat("elapsed_time_seconds", 0.0)
    leased: int = _stat("frontier/leased")
    repeated: int = _stat("frontier/repeated")
    ahead: int = _stat("frontier/ahead")
    clock_apart: int | None = _stat("clock/apart", None)
    unsettled: int = _stat("frontier/unsettled")
    sources: int = field(
        default=0,
        metadata={_READ: lambda stats: sum(_counts(stats, "sources/read/").values())},
    )
    unchanged_sources: int = _stat("sources/unchanged")
    links: int = _stat("links/articles")
    known: int = _stat("links/known")
    out_of_range: int = _stat("links/out_of_range")
    requested: int = _stat("articles/requested")
    given: int = _stat("articles/given")
    revisited: int = _stat("articles/revisited")
    same: int = _stat("articles/unchanged")
    gone: int = _stat("articles/gone")
    pages: int = _stat("downloader/response_count")
    not_modified: int = _stat("downloader/response_status_count/304")
    new: int = _stat("store/new")
    revised: int = _stat("store/revised")
    changed: int = _stat("store/changed")
    unchanged: int = _stat("store/unchanged")
    forgotten: int = _stat("store/forgotten")
    archived: int = _stat("archive/pages")
    not_archived: int = _stat("archive/failed")
    rendered: int = _stat("rendered/pages")
    store_errors: int = _stat("articles/not_stored")
    blocks_kept: int = _stat("blocks/kept")
    followed: int = _stat("model/followed")
    read_again: int = _stat("model/read_again")
    latency_minutes: float | None = _stat("latency/minutes", None)
    latency_articles: int = _stat("latency/articles")
    fast: int = _stat("model/fast")
    audited: int = _stat("model/audited")
    differed: int = _stat("model/differed")
    agreement: float | None = field(default=None, metadata={_READ: _mean_agreement})
    models_forgotten: int = _stat("model/forgotten")
    texts_read: int = _stat("texts/read")
    texts: Mapping[str, int] = _mapping(
        lambda stats: dict(stats.get("texts/commonest", {}))
    )
    fields: Mapping[str, int] = _by_suffix("fields/")
    by_source: Mapping[str, int | str] = _mapping(
        lambda stats: dict(_iter_under(stats, "sources/at/"))
    )
    careful: Mapping[str, int] = _by_suffix("model/careful/")
    model_limited: Mapping[str, int] = _by_suffix("model/limited/")
    failed: Mapping[str, int] = _by_suffix("pages/failed/", "read/failed/")
    quarantined: Mapping[str, int] = _by_suffix("read/quarantined/")
    source_failures: Mapping[str, int] = _by_suffix("sources/failed/")
    rejected: Mapping[str, int] = _by_suffix(
        "validate/dropped/", "deduplicate/dropped/", "articles/passed_over/"
    )
    dropped: Mapping[str, int] = _by_suffix("blocks/dropped/")

    @property
    def visited(self) -> int:
        """Pages of articles that were asked for, the first time or again."""
        return self.requested + self.revisited

    @property
    def good(self) -> int:
        """Visits with the result they should have: an article, an unchanged one, or gone."""
        return self.articles + self.same + self.gone

    @property
    def lost(self) -> int:
        """Visits that failed, those of pages in quarantine among them."""
        return sum(self.failed.values()) + sum(self.quarantined.values())

    @property
    def unaccounted(self) -> int:
        """Visits without a known result: 0, whatever happened in the run."""
        dropped = self.forgotten + sum(self.rejected.values()) + self.store_errors
        return self.visited - self.good - dropped - self.lost

    @property
    def articles(self) -> int:
        return self.new + self.revised + self.changed + self.unchanged

    @property
    def blocks_dropped(self) -> int:
        return sum(self.dropped.values())


def kept_of(report: RunReport) -> dict[str, Any]:
    """Return the fields of *report* that say something: a year has 52,560 runs.

    Those with their default value are left out, which :func:`report_of` puts back.
    ``by_source`` is kept as the states of the sources.
    """
    found = asdict(report)
    return {
        each.name: found[each.name]
        for each in fields(report)
        if each.name != "by_source" and found[each.name] != _default(each)
    }


def report_of(record: Mapping[str, Any]) -> RunReport:
    """Return the report that *record* keeps; other keys are ignored."""
    names = RunReport.__dataclass_fields__
    return RunReport(**{n: value for n, value in record.items() if n in names})


def whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return *record* with all fields of its report, as :func:`report_of` reads them."""
    found = asdict(report_of(record))
    del found["by_source"]
    return found | dict(record)


def _default(each: Field[Any]) -> object:
    return {} if each.default is MISSING else each.default


def build_report(stats: Mapping[str, Any], *, spider: str, reason: str) -> RunReport:
    """Return the report of a run whose crawler kept *stats*."""
    found = {
        each.name: each.metadata[_READ](stats)
        for each in fields(RunReport)
        if _READ in each.metadata
    }
    return RunReport(spider=spider, reason=reason, **found)


_DAYS = ""
"""Key beside the URLs: the day, and the number of days on which the job found articles."""
_USED_TO_BRING = 5
"""Days with new articles from which on the usual pause of a source is known."""
_SILENT = 3
"""Days without new articles, or as many usual pauses, that make a source silent."""
_FORGOTTEN = 60
"""Days of the job without new articles after which a source is forgotten."""
_OF_LOSS = frozenset({"lost", "why"})


def next_states(
    states: Mapping[str, Any], report: RunReport, at: datetime
) -> dict[str, Any]:
    """Return *states* updated by the *report* of a run that ends *at*.

    A URL has ``first``, ``last`` and ``days``: the numbers of the first and the last day
    on which it listed new articles, and how many such days there were. ``lost`` is the
    moment since which it could not be read, ``why`` the reason.
    """
    brought = any(isinstance(n, int) and n > 0 for n in report.by_source.values())
    day, number = states.get(_DAYS, ("", 0))
    today = at.date().isoformat()
    if brought and day != today:
        day, number = today, number + 1
    after = {url: state for url, state in states.items() if url != _DAYS}
    for url, found in report.by_source.items():
        state = after.get(url)
        if isinstance(found, int):
            after[url] = _brought(state or {}, number, found)
        elif state is not None:
            since = _lost_since(state, at).isoformat(timespec="seconds")
            after[url] = state | {"lost": since, "why": found}
    kept = {
        u: s for u, s in after.items() if number - s.get("last", number) < _FORGOTTEN
    }
    return {_DAYS: [day, number], **kept} if kept else {}


def _lost_since(state: Mapping[str, Any], at: datetime) -> datetime:
    since = datetime.fromisoformat(state["lost"]) if "lost" in state else at
    return at if clock.is_ahead(since, at) else since


def _brought(state: Mapping[str, Any], number: int, new: int) -> dict[str, Any]:
    after = {name: value for name, value in state.items() if name not in _OF_LOSS}
    if new and after.get("last") != number:
        after.setdefault("first", number)
        after |= {"last": number, "days": after.get("days", 0) + 1}
    return after


def iter_lost(states: Mapping[str, Any]) -> Iterator[str]:
    """Yield the URLs whose latest visit failed."""
    for url, state in states.items():
        if url != _DAYS and "lost" in state:
            yield url


def count_sources(states: Mapping[str, Any]) -> int:
    return len(states) - (_DAYS in states)


def iter_dead(
    states: Mapping[str, Any], at: datetime, patience: timedelta
) -> Iterator[str]:
    """Yield a line for each source that has been lost for *patience*, or is silent."""
    _, number = states.get(_DAYS, ("", 0))
    for url, state in states.items():
        if url == _DAYS:
            continue
        if "lost" in state:
            since = datetime.fromisoformat(state["lost"])
            if at - since >= patience:
                yield f"{url} fails since {clock.shown(since)} ({state['why']})"
        elif pause := _silence(state, number):
            yield f"{url} has listed nothing new for {pause} days"


def _silence(state: Mapping[str, Any], number: int) -> int:
    """Return for how many days a source has been silent, 0 if it is not."""
    days = state.get("days", 0)
    if days < _USED_TO_BRING:
        return 0
    usual = (state["last"] - state["first"]) / (days - 1)
    pause = int(number - state["last"])
    return pause if pause > _SILENT * usual else 0


RUNS = 150
"""Earlier runs that are loaded: a day of a job that runs every ten minutes."""
SOURCES = "source_states"
"""Key of a record: the state of each source."""
IDLE = "idle_since"
"""Key of a record: the moment since which no run found anything due."""
HOURS = timedelta(hours=12)
"""Hours that are compared with the same ones of past weeks: a night has little news."""
WEEKS = 6

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PastRun:
    """An earlier run: its report, and the names of the rules that found something.

    *alerted* are those of them that were sent out.
    """

    began: datetime
    report: RunReport
    found: frozenset[str] = frozenset()
    alerted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Past:
    """The earlier runs of a job, the newest first, when the present run ends *at*.

    *sources* has the state of each source, see next_states(), from the record of the run
    that *sources_age* others followed; *outdated* is the number of that run, and its record
    without them. *idle_since* is the moment since which no run found anything due, None if
    the newest did. *lately* counts the new articles of each run in the last HOURS, *weeks*
    those of the same hours one week ago, two weeks ago and so on; a week without a known
    run is empty.
    """

    at: datetime = field(default_factory=clock.now)
    runs: Sequence[PastRun] = ()
    sources: Mapping[str, Any] = field(default_factory=dict)
    sources_age: int = 0
    outdated: tuple[int, str] | None = None
    idle_since: datetime | None = None
    lately: Sequence[int] = ()
    weeks: Sequence[Sequence[int]] = ()

    def sources_after(self, report: RunReport) -> dict[str, Any]:
        """Return *sources* updated by the report of the present run."""
        return next_states(self.sources, report, self.at)

    def idle_after(self, report: RunReport) -> datetime | None:
        """Return since when nothing was due, None if something is or no source repeats."""
        if report.leased or not report.repeated:
            return None
        since = self.idle_since
        return self.at if since is None or clock.is_ahead(since, self.at) else since

    def latest(self, report: RunReport) -> Iterator[RunReport]:
        """Yield *report*, then those of the runs before it, the newest first."""
        yield report
        for run in self.runs:
            yield run.report


def spans_before(began: datetime) -> list[tuple[datetime, datetime]]:
    """Return the HOURS before *began*, and the same hours of each of the past WEEKS."""
    ends = [began - week * _WEEK for week in range(WEEKS + 1)]
    return [(end - HOURS, end) for end in ends]


def past_of(
    runs: Iterable[StoredRun],
    same_hours: Iterable[StoredRun],
    *,
    began: datetime,
    at: datetime,
) -> Past:
    """Return the past made of *runs*, the newest first, and those of spans_before(*began*).

    The present run, which ends *at*, and runs without a record are left out.
    """
    read = [(run, json.loads(run.record)) for run in runs if run.record]
    counted = [(run.started_at, _new_of(run)) for run in same_hours if run.record]
    lately, *weeks = [
        [new for started, new in counted if first <= started < last]
        for first, last in spans_before(began)
    ]
    past_runs = [_past_run(*each) for each in read]
    known = (n for n, (_, record) in enumerate(read) if record.get(SOURCES))
    age = next(known, None)
    return Past(
        at,
        past_runs,
        sources={} if age is None else read[age][1][SOURCES],
        sources_age=age or 0,
        outdated=None if age is None else _without_sources(*read[age]),
        idle_since=_idle_since(read),
        lately=lately,
        weeks=weeks,
    )


def _without_sources(run: StoredRun, record: Mapping[str, Any]) -> tuple[int, str]:
    lean = {name: value for name, value in record.items() if name != SOURCES}
    return run.position, json.dumps(lean, ensure_ascii=False, separators=(",", ":"))


def _idle_since(read: Sequence[tuple[StoredRun, Mapping[str, Any]]]) -> datetime | None:
    since = read[0][1].get(IDLE) if read else None
    return datetime.fromisoformat(since) if since else None


def _new_of(run: StoredRun) -> int:
    return int(json.loads(run.record).get("new", 0))


def _past_run(run: StoredRun, record: Mapping[str, Any]) -> PastRun:
    found = frozenset(each["rule"] for each in record.get("findings", ()))
    alerted = frozenset(record.get("alerted", ()))
    return PastRun(run.started_at, report_of(record), found, alerted)
