"""When a page was published and changed, aware, with the source of each.

A time without zone is taken in the site's own: +07:00 for Vietnamese pages and .vn
sites, else UTC. A time in UTC gets the offset that another time on the page shows. A date later than the day after the page was fetched, or before 1990, is
not believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.extraction.languages import phrases
from scraper.extraction.printed_dates import local_moment, parse_worded
from scraper.text import compare_key
from scraper.urls import VIETNAM, time_in_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.kind import Evidence
    from scraper.extraction.metadata import Declared
    from scraper.items import Page

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "sailthru.date",
    "parsely-pub-date",
    "article.published",
    "cxenseparse:recs:publishtime",
)
_MODIFIED = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "lastmod",
    "last-modified",
    "dcterms.modified",
)
_FOUR_DIGIT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_VIETNAMESE = re.compile(
    r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d{2})(?:\D{1,12}(\d{1,2})[:hg](\d{2}))?"
)
_DAY_IN_PATH = re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?=/)")
_CLOCK_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})[:hg](\d{2})\D{1,12}(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d{2})"
)
_EARLIEST = 1990
_UNKNOWN = timezone(timedelta(), "unknown")
_NO_CLOCK = datetime(2099, 12, 31, tzinfo=UTC)
"""Stands for the time of fetching where it is not known: no clock is asked."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Aware datetimes, each with its source: json_ld, meta, url, page or htmldate."""

    published_at: datetime | None = None
    published_source: str = ""
    modified_at: datetime | None = None
    modified_source: str = ""


def extract_dates(
    evidence: Evidence,
    root: HtmlElement,
    *,
    near_title: list[RawBlock],
    language: str,
    guess: bool = True,
) -> Dates:
    """Return the dates of a page; *near_title* are the blocks that may print them.

    *guess*: where nothing states one, htmldate is asked.
    """
    page, declared, data = evidence.page, evidence.declared, evidence.data
    zone = zone_of(page.url, language)
    latest = page.fetched_at + timedelta(days=1) if page.fetched_at else None

    def credible(
        pairs: Iterator[tuple[str, datetime | None]],
    ) -> Iterator[tuple[str, datetime]]:
        return ((s, d) for s, d in pairs if d and is_credible(d, latest))

    published = _best(
        credible(_published(page, root, declared, data, near_title, zone))
    )
    if published is None and guess:
        published = _by_htmldate(page, root, zone)
    modified = _best(credible(_modified(declared, data, zone)))
    source, moment = published or ("", None)
    if moment:
        moment = local_moment(moment, _stated(root, declared, data, near_title))
    modified_source, modified_at = modified or ("", None)
    if moment and modified_at and not modified_at.utcoffset():
        modified_at = modified_at.astimezone(moment.tzinfo)
    return Dates(moment, source, modified_at, modified_source)


def zone_of(url: str, language: str) -> tzinfo:
    host = urlsplit(url).hostname or ""
    return VIETNAM if language == "vi" or host.endswith(".vn") else UTC


def is_credible(moment: datetime, latest: datetime | None) -> bool:
    return moment.year >= _EARLIEST and (latest is None or moment <= latest)


def parse_iso(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment that the ISO 8601 *text* states, in *zone* where it names none."""
    if not text:
        return None
    text = _FOUR_DIGIT_OFFSET.sub(r"\1:\2", text.strip().replace(" +", "+"))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_printed(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment of "Thứ Bảy, 12/07/2025 15:13" or "15:13 12/07/2025", else None."""
    if match := _CLOCK_FIRST.search(text):
        hour, minute, day, month, year = match.groups()
    elif match := _VIETNAMESE.search(text):
        day, month, year, hour, minute = match.groups()
    else:
        return parse_worded(text, zone)
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None


def _published(
    page: Page,
    root: HtmlElement,
    declared: Declared,
    data: StructuredData,
    near_title: list[RawBlock],
    zone: tzinfo,
) -> Iterator[tuple[str, datetime | None]]:
    yield "json_ld", parse_iso(data.published, zone)
    for name in _PUBLISHED:
        yield "meta", parse_iso(declared.first(name), zone)
    yield "url", time_in_url(page.url)
    for element in root.iter("time"):
        yield "page", parse_iso(element.get("datetime", ""), zone)
    for block in near_title:
        yield "page", parse_printed(block.text, zone)
    yield "url", _day_in_path(page.url, zone)


def _day_in_path(url: str, zone: tzinfo) -> datetime | None:
    """Return the day of an address like ``/2023/12/22/slug``."""
    match = _DAY_IN_PATH.search(urlsplit(url).path)
    year, month, day = map(int, match.groups()) if match else (0, 0, 0)
    try:
        return datetime(year, month, day, tzinfo=zone)
    except ValueError:
        return None


def _modified(
    declared: Declared, data: StructuredData, zone: tzinfo
) -> Iterator[tuple[str, datetime | None]]:
    yield "json_ld", parse_iso(data.modified, zone)
    for name in _MODIFIED:
        yield "meta", parse_iso(declared.first(name), zone)


def _stated(
    root: HtmlElement,
    declared: Declared,
    data: StructuredData,
    near_title: list[RawBlock],
) -> Iterator[datetime]:
    """Yield the times that may show the site's offset; those without one are naive."""
    texts = [data.published, *map(declared.first, _PUBLISHED)]
    texts += [element.get("datetime", "") for element in root.iter("time")]
    for text in filter(None, texts):
        moment = parse_iso(text, _UNKNOWN)
        if moment:
            yield _naive(moment)
    for block in near_title:
        moment = parse_printed(block.text, _UNKNOWN)
        if moment and _has_time(moment) and not _is_update(block.text):
            yield _naive(moment)


def _is_update(text: str) -> bool:
    return any(word in compare_key(text) for word in phrases().update_words)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None) if moment.tzinfo is _UNKNOWN else moment


def _best(found: Iterator[tuple[str, datetime]]) -> tuple[str, datetime] | None:
    """Return the first, or one of the same day with a time where the first has none."""
    first = next(found, None)
    if first is None or _has_time(first[1]):
        return first
    same_day = (f for f in found if f[1].date() == first[1].date() and _has_time(f[1]))
    return next(same_day, first)


def _has_time(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) != (0, 0, 0)


def _by_htmldate(
    page: Page, root: HtmlElement, zone: tzinfo
) -> tuple[str, datetime] | None:
    """Ask htmldate, the last resort: a day without a time."""
    from htmldate import find_date

    latest = f"{page.fetched_at or _NO_CLOCK:%Y-%m-%d}"
    try:
        found = find_date(
            root, url=page.url or None, max_date=latest, original_date=True
        )
    except (ValueError, RecursionError):
        return None
    if not found or found.endswith("-01-01"):  # a guess: it knew the year alone
        return None
    moment = parse_iso(found, zone)
    return ("htmldate", moment) if moment else None
