"""How a page writes dates: names of months and of parts of the day, order, time zone.

All of it is from the Unicode CLDR by Babel, by the language of the page and the country
of its address. What pages print beside that stands in the data file of the language.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scraper.extraction.languages import phrases
from scraper.text import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from babel import Locale

Hours = tuple[int, int]
"""The first hour of a part of the day, and the first one after it, 0-24."""

_AM, _PM, _NOON, _MIDNIGHT = (0, 12), (12, 24), (11, 14), (23, 1)
_GENERIC_DOMAINS = frozenset(
    {
        *("ai", "am", "cc", "co", "eu", "fm", "gg", "im", "io", "la", "ly"),
        *("me", "sh", "so", "to", "tv", "ws"),
    }
)
"""Country domains that sites of everywhere use."""
_AMERICAN_DOMAINS = frozenset({"gov", "edu", "mil"})
_LANGUAGES_OF_MANY = frozenset({"ar", "en", "es", "fr", "pt", "ru", "sw", "zh"})
"""Languages of papers in several time zones: they alone name no country."""
_PRIMARY_ZONES = {
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
}
"""The zone of nearly everyone in a country of several: ``primaryZones`` of the CLDR.

The only zone of a country may stand here as well: to crawl its sites needs no Babel then.
"""
_SCRIPTS = (
    ("\u0370-\u03ff", "el"),
    ("\u0400-\u04ff", "ru"),
    ("\u0590-\u05ff", "he"),
    ("\u0600-\u06ff", "ar"),
    ("\u0900-\u097f", "hi"),
    ("\u0980-\u09ff", "bn"),
    ("\u0e00-\u0e7f", "th"),
    ("\u3040-\u30ff", "ja"),
    ("\uac00-\ud7af", "ko"),
    ("\u4e00-\u9fff", "zh"),
)
"""The most common language of a script, for a line of a page that declares none."""
_LANGUAGES_OF_BOTH = frozenset({"", "en"})
_STAMP = re.compile(r"(?<!\d)20\d{15}(?!\d)")
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
_POINTS = re.compile(r"[\s.\u200c]+")
_VOWEL_MARKS = re.compile("[\u064b-\u0652]")
_LATIN = "\u0590"
"""Scripts past these write one letter for a part of the day."""
_REGION = re.compile(r"^[a-z]{2,3}(?:[-_][a-z]{4})?[-_]([a-z]{2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Convention:
    """How a page writes its dates.

    *month_first*: 7/4/2025 is the fourth of July; *is_sure* unless papers of the language
    write both and the country is unknown. *zone* is that of a time without one;
    it *is_home* if the country of the page has no other.
    """

    language: str = ""
    month_first: bool = False
    is_sure: bool = True
    zone: tzinfo = UTC
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Numbers of months, and hours of parts of the day, by names in lower case."""

    months: dict[str, int]
    day_parts: dict[str, Hours]


def convention_of(url: str, language: str, declared: Iterable[str] = ()) -> Convention:
    """Return the convention of the page at *url*; *declared* are codes such as "en-GB"."""
    region = _region_of(url) or next(
        (found[1].upper() for name in declared if (found := _REGION.match(name))), ""
    )
    return _convention(language, region)


def zone_of(url: str) -> tzinfo:
    """Return the only time zone of the country in the domain of *url*, else UTC."""
    return _home_zone("", _region_of(url)) or UTC


def time_in_url(url: str, zone: tzinfo | None = None) -> datetime | None:
    """Return the time that a 17-digit stamp in *url* states, None if it has none.

    It is a time of *zone*, by default that of the country in the domain:
    ``https://bao.vn/tin-20250711140623717.htm`` is of 2025-07-11T14:06:23.717+07:00.
    """
    match = _STAMP.search(urlsplit(url).path)
    if not match:
        return None
    digits = match[0]
    try:
        stated = datetime.fromisoformat(f"{digits[:8]}T{digits[8:14]}.{digits[14:]}")
    except ValueError:
        return None
    return stated.replace(tzinfo=zone or zone_of(url))


@lru_cache(maxsize=256)
def _convention(language: str, region: str) -> Convention:
    zone = _home_zone(language, region)
    return Convention(
        language,
        month_first=_is_month_first(language, region),
        is_sure=bool(region) or language not in _LANGUAGES_OF_BOTH,
        zone=zone or UTC,
        is_home=zone is not None,
    )


def _region_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    last = host.rpartition(".")[2]
    if last in _AMERICAN_DOMAINS:
        return "US"
    if len(last) != len("vn") or last in _GENERIC_DOMAINS:
        return ""
    return {"UK": "GB"}.get(last.upper(), last.upper())


