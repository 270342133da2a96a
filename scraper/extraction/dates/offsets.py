"""The offset of a page's own time, as its stamps betray it together."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scraper.extraction.dates.clocks import fixed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from scraper.extraction.dates.candidates import Candidate
    from scraper.extraction.dates.locales import Convention

_QUARTER = timedelta(minutes=15)
_FARTHEST = timedelta(hours=14)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_WEST, _MOST_EAST = 9, 12
"""Hours of the farthest zones with many papers."""


def reconciled(
    moment: datetime, stated: list[Candidate], convention: Convention
) -> datetime:
    """Return *moment* with the offset that most stamps of the same wall clock name.

    Content systems write one of several fields of a page with the offset of a server.
    Of as many the country's own counts, and any before UTC.
    """
    naive = moment.replace(tzinfo=None)
    timed = [c.moment for c in stated if c.has_zone and c.has_time]
    own = moment.utcoffset()
    if all(other.utcoffset() == own for other in timed):
        return moment
    others = Counter(other.utcoffset() for other in timed)
    votes = Counter(
        other.utcoffset()
        for other in timed
        if abs(other.replace(tzinfo=None) - naive) < _MINUTE
    )
    home = fixed(moment.replace(tzinfo=convention.zone)).utcoffset()

    def weight(offset: timedelta | None) -> tuple[int, bool, bool, bool]:
        is_home = convention.is_home and offset == home
        return others[offset], is_home, bool(offset), offset == own

    best = max(votes, key=weight, default=own)
    if not best or best == own or weight(best) < weight(own):
        return moment
    return moment.replace(tzinfo=timezone(best))


def at_home(moment: datetime, shown: Iterable[Candidate], home: tzinfo) -> datetime:
    """Return *moment* in the zone *home* if it claims UTC and the page prints its clock.

    Content systems write the time of their own clock with a "Z" behind it. What states
    fractions of a second is believed: JavaScript writes so, and always in UTC.
    """
    if moment.utcoffset() or moment.microsecond or _is_shown_in(moment, home):
        return moment
    clocks = (c.moment for c in shown if c.has_time and not c.has_zone)
    naive = moment.replace(second=0, microsecond=0, tzinfo=None)
    is_printed = any(c.replace(second=0, tzinfo=None) == naive for c in clocks)
    return fixed(moment.replace(tzinfo=home)) if is_printed else moment


def _is_shown_in(moment: datetime, home: tzinfo) -> bool:
    """Return True if the clock of *home* shows *moment* as UTC does.

    So it does in Britain in winter, and once more in the hour that comes twice in autumn.
    """
    local = moment.astimezone(home)
    return local.replace(tzinfo=None, fold=0) == moment.replace(tzinfo=None)


def beside(change: Candidate, found: Candidate, moment: datetime) -> datetime:
    """Return the time of *change* with the offset of *moment*, which *found* became.

    If *found* was not in UTC as it claimed, a change of the same source was not either.
    """
    changed = fixed(change.moment)
    if changed.utcoffset():
        return changed
    is_same = change.source == found.source and change.has_zone and found.has_zone
    is_kept = found.moment.replace(tzinfo=None) == moment.replace(tzinfo=None)
    if is_same and is_kept and not found.moment.utcoffset():
        return changed.replace(tzinfo=moment.tzinfo)
    return changed.astimezone(moment.tzinfo)


def local_moment(moment: datetime, stated: Iterable[Candidate]) -> datetime:
    """Return *moment*, if it is in UTC, with the offset that the *stated* times show.

    A stated time of another offset counts if it is the same instant; one without an
    offset if it differs by a quarter of an hour or several, as far as zones do.
    """
    if moment.utcoffset():
        return moment
    for other in stated:
        if not other.has_time:
            continue
        apart = _minutes(other.moment) - _minutes(moment)
        named = other.moment.utcoffset() or timedelta()
        if other.has_zone and (not named or abs(apart - named) > _HOUR):
            continue  # another moment, unless the name of a zone is that of winter
        if apart and abs(apart) <= _FARTHEST and not apart % _QUARTER:
            return moment.astimezone(timezone(apart))
    return moment


def _minutes(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0, tzinfo=UTC)


def on_day(moment: datetime, days: Iterable[date], convention: Convention) -> datetime:
    """Return *moment*, if it is in UTC, as the zone of a page has it that states a day.

    Of *days*, those that the page prints, the first counts that is its neighbour and
    that a zone can have then: that of the country, else the nearest to Greenwich.
    """
    if moment.utcoffset():
        return moment
    for day in days:
        if day == moment.date():
            return moment
        if abs(day - moment.date()) > _DAY:
            continue
        home = moment.astimezone(convention.zone)
        if convention.is_home and home.date() == day:
            return fixed(home)
        is_later = day > moment.date()
        for hours in range(1, 1 + (_MOST_EAST if is_later else _MOST_WEST)):
            east = timedelta(hours=hours if is_later else -hours)
            if moment.astimezone(timezone(east)).date() == day:
                return moment.astimezone(timezone(east))
    return moment
