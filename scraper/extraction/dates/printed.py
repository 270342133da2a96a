"""Dates in a line of text, as pages print them and as their heads declare them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from scraper.extraction.dates.clocks import Clock, find_clocks
from scraper.extraction.dates.locales import (
    Convention,
    begins,
    key_of,
    language_by_script,
    names_of,
    plain,
    spelt,
)
from scraper.extraction.languages import pattern_of, phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo


MINGUO = "民國"
ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    MINGUO: 1911,
    "民国": 1911,
}
"""What is added to a year of an era, the first of which may be written 元."""
FIRST = "元"
_BUDDHIST = range(2400, 2700)
_BUDDHIST_AHEAD = 543
_PERSIAN = range(1280, 1480)
_PERSIAN_EPOCH = date(622, 3, 21).toordinal() - 1
_CYCLE_YEARS, _CYCLE_DAYS = 33, 12053
_LEAP_YEARS = (1, 5, 9, 13, 17, 22, 26, 30)
_LONG_MONTHS = 6


def gregorian_year(year: int) -> int:
    """Return *year* of the Gregorian calendar, or of the Thai solar one if it can be."""
    return year - _BUDDHIST_AHEAD if year in _BUDDHIST else year


def is_persian(year: int) -> bool:
    """Return True if *year* is one of the last hundred of the Solar Hijri calendar."""
    return year in _PERSIAN


def from_persian(year: int, month: int, day: int) -> date:
    """Return the day of the Solar Hijri calendar, right from 1244 to 1472 (1865-2093).

    Leap years follow the cycle of 33 years. Raises ValueError for a day that does not exist.
    """
    months = range(1, 13)
    days = 31 if month <= _LONG_MONTHS else 30
    if month not in months or not 1 <= day <= days:
        raise ValueError(f"no day of the Persian calendar: {year}-{month}-{day}")
    cycles, rest = divmod(year - 1, _CYCLE_YEARS)
    leaps = sum(leap <= rest for leap in _LEAP_YEARS)
    before = (month - 1) * 31 - max(0, month - 1 - _LONG_MONTHS)
    ordinal = cycles * _CYCLE_DAYS + rest * 365 + leaps + before + day
    return date.fromordinal(_PERSIAN_EPOCH) + timedelta(days=ordinal)


_MAX_LENGTH = 160
"""Characters of the longest line that is read for a date."""
_CENTURY = 2000
_THAI_CENTURY = 2500
_MAX_LETTERS = 30
"""Letters of a line that is a date with a year of two digits and its label."""
_YEARS = range(1900, 2100)
_YEARS_AHEAD = 50
"""Two digits of a year past these are of the century before."""
_EPOCH = re.compile(r"(?:/Date\()?(1\d{9}|[4-9]\d{8})(\d{3})?(?:\)/)?")
"""Seconds since 1970, of 1982 to 2033, or milliseconds."""
_COMPACT = re.compile(r"((?:19|20)\d{6})\d{6}")
_YEAR_FIRST = re.compile(
    r"(?=\d)(?<![\d./-])(?P<y>\d{4}|1\d\d)\s?[-/.]\s?(?P<n>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)"
)
_YEAR_LAST = re.compile(
    r"(?=\d)(?<![\d./:-])(?P<a>\d{1,2})\s?(?P<sign>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sign)\s?"
    r"(?P<y>\d{4}(?!\d{3})|\d\d(?![\d./-]))"
)
_EAST_ASIAN = re.compile(
    rf"{begins((*ERAS, FIRST), digit=True)}"
    rf"(?:(?P<era>{'|'.join(ERAS)})\s?)?(?P<y>\d{{1,4}}|{FIRST})\s?[年년]\s?"
    r"(?P<n>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]"
)
_MARK = "\ua840"
"""A letter of a dead script, which stands for each of a month's name."""
DIGIT = re.compile(r"\d")
_MAY_HOLD_A_DAY = re.compile(r"\d\D+\d|[年년]")
_YEAR_AFTER_CLOCK = re.compile(
    r"(?<=\d )(\d\d:\d\d:\d\d(?: [A-Z]{1,5}(?:[+-]\d\d:?\d\d)?| [+-]\d{4})?)"
    r" ((?:19|20)\d\d)(?![\d:])"
)
"""The end of "Mon Aug 03 12:45:00 EDT 2015", as Unix and Java write a time."""
_SPACED = re.compile(r"(?=\d)(?P<y>\d{4}) (?P<n>\d{1,2}) (?P<d>\d{1,2})(?= \d\d:|$)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A day in a text, from *start* to *end*, and the time beside it.

    *other* is the day if day and month are written the other way round, None if they
    cannot be.
    """

    start: int
    end: int
    day: date
    other: date | None = None
    clock: Clock | None = None

    def at(self, zone: tzinfo) -> datetime:
        """Return the moment, in *zone* if its clock names none."""
        clock = self.clock
        if clock is None:
            return datetime.combine(self.day, time(), tzinfo=zone)
        moment = datetime.combine(
            self.day, clock.time, tzinfo=clock.zone_on(self.day) or zone
        )
        return moment + timedelta(days=1) if clock.is_midnight else moment


def parse_iso(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment that the ISO 8601 *text* states, in *zone* if it names none."""
    text = text.strip().replace(" +", "+")
    if match := _COMPACT.match(text):
        text = f"{match[1]}T{text[match.end(1) :]}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if is_persian(moment.year):
        day = from_persian(moment.year, moment.month, moment.day)
        moment = datetime.combine(day, moment.timetz())
    elif (year := gregorian_year(moment.year)) != moment.year:
        moment = moment.replace(year=year)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_number(text: str) -> datetime | None:
    """Return the moment of seconds or milliseconds since 1970, None for other text."""
    match = _EPOCH.fullmatch(text.strip())
    return datetime.fromtimestamp(int(match[1]), tz=UTC) if match else None


def find_printed(text: str, convention: Convention) -> list[Printed]:
    """Return the days in the first characters of *text*, each with the time beside it."""
    text = text[:_MAX_LENGTH]
    if not DIGIT.search(text):
        return []
    text = plain(text)
    if not _MAY_HOLD_A_DAY.search(text):
        return []
    if text.count(":") > 1:
        text = _YEAR_AFTER_CLOCK.sub(r"\2 \1", text)
    language = convention.language or language_by_script(text)
    days = list(_days(text, language, month_first=convention.month_first))
    if not days:
        return []
    rest = text
    for each in days:
        blank = " " * (each.end - each.start)
        rest = rest[: each.start] + blank + rest[each.end :]
    clocks = list(find_clocks(rest, language))
    return list(_with_clocks(days, clocks)) if clocks else days


def _with_clocks(days: list[Printed], clocks: list[Clock]) -> Iterator[Printed]:
    """Yield *days* with the clock behind each, or before it if one leads the line."""
    leads = clocks[0].start < days[0].start
    for at, day in enumerate(days):
        after = days[at + 1].start if at + 1 < len(days) else _MAX_LENGTH
        before = days[at - 1].end if at else 0
        behind = [c for c in clocks if day.end <= c.start < after]
        ahead = [c for c in clocks if before <= c.start < day.start]
        near = (ahead[-1:] or behind) if leads else behind
        yield replace(day, clock=near[0]) if near else day


def _days(text: str, language: str, *, month_first: bool) -> Iterator[Printed]:
    """Yield the days in *text* from left to right, the longer of two that overlap."""
    forms = [_YEAR_FIRST, _YEAR_LAST, _SPACED]
    if not text.isascii():
        forms.append(_EAST_ASIAN)
    found = [match for form in forms for match in form.finditer(text)]
    marked, months = _month_name(language).subn(_marks, text.replace(_MARK, " "))
    if months:
        forms = _worded(is_thai=language == "th")
        found += [match for form in forms for match in form.finditer(marked)]
    end = 0
    for match in sorted(found, key=lambda m: (m.start(), -m.end())):
        if match.start() < end or not _is_credible(match, text):
            continue
        try:
            printed = _printed(match, text, language, month_first=month_first)
        except (ValueError, OverflowError):
            continue
        if printed and printed.day.year in _YEARS:
            end = printed.end
            yield printed


def _is_credible(match: re.Match[str], text: str) -> bool:
    """Return True unless *match* is of numbers with a short year amid other text."""
    if match.re is not _YEAR_LAST or len(match["y"]) > len("25"):
        return True
    letters = sum(map(str.isalpha, text))
    whole = match["sign"] == "/" or len(match["a"]) == len(match["b"]) == len("04")
    return whole and letters <= _MAX_LETTERS


def _marks(month: re.Match[str]) -> str:
    return _MARK * len(month[0])


def _printed(
    match: re.Match[str], text: str, language: str, *, month_first: bool
) -> Printed | None:
    """Return the day of *match*; raises ValueError if there is no such day."""
    found = match.groupdict()
    if match.re is _YEAR_FIRST and len(found["y"]) == len("114") and language != "zh":
        return None
    year = _year(found["y"], found.get("era") or "", language)
    if "a" in found:
        first, second = int(found["a"]), int(found["b"])
        readings = [(second, first), (first, second)]  # month, day
        days = [_day(year, *each) for each in readings[:: -1 if month_first else 1]]
        possible = [day for day in days if day]
        if not possible:
            return None
        other = possible[1] if len(set(possible)) > 1 else None
        return Printed(match.start(), match.end(), possible[0], other)
    spelt = text[slice(*match.span("m"))] if found.get("m") else ""
    name, number = key_of(spelt), int(found.get("n") or 0)
    if name in _persian_months() or (is_persian(year) and not found.get("era")):
        month = _persian_months().get(name, number)
        return Printed(*match.span(), from_persian(year, month, int(found["d"])))
    month = names_of(language).months[name] if name else number
    return Printed(*match.span(), date(year, month, int(found["d"])))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str, era: str, language: str) -> int:
    year = 1 if text == FIRST else int(text)
    if language == "zh" and not era and len(text) == len("114"):
        era = MINGUO
    if era:
        return year + ERAS[era]
    if len(text) > len("25"):
        return gregorian_year(year)
    if language == "th":
        return gregorian_year(_THAI_CENTURY + year)
    return _CENTURY + year - (100 if year > _YEARS_AHEAD else 0)


