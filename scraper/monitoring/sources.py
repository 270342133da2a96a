"""What became of each source of a job, from run to run.

A record keeps it for the next runs, so that it costs the same after years: a source is in
it once it has been read. It changes a few times a day. Days are counted only where the job brought something, so that
a pause of the job, or of the portal, makes no source silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scraper import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, timedelta

    from scraper.monitoring.report import RunReport

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