def _home_zone(language: str, region: str) -> tzinfo | None:
    """Return the only time zone of the country, None if it has several or is unknown."""
    if not region and language not in _LANGUAGES_OF_MANY:
        region = _likely_region(language)
    name = _PRIMARY_ZONES.get(region) or _only_zone(region)
    return zone_named(name) if name else None


def _only_zone(region: str) -> str:
    from babel.core import get_global

    zones = get_global("territory_zones").get(region, ())
    return zones[0] if len(zones) == 1 else ""


@cache
def zone_named(name: str) -> tzinfo | None:
    """Return the IANA time zone *name*, None if the system has no such data."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return None


def _is_month_first(language: str, region: str) -> bool:
    candidates = (f"{language}_{region}", f"und_{region}", language)
    locale = next(filter(None, map(_locale, candidates)), None)
    if locale is None:
        return False
    pattern = str(locale.date_formats["short"].pattern)
    return -1 < pattern.find("M") < pattern.find("d") and not pattern.startswith("y")


def _likely_region(language: str) -> str:
    from babel.core import get_global

    likely = get_global("likely_subtags").get(language, "")
    return likely.rpartition("_")[2] if "_" in likely else ""


@cache
def _locale(name: str) -> Locale | None:
    from babel import Locale, UnknownLocaleError

    language, _, region = name.partition("_")
    if not language or (not region and "_" in name):
        return None
    if language == "und":
        from babel.core import get_global

        parts = get_global("likely_subtags").get(name, "und").split("_")
        name = f"{parts[0]}_{parts[-1]}"
    try:
        return Locale.parse(name, resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError):
        return None


def plain(text: str) -> str:
    """Return *text* with digits of ASCII and letters in their usual form, case kept."""
    if text.isascii():
        return text
    text = _VOWEL_MARKS.sub("", normalised(text, "NFKC"))
    return _OTHER_DIGITS.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def begins(names: Iterable[str], *, digit: bool = False) -> str:
    """Return a pattern that looks ahead for the first letter of *names*, or a *digit*.

    Before a pattern of many names it is what makes a search of other text cheap.
    """
    letters = "".join(sorted({re.escape(name[0]) for name in names}))
    return f"(?=[{letters}" + (r"\d])" if digit else "])")


def spelt(names: Iterable[str]) -> str:
    """Return a pattern for the longest of *names*, with points and spaces in it or not.

    Names that begin alike share these letters: each is tried once.
    """
    tails: dict[str, list[str]] = {}
    for name in names:
        tails.setdefault(name[0], []).append(name[1:])
    branches = []
    for first, ends in tails.items():
        longer = [end for end in ends if end]
        rest = rf"[.\s]{{0,2}}{spelt(longer)}" if longer else ""
        is_one = bool(rest) and "" in ends
        branches.append(re.escape(first) + (f"(?:{rest})?" if is_one else rest))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def language_by_script(text: str) -> str:
    """Return the most common language of the script of *text*, "" for Latin letters."""
    found = (code for span, code in _SCRIPTS if re.search(f"[{span}]", text))
    return "" if text.isascii() else next(found, "")


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """Return how *name* is looked up: in lower case, without points and spaces."""
    return _POINTS.sub("", plain(name).lower())


@cache
def names_of(language: str) -> Names:
    """Return the names in *language*, in English, and of all data files."""
    months: dict[str, int] = {}
    parts: dict[str, Hours] = {}
    for code in dict.fromkeys((language, "en")):
        locale = _locale(code)
        if locale is None:
            continue
        for name, number in _months(locale):
            months.setdefault(name, number)
        for name, hours in _day_parts(locale):
            parts.setdefault(name, hours)
    for entry in phrases().months:
        written, _, name = entry.partition(" ")
        months.setdefault(key_of(name), int(written))
    return Names(months, parts)


def _months(locale: Locale) -> Iterator[tuple[str, int]]:
    """Yield names of at least two letters; CLDR has numbers where a language has none."""
    for by_width in locale.months.values():
        for width in ("wide", "abbreviated"):
            for number, name in by_width[width].items():
                if sum(map(str.isalpha, name)) > 1:
                    yield key_of(name), number


def _day_parts(locale: Locale) -> Iterator[tuple[str, Hours]]:
    rules = locale.day_period_rules.get(None, {})
    hours = {"am": _AM, "pm": _PM, "noon": _NOON, "midnight": _MIDNIGHT}
    for part, spans in rules.items():
        for span in spans:
            if "from" in span:
                hours.setdefault(part, (span["from"] // 3600, span["before"] // 3600))
    for by_width in locale.day_periods.values():
        for width in ("wide", "abbreviated"):
            for part, name in by_width.get(width, {}).items():
                key = key_of(name)
                if part in hours and (len(key) > 1 or key > _LATIN):
                    yield key, hours[part]