@lru_cache(maxsize=1)
def _persian_months() -> dict[str, int]:
    return dict(_numbered(phrases().persian_months))


def _numbered(entries: Iterable[str]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        number, _, name = entry.partition(" ")
        yield key_of(name), int(number)


@lru_cache(maxsize=64)
def _month_name(language: str) -> re.Pattern[str]:
    """Return a pattern for the name of a month."""
    names = sorted({*names_of(language).months, *_persian_months()})
    before = r"(?:(?<![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))"
    name = rf"{begins(names)}{before}{spelt(names)}(?![^\W\d_])"
    return re.compile(name, re.IGNORECASE)


@cache
def _worded(*, is_thai: bool) -> list[re.Pattern[str]]:
    """Return the forms of a day with the name of a month, of whose letters marks are left."""
    month = rf"(?P<m>{_MARK}+)\.?"
    joints = "|".join(map(re.escape, sorted(phrases().date_joints, key=len)[::-1]))
    joint = rf"[\s,./|-]{{0,3}}(?:(?:{joints})(?![^\W\d_])\.?[\s,]{{0,2}})?"
    day = r"(?=\d)(?:(?<!\w)|(?<=[12]\d{3}))(?P<d>\d{1,2})(?!\d)(?:st|nd|rd|th|er|re|º|ª|ème|η)?"
    year = r"(?P<y>\d{4})(?!\d{3})"
    again = rf"(?:\s?/\s?{_MARK}+)?"
    short = r"(?P<y>\d{4}(?!\d{3})|\d\d(?=\s*(?:$|[|,•·–-]\D|\d\d:\d\d)))"
    if is_thai:
        short = r"(?P<y>\d{4}(?!\d{3})|\d\d(?!\d))"
    forms = (
        f"{day}{joint}{month}{again}{joint}['’]?{short}",
        f"{month}{joint}{day}{joint}{year}",
        f"{year}{joint}{month}{joint}{day}(?!:)",
    )
    return [re.compile(form, re.IGNORECASE) for form in forms]


_LINE_WORDS = 20
"""Words of the longest line that is a date and its label."""
_DAY_NUMBERS = 2
"""Numbers of a date alone; a line with more has a time too."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h\d*)?")


def is_date_line(key: str, run: list[str], *, is_heading: bool) -> bool:
    """Return True if a line, *key* or the words *run*, is a date with its time or label.

    With the month in words it needs one of these: a date alone may head a chapter.
    """
    if pattern_of("date_patterns").fullmatch(key):
        return True
    if is_heading or len(run) > _LINE_WORDS or _months_in_words().isdisjoint(run):
        return False
    lists = phrases()
    other = [word for word in run if not _ORDINAL.fullmatch(word)]
    numbers = len(run) - len(other)
    is_labelled = not lists.update_words.isdisjoint(other)
    if numbers <= 1 or not (numbers > _DAY_NUMBERS or is_labelled):
        return False
    return _months_in_words() | lists.date_words >= set(other)


@cache
def _months_in_words() -> frozenset[str]:
    return frozenset(word for name in phrases().months for word in name.split()[1:])
