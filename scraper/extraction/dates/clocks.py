"""Times of day in a line of text, with the zone that they name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from scraper.extraction.dates.locales import (
    Hours,
    begins,
    key_of,
    names_of,
    spelt,
    zone_named,
)
from scraper.extraction.languages import alternatives, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.extraction.dates.candidates import Candidate
    from scraper.extraction.dates.locales import Convention


_QUARTER = timedelta(minutes=15)
_LARGEST_OFFSET = timedelta(hours=14)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)
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
        if apart and abs(apart) <= _LARGEST_OFFSET and not apart % _QUARTER:
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
        if abs(day - moment.date()) > _ONE_DAY:
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


_HALF_DAY = 12
_DAY = 24
_FARTHEST = 14
"""Hours between the farthest zone and Greenwich."""
_PARTS = ("before", "after", "after2", "only")
_OFFSET = re.compile(
    r"(?:(?:GMT|UTC|gmt|utc)\s?([+-])\s?|Z?([+-])(?=\d\d:?\d\d))(\d{1,2})(?::?(\d{2}))?(?!\d)"
)
_ZONE = re.compile(r"([A-Z]{1,5})(?![A-Za-z]|[+-]\d)")
_ZONES = {
    "Z": "UTC",
    "UT": "UTC",
    "UTC": "UTC",
    "GMT": "UTC",
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
"""Zones that papers name without saying whether it is summer."""
_OFFSETS = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
    "BRT": -3,
    "ART": -3,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "SAST": 2,
    "WAT": 1,
    "CAT": 2,
    "EAT": 3,
    "MSK": 3,
    "TRT": 3,
    "PKT": 5,
    "IST": 5.5,
    "NPT": 5.75,
    "ICT": 7,
    "WIB": 7,
    "WITA": 8,
    "WIT": 9,
    "HKT": 8,
    "SGT": 8,
    "MYT": 8,
    "PHT": 8,
    "AWST": 8,
    "JST": 9,
    "KST": 9,
    "ACST": 9.5,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
}
"""Hours east of Greenwich by the names that papers print; IST is that of India."""
_ELSEWHERE = {
    ("IST", "he"): 2,
    ("CST", "zh"): 8,
}
"""Names that mean something else in papers of a language."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, from *start* to *end* of its text; midnight at its end is 24:00.

    *zone* is what it names: an offset, or an IANA zone if it does not say which half of
    the year is meant. *is_halved*: it says which half of the day is meant.
    """

    start: int
    end: int
    time: time
    zone: tzinfo | None = None
    is_halved: bool = False
    is_midnight: bool = False

    def zone_on(self, day: date) -> tzinfo | None:
        """Return the offset that the zone has at this time of *day*."""
        if self.zone is None:
            return None
        return fixed(datetime.combine(day, self.time, tzinfo=self.zone)).tzinfo


def fixed(moment: datetime) -> datetime:
    """Return *moment* with the offset that its zone has then."""
    return moment.replace(tzinfo=timezone(moment.utcoffset() or timedelta()))


def find_clocks(text: str, language: str) -> Iterator[Clock]:
    """Yield the times of day in *text*, in its order."""
    names = names_of(language).day_parts
    for match in _pattern(language).finditer(text):
        said = next(filter(None, map(match.group, _PARTS)), "")
        part = names.get(key_of(said))
        hour, minute = int(match["h"]), int(match["m"] or match["m2"] or 0)
        second = int(match["s"] or 0)
        if part:
            hour = _hour_in(hour, part)
        zone, end = _zone_after(text, match.end(), language)
        if match["m2"] and not (part or zone or match["label"] or match["unit"]):
            continue
        midnight = (hour, minute, second) == (_DAY, 0, 0)
        try:
            at = time(hour % _DAY if midnight else hour, minute, second)
        except ValueError:
            continue
        yield Clock(match.start("h"), end, at, zone, part is not None, midnight)


def _hour_in(hour: int, part: Hours) -> int:
    """Return *hour* of a clock of twelve hours in that half of the day that *part* means."""
    if hour > _HALF_DAY:
        return hour
    first, after = part
    halves = (hour % _HALF_DAY, hour % _HALF_DAY + _HALF_DAY)
    span = range(first, after if first < after else after + _DAY)
    inside = (h for h in halves if h in span or h + _DAY in span)
    return next(inside, halves[first >= _HALF_DAY])


def _zone_after(text: str, at: int, language: str) -> tuple[tzinfo | None, int]:
    """Return the zone that *text* names at *at*, None for none, and where it ends."""
    skipped = _before_zone().match(text, at)
    start = skipped.end() if skipped else at
    if match := _OFFSET.match(text, start):
        hours, minutes = int(match[3]), int(match[4] or 0)
        if hours <= _FARTHEST:
            east = timedelta(hours=hours, minutes=minutes)
            return timezone(-east if "-" in (match[1], match[2]) else east), match.end()
    match = _ZONE.match(text, start)
    if match is None:
        return None, at
    name = match[1]
    if name in _ZONES:
        return zone_named(_ZONES[name]), match.end()
    offset = _ELSEWHERE.get((name, language), _OFFSETS.get(name))
    if offset is None:
        return None, at
    return timezone(timedelta(hours=offset)), match.end()


@lru_cache(maxsize=64)
def _pattern(language: str) -> re.Pattern[str]:
    names = sorted(names_of(language).day_parts)
    part = rf"{spelt(names)}\.?(?![^\W\d_])"
    leading = [name for name in names if not name.isascii()]
    before = spelt(leading) if leading else "(?!)"
    listed = phrases()
    labels = sorted(listed.clock_labels)
    hours = alternatives(listed.hour_words)
    return re.compile(
        rf"{begins([*leading, *labels], digit=True)}"
        rf"(?<![\d:.,])(?:(?P<before>{before})\s?)?"
        rf"(?P<label>\b(?:{alternatives(labels)})\s)?(?P<h>\d{{1,2}})(?:"
        rf"\s?(?::|h|g|{hours})\s?(?P<m>[0-5]\d)(?!\d)"
        r"(?:\s?[:分분]\s?(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?\s?[分분]?"
        rf"(?:\s?(?P<after>[ap]\.?m\.?|{part}))?"
        rf"|\.(?P<m2>[0-5]\d)(?![\d.])(?:\s?(?P<after2>{part})|(?P<unit>\s?(?:{alternatives(listed.clock_units)})))?"
        rf"|\s?(?:{hours})(?!\w)|h(?=\s?(?:{alternatives(listed.day_words)}|[,|-]))"
        rf"|\s?(?P<only>{part}))",
        re.IGNORECASE,
    )


@cache
def _before_zone() -> re.Pattern[str]:
    units = alternatives(phrases().clock_units)
    return re.compile(rf"(?i)[\s,(]*(?:(?:{units})[\s,(]*)?")
