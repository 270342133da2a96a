"""Parse times as feeds and sitemaps print them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scraper.extraction.dates.locales import Convention
from scraper.extraction.dates.printed import find_printed
from scraper.text import normalised

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.extraction.dates.printed import Printed

LANGUAGES = (
    *("vi", "en", "fr", "de", "es", "it", "pt", "nl", "id", "ja", "zh", "ko"),
    *("pl", "tr", "cs", "sv", "da"),
)
"""Languages whose names of months and halves of the day are read: no feed names its own."""
_OF_LETTERS = {
    "[\u0400-\u04ff]": ("ru", "uk", "bg"),
    "[\u0e00-\u0e7f]": ("th",),
    "[\u0600-\u06ff]": ("ar", "fa"),
    "[\u0370-\u03ff]": ("el",),
    "[\u0900-\u097f]": ("hi",),
}
"""Languages that are tried alone, by their letters."""
_AMERICAN = re.compile(r"(?i)\d\s?[ap]\.? ?m\b")
"""A time with am or pm, whose writers put the month before the day."""

_ZONES = {
    name: hours
    for hours, names in {
        0: "WET",
        1: "BST CET WEST",
        2: "CEST EET",
        3: "EEST MSK",
        7: "ICT WIB",
        8: "HKT SGT",
        9: "JST KST",
        10: "AEST",
        11: "AEDT",
        12: "NZST",
        13: "NZDT",
    }.items()
    for name in names.split()
}
"""Hours ahead of UTC, of zones that RFC 822 does not name."""
_TIME_LENGTH = 80
_YEARS = range(1990, 2100)
"""Plausible years: 1970-01-01 and 0001-01-01 mean that there is no time."""
_ZONE = re.compile(r"(?<![A-Za-z])\(?([A-Z]{3,4})\)?$")
_NAMED_OFFSET = re.compile(
    r"(?<![A-Za-z])\(?(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?\s*\)?$"
)
_LOST_SIGN = re.compile(r"(?<=[T ]\d\d:\d\d:\d\d) (?=[01]\d:?[0-5]\d$)")
"""A plus that was decoded as a space."""
_JAVA = re.compile(r"(?:\S{1,4},? )?(\d{1,2}) (\d{1,2})[月월] (\d{4})(?= )")
"""A date as Java prints RFC 822 in languages with numbered months."""
_SECONDS = re.compile(r"(\d{10})(?:\.\d+|\d{3})?")
_YEAR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_RFC_822 = re.compile(
    r"(?:\w+\.?,?\s+)?\d{1,2}[\s-]+[A-Za-z]{3,9}[\s-]+\d{2,4}\s+\d{1,2}:\d\d(?::\d\d)?"
    r"(?:\s*(?:[+-]\d\d:?\d\d|GMT|UTC?|Z|[ECMP][SD]T))?"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?: [+-]\d{4})? \d{4}"
)


def parse_time(text: str, *, tz: tzinfo = UTC) -> datetime | None:
    """Return the time that *text* states, aware, in UTC; None if it states none.

    Supported are ISO 8601 with its short forms "2025" and "2025-07", RFC 822 (also with
    "GMT+7"), seconds or milliseconds since 1970, and dates as people write them in
    :data:`LANGUAGES` and those of :data:`_OF_LETTERS`. *tz* is the zone of a text without
    one. Years before 1990 and from 2100 on are rejected.
    """
    text = normalised(text[:_TIME_LENGTH], "NFKC").strip()
    if not text:
        return None
    text = _JAVA.sub(_iso_day, text)
    text = _NAMED_OFFSET.sub(_numeric_offset, text)
    text = _LOST_SIGN.sub("+", _ZONE.sub(_offset_of_zone, text))
    for parse in _PARSERS:
        try:
            time = parse(text, tz)
            time = (time if time.tzinfo else time.replace(tzinfo=tz)).astimezone(UTC)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
        return time if time.year in _YEARS else None
    return None


def _iso_day(match: re.Match[str]) -> str:
    day, month, year = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def _numeric_offset(match: re.Match[str]) -> str:
    sign, hours, minutes = match.groups()
    return f"{sign}{int(hours):02}{minutes or '00'}"


def _offset_of_zone(match: re.Match[str]) -> str:
    hours = _ZONES.get(match[1])
    return match[0] if hours is None else f"+{hours:02}00"


def _parse_seconds(text: str, _: tzinfo) -> datetime:
    found = _SECONDS.fullmatch(text)
    return datetime.fromtimestamp(int(found[1] if found else ""), UTC)


def _parse_iso(text: str, _: tzinfo) -> datetime:
    return datetime.fromisoformat(text.upper())


def _parse_short(text: str, _: tzinfo) -> datetime:
    found = _YEAR_MONTH.fullmatch(text)
    year, month = found.groups() if found else ("", "")
    return datetime(int(year), int(month or 1), 1)  # noqa: DTZ001  zone added later


def _parse_rfc_822(text: str, _: tzinfo) -> datetime:
    if not _RFC_822.fullmatch(text):
        raise ValueError(text)
    return parsedate_to_datetime(text)


def _parse_printed(text: str, tz: tzinfo) -> datetime:
    month_first = bool(_AMERICAN.search(text))
    letters = (each for script, each in _OF_LETTERS.items() if re.search(script, text))
    languages = next(letters, LANGUAGES)
    conventions = (Convention(each, month_first=month_first) for each in languages)
    found = (find_printed(text, convention) for convention in conventions)
    return max((days[0] for days in found if days), key=_precision).at(tz)


def _precision(day: Printed) -> tuple[bool, bool]:
    """Return whether a language found a clock time in *day*, and a half of the day."""
    return day.clock is not None, day.clock is not None and day.clock.is_halved


_PARSERS: tuple[Callable[[str, tzinfo], datetime], ...] = (
    _parse_seconds,
    _parse_iso,
    _parse_rfc_822,
    _parse_short,
    _parse_printed,
)
