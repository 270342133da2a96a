"""Dates as pages print them with the month's name, and the offset that they betray."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from scraper.extraction.languages import phrases
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.h](\d{2})(?!\d)(?:[:.]\d{2})?\s*([ap]\.?m)?")
_QUARTER = timedelta(minutes=15)
_FARTHEST = timedelta(hours=14)
_MAX_LENGTH = 160
_NOON = 12


def parse_worded(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment of "Dec. 22, 2023, 10:22 PM" or "22 décembre 2023", in *zone*.

    None where no day with its year stands in *text*, or the text is longer than a line.
    """
    key = compare_key(text[:_MAX_LENGTH])
    match = _pattern().search(key)
    if not match:
        return None
    found = match.groupdict()
    number = _months()[found["month"] or found["name"]]
    hour, minute = _clock(key.replace(match.group(), " "))
    try:
        day, year = int(found["day"] or found["number"]), int(match["year"])
        return datetime(year, number, day, hour, minute, tzinfo=zone)
    except ValueError:
        return None


def local_moment(moment: datetime, stated: Iterable[datetime]) -> datetime:
    """Return *moment*, where it is in UTC, with the offset that the *stated* times show.

    A stated time of another offset counts where it is the same instant; one without an
    offset where it differs by a quarter of an hour or several, as far as zones do.
    """
    if moment.utcoffset():
        return moment
    for other in stated:
        if other.tzinfo is None:
            apart = other.replace(second=0, tzinfo=UTC) - moment.replace(
                second=0, microsecond=0
            )
        elif abs(other - moment) < timedelta(minutes=1):
            apart = other.utcoffset() or timedelta()
        else:
            continue
        if apart and abs(apart) <= _FARTHEST and not apart % _QUARTER:
            return moment.astimezone(timezone(apart))
    return moment


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its name; an entry is "12 december"."""
    pairs = (entry.partition(" ") for entry in phrases().months)
    return {name: int(number) for number, _, name in pairs}


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?:(?P<month>{names})[.,]?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?"
        rf"|(?P<number>\d{{1,2}})(?:st|nd|rd|th|er)?\s+(?P<name>{names})\.?,?)"
        r"[\s/]+(?P<year>(?:19|20)\d{2})(?!\d{3})"
    )


def _clock(rest: str) -> tuple[int, int]:
    match = _CLOCK.search(rest)
    if not match:
        return 0, 0
    hour, minute, half = int(match[1]), int(match[2]), match[3]
    if half:
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    return hour, minute
