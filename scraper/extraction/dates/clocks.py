"""Times of day in a line of text, with the zone that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from scraper.extraction.dates.locales import Hours, begins, key_of, names_of, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterator

_HALF_DAY = 12
_DAY = 24
_FARTHEST = 14
"""Hours between the farthest zone and Greenwich."""
_LABELS = (r"kl\.?", "klo", "pukul", "om")
_PARTS = ("before", "after", "after2", "only")
_SIGNS = r":|h|g|giờ|時|时|点|點|시"
_OFFSET = re.compile(
    r"(?:(?:GMT|UTC|gmt|utc)\s?([+-])\s?|Z?([+-])(?=\d\d:?\d\d))(\d{1,2})(?::?(\d{2}))?(?!\d)"
)
_BEFORE_ZONE = re.compile(r"[\s,(]*(?:(?:Uhr|hrs|น\.)[\s,(]*)?")
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
    skipped = _BEFORE_ZONE.match(text, at)
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
    names = sorted(names_of(language).day_parts, key=len, reverse=True)
    spelt = [r"[.\s]{0,2}".join(map(re.escape, name)) for name in names]
    part = rf"(?:{'|'.join(spelt)})\.?(?![^\W\d_])"
    leading = [each for each in spelt if not each.isascii()]
    before = "|".join(leading)
    return re.compile(
        rf"{begins([*leading, *_LABELS], digit=True)}"
        rf"(?<![\d:.,])(?:(?P<before>{before or '(?!)'})\s?)?"
        rf"(?P<label>\b(?:{'|'.join(_LABELS)})\s)?(?P<h>\d{{1,2}})(?:"
        rf"\s?(?:{_SIGNS})\s?(?P<m>[0-5]\d)(?!\d)"
        r"(?:\s?[:分분]\s?(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?\s?[分분]?"
        rf"(?:\s?(?P<after>[ap]\.?m\.?|{part}))?"
        rf"|\.(?P<m2>[0-5]\d)(?![\d.])(?:\s?(?P<after2>{part})|(?P<unit>\s?(?:Uhr|hrs|น\.)))?"
        rf"|\s?(?:時|时|点|點|시|giờ)(?!\w)|h(?=\s?(?:ngày|[,|-]))|\s?(?P<only>{part}))",
        re.IGNORECASE,
    )
