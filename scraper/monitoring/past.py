"""What a run is held against: the runs of its job before it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scraper import clock
from scraper.monitoring.report import RunReport, report_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scraper.storage import StoredRun


_DAYS = ""
"""Key beside the addresses: the day, and how many days of the job brought something."""
_USED_TO_BRING = 5
_SILENT = 3
"""Days without anything new, or as many of its usual pauses, that make a source silent."""
_FORGOTTEN = 60


def next_states(
    states: Mapping[str, Any], report: RunReport, at: datetime
) -> dict[str, Any]:
    """Return *states* with what the run of *report* saw at its end, *at*.

    An address has ``first``, ``last`` and ``days``: the numbers of the first and the
    last day on which it brought something, and how many those were. ``lost`` is the
    moment from which on it could not be read, ``why`` the reason.
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
    from datetime import datetime

    since = datetime.fromisoformat(state["lost"]) if "lost" in state else at
    return at if clock.is_ahead(since, at) else since


def _brought(state: Mapping[str, Any], number: int, new: int) -> dict[str, Any]:
    after = {name: value for name, value in state.items() if name not in _OF_LOSS}
    if new and after.get("last") != number:
        after.setdefault("first", number)
        after |= {"last": number, "days": after.get("days", 0) + 1}
    return after


_OF_LOSS = frozenset({"lost", "why"})


def iter_lost(states: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses that could not be read when they were last asked."""
    for url, state in states.items():
        if url != _DAYS and "lost" in state:
            yield url


def count_sources(states: Mapping[str, Any]) -> int:
    return len(states) - (_DAYS in states)


def iter_dead(
    states: Mapping[str, Any], at: datetime, patience: timedelta
) -> Iterator[str]:
    """Say of each source that has been lost for *patience*, or has fallen silent."""
    from datetime import datetime

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
    """Return for how many days a source has been silent that used to bring, else 0."""
    days = state.get("days", 0)
    if days < _USED_TO_BRING:
        return 0
    usual = (state["last"] - state["first"]) / (days - 1)
    pause = int(number - state["last"])
    return pause if pause > _SILENT * usual else 0


RUNS = 150
"""Runs looked back on: a day of a job that runs every ten minutes."""
SOURCES = "source_states"
"""What a record calls what became of each source."""
IDLE = "idle_since"
"""What a record calls the moment since which no run found anything due."""
HOURS = timedelta(hours=12)
"""Hours that are held against the same ones of past weeks: a night with little news is
no half of them."""
WEEKS = 6

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of before: what it did, and the names of the rules that found something.

    *alerted* are those of them that were sent out.
    """

    began: datetime
    report: RunReport
    found: frozenset[str] = frozenset()
    alerted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Past:
    """The runs of a job before the present one, the newest first, as it ends *at*.

    *sources* is what is known of each source, see :mod:`scraper.monitoring.past`, as
    a run wrote it down after which *sources_age* others came; *outdated* is the number
    of that run, and its record without them.
    *idle_since* is the moment since which none of them found anything due, None if the
    newest did. *lately* counts the new articles of each run of the last HOURS before this one,
    *weeks* those of the same hours one week ago, two weeks ago and so on; a week of
    which no run is known is empty.
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
        """Return *sources* with what the present run saw."""
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
    """Return what *runs*, the newest first, and those of spans_before(*began*) tell.

    The present run, which ends *at*, and runs that left no record are passed over.
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
