"""Years of other calendars than the Gregorian one."""

from __future__ import annotations

from datetime import date, timedelta

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
    """Return *year* of the Gregorian calendar, of the Thai solar one where it can be."""
    return year - _BUDDHIST_AHEAD if year in _BUDDHIST else year


def is_persian(year: int) -> bool:
    """Return True if *year* is one of the last hundred of the Solar Hijri calendar."""
    return year in _PERSIAN


def from_persian(year: int, month: int, day: int) -> date:
    """Return the day of the Solar Hijri calendar, right from 1244 to 1472 (1865-2093).

    Leap years follow the cycle of 33 years. Raises ValueError for a day that is none.
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
