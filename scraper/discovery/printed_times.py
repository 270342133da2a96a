"""Days and clocks as people write them: names of months, halves of the day, any order."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from scraper.extraction.languages import phrases
from scraper.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

LANGUAGES = ("vi", "en", "fr", "de", "es", "it", "pt", "nl", "id", "ja", "zh", "ko")
"""Whose names of months and halves of the day are read, from the Unicode CLDR."""
_MORNING = ("am", "morning1", "morning2")
_AFTERNOON = ("pm", "afternoon1", "afternoon2", "evening1")
_AMERICAN = re.compile(r"[ap]\.? ?m\b")
_NOON = 12
_CLOCK = ("hour", "minute", "second")
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?!\d)"
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")


def parse_printed(text: str) -> datetime:
    """Return the moment of "3:13 CH 12/07/2025", "2025年7月12日" or "12 juil. 2025".

    Naive unless an offset follows the clock. The day stands before the month, unless it
    cannot or the clock says AM or PM. Raises ValueError where no day with its year is.
    """
    text = _key(text)
    clock = _clock_pattern().search(text)
    if clock is None:
        return datetime(*_day_of(text))  # noqa: DTZ001  zone added later
    rest = f"{text[: clock.start()]} {text[clock.end() :]}"
    day = _day_of(rest, month_first=bool(_AMERICAN.fullmatch(clock["after"] or "")))
    hour, minute, second = (int(clock[each] or 0) for each in _CLOCK)
    half = clock["before"] or clock["after"]
    if half and hour <= _NOON:
        hour = hour % _NOON + _NOON * (half in _halves()[1])
    return datetime(*day, hour, minute, second, tzinfo=_zone_of(clock))


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", fold(text))


def _zone_of(clock: re.Match[str]) -> tzinfo | None:
    if not clock["sign"]:
        return None
    ahead = timedelta(hours=int(clock["hours"]), minutes=int(clock["minutes"]))
    return timezone(ahead if clock["sign"] == "+" else -ahead)


def _day_of(text: str, *, month_first: bool = False) -> tuple[int, int, int]:
    """Return year, month and day; raises ValueError where there is none."""
    if found := _YEAR_FIRST.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.search(text):
        one, other, year = map(int, found.groups())
        is_turned = one <= _NOON and (month_first or other > _NOON)
        return (year, one, other) if is_turned else (year, other, one)
    if found := _worded_pattern().search(text):
        month = _months()[found["month"] or found["name"]]
        return int(found["year"]), month, int(found["day"] or found["number"])
    raise ValueError(text)


@cache
def _clock_pattern() -> re.Pattern[str]:
    half = _any_of(_halves()[0] | _halves()[1])
    return re.compile(
        rf"(?:(?<![^\W\d_])(?P<before>{half})\s*)?(?<!\d)(?P<hour>\d{{1,2}})\s*[:h時时시]"
        r"\s*(?P<minute>\d{2})(?:\s*[:分분]\s*(?P<second>\d{2})(?:\.\d+)?)?[분分秒초]*"
        rf"(?:\s*(?P<after>{half})(?![^\W\d_]))?"
        r"(?:\s*(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>[0-5]\d)(?![\d-]))?"
    )


@cache
def _halves() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words for the first and for the second half of the day."""
    from babel import Locale

    early, late = {"a.m.", "a.m", "a. m."}, {"p.m.", "p.m", "p. m."}
    for code in LANGUAGES:
        named = Locale(code).day_periods["format"]["abbreviated"]
        early |= {_key(named[each]) for each in _MORNING if each in named}
        late |= {_key(named[each]) for each in _AFTERNOON if each in named}
    return frozenset(early), frozenset(late)


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its name, without a dot at its end."""
    from babel import Locale

    entries = (entry.partition(" ") for entry in phrases().months)
    names = {_key(name): int(number) for number, _, name in entries}
    for code in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(code).months["format"][width].items():
                names.setdefault(_key(name).rstrip("."), number)
    return names


@cache
def _worded_pattern() -> re.Pattern[str]:
    names = _any_of(_months())
    return re.compile(
        rf"(?<![^\W_])(?:(?P<month>{names})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
        rf"|(?P<number>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s+(?:de\s+)?(?P<name>{names})\.?)"
        r"(?![^\W_]),?\s+(?:de\s+|nam\s+)?(?P<year>\d{4})(?!\d)"
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
