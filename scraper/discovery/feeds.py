"""Feeds (RSS, Atom, RDF) and sitemaps: the links that they list, and their times."""

from __future__ import annotations

import io
import logging
import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from html import unescape
from itertools import chain, filterfalse, islice, pairwise
from typing import TYPE_CHECKING, Any

from lxml import etree
from w3lib.html import remove_tags, replace_entities

from scraper.discovery.links import Link, LinkKind, absolute
from scraper.discovery.markup import UNKNOWN, describe, parse_markup, unpack
from scraper.errors import DiscoveryError
from scraper.extraction.dates.locales import Convention, time_in_url
from scraper.extraction.dates.printed import find_printed
from scraper.text import clean, normalised
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.discovery.markup import Markup
    from scraper.extraction.dates.printed import Printed


MAX_ITEMS = 5_000
MAX_FEED_BYTES = 10_000_000
MAX_TAGS = 300_000
"""feedparser takes 30 µs for each; 5,000 items of an ordinary feed have 60,000."""
MAX_CATEGORIES = 100
"""The most categories of an item, or of a feed before its items: feedparser compares each
with all others, and 4,000 take a second."""
ROOTS = frozenset({"rss", "feed", "rdf"})
_ITEM = re.compile(r"(?i)<(?:\w+:)?(?:item|entry)(?=[\s>])")
_CATEGORY = re.compile(r"(?i)<(?:\w+:)?(?:category|subject|keywords)(?=[\s/>])")
_NO_CHARACTER = re.compile(r"&(?:amp;)?#\w{9,};?")
"""A reference by a number so long that Python refuses to convert it."""
_ORIGINAL = ("feedburner_origlink", "pheedo_origlink")
"""Where a service that counts clicks keeps the URL of the article."""


def parse_feed(body: bytes, *, url: str, tz: tzinfo = UTC) -> list[Link]:
    """Return the links of the feed *body*, in its order, at most MAX_ITEMS.

    URLs are made absolute; *tz* is the zone of times without one. Nothing is fetched.
    Broken items are skipped, the others are read; so are items with more than
    MAX_CATEGORIES. Raises DiscoveryError if *body* is not a feed, has more than
    MAX_FEED_BYTES or MAX_TAGS, or declares entities that name a file or one another (no
    feed needs any; bombs do).
    """
    text = _feed_text(unpack(body, url=url), url)
    links = (_link(entry, url, tz) for entry in _entries(text, url)[:MAX_ITEMS])
    return [link for link in links if link]


def _feed_text(content: bytes, url: str) -> str:
    if len(content) > MAX_FEED_BYTES:
        raise DiscoveryError(f"{url}: a feed of {len(content):,} bytes, not read")
    markup = parse_markup(content)
    if markup.root not in ROOTS:
        raise DiscoveryError(f"{url}: not a feed but {describe(content)}")
    tags = markup.text.count("<")
    if tags > MAX_TAGS:
        raise DiscoveryError(f"{url}: a feed of {tags:,} tags, not read")
    if markup.follows:
        raise DiscoveryError(f"{url}: a feed that declares entities, not read")
    return markup.text


def _entries(text: str, url: str) -> list[dict[str, Any]]:
    """Return the entries that feedparser finds in *text*, item by item if it fails."""
    beyond = next(islice(_ITEM.finditer(text), MAX_ITEMS, None), None)
    text = _with_few_categories(text[: beyond.start()] if beyond else text)
    try:
        return _parsed(text, url)
    except DiscoveryError:
        raise
    except Exception:  # its SGML fallback raises what it likes
        return _each_alone(text, url)


def _with_few_categories(text: str) -> str:
    """Return the feed *text* without the items that have more than MAX_CATEGORIES."""
    head, *items = _split(text)
    if _has_many_categories(head):
        head = _root(head)
    return "".join((head, *filterfalse(_has_many_categories, items)))


def _has_many_categories(part: str) -> bool:
    return (
        next(islice(_CATEGORY.finditer(part), MAX_CATEGORIES, None), None) is not None
    )


def _split(text: str) -> list[str]:
    """Return the part before the items of the feed *text*, then each item."""
    starts = (found.start() for found in _ITEM.finditer(text))
    return [text[a:b] for a, b in pairwise(chain([0], starts, [len(text)]))]


def _root(text: str) -> str:
    return text[: text.find(">") + 1]


def _each_alone(text: str, url: str) -> list[dict[str, Any]]:
    root, (_, *items) = _root(text), _split(text)
    entries, fault = [], None
    for item in items:
        try:
            entries += _parsed(root + item, url)
        except Exception as error:
            fault = error
    if fault and not entries:
        raise DiscoveryError(
            f"{url}: a feed that cannot be parsed ({fault!r})"
        ) from fault
    return entries


def _parsed(text: str, url: str) -> list[dict[str, Any]]:
    import feedparser

    headers = {"content-type": "text/xml; charset=utf-8", "content-location": url}
    feed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not feed.get("version") and not feed.entries:
        raise DiscoveryError(f"{url}: not a feed but {describe(text.encode())}")
    entries: list[dict[str, Any]] = feed.entries
    return entries


def _link(entry: dict[str, Any], source: str, tz: tzinfo) -> Link | None:
    stated = (str(entry.get(name, "")).strip() for name in (*_ORIGINAL, "link"))
    url = next(filter(is_http, stated), "")
    if not url or UNKNOWN in url:
        return None
    tags = entry.get("tags") or [{}]
    return Link(
        url,
        LinkKind.ARTICLE,
        title=_plain(entry.get("title")),
        time=_time(entry, tz) or time_in_url(url),
        section=_plain(tags[0].get("term")),
        source=source,
    )


def _time(entry: dict[str, Any], tz: tzinfo) -> datetime | None:
    printed = (entry.get(name) or "" for name in ("published", "updated"))
    return next(filter(None, (parse_time(each, tz=tz) for each in printed)), None)


def _plain(markup: str | None) -> str:
    text = _NO_CHARACTER.sub("", markup or "")
    return clean(replace_entities(remove_tags(replace_entities(text))))


_logger = logging.getLogger(__name__)

MAX_ENTRIES = 50_000
"""The sitemap protocol's own limit."""
_OTHERS = frozenset({"image", "video"})
"""Parts of an entry that have URLs and titles of their own."""
_NO_ADDRESS = re.compile(rf"[<>\s{UNKNOWN}]")


def parse_sitemap(body: bytes, *, url: str, tz: tzinfo = UTC) -> list[Link]:
    """Return the links of the sitemap *body*, in its order, at most MAX_ENTRIES.

    Gzip is unpacked. Entries of an index have the kind sitemap, those with a news element
    or a time in their URL the kind article, others the kind other. *tz* is the zone of
    times without one. Instead of XML the protocol allows a feed, or a text with one URL a
    line. Broken entries are skipped, the others are read; a missing end is logged. Raises
    DiscoveryError if *body* is not a sitemap.
    """
    content = unpack(body, url=url)
    markup = parse_markup(content)
    if markup.root in ROOTS:
        return parse_feed(content, url=url, tz=tz)
    links: list[Link] = []
    entries = _iter_entries(markup) if markup.root else _iter_lines(markup.text)
    for link in filter(None, (_sitemap_link(entry, url, tz) for entry in entries)):
        links.append(link)
        if len(links) == MAX_ENTRIES:
            _logger.info("%s: cut after %d entries", url, MAX_ENTRIES)
            return links
    if not markup.root and not links:
        raise DiscoveryError(f"{url}: not a sitemap but {describe(content)}")
    if markup.is_cut:
        _logger.warning("%s: cut after %d entries: it has no end", url, len(links))
    return links


def _iter_lines(text: str) -> Iterator[dict[str, str]]:
    """Yield the URLs of a text with one URL a line; nothing for another text."""
    lines = (unescape(line).strip() for line in text.splitlines())
    lines = (line for line in lines if line and not line.startswith("#"))
    first = next(lines, "")
    if is_http(first) and not _NO_ADDRESS.search(first):
        for line in chain([first], lines):
            if is_http(line):
                yield {"entry": "url", "loc": line}


def _iter_entries(markup: Markup) -> Iterator[dict[str, str]]:
    """Yield each entry as a mapping of its elements' local names to their text.

    Each is parsed by itself, so that a broken one does not affect the others.
    """
    start = re.compile(rf"(?i)<{re.escape(markup.prefix)}(?:url|sitemap)(?=[\s>])")
    starts = (found.start() for found in start.finditer(markup.text))
    for begin, end in pairwise(chain(starts, [len(markup.text)])):
        entry = etree.fromstring(markup.text[begin:end].encode(), parser=_parser())
        if entry is not None:
            yield {"entry": _name(entry)} | dict(_iter_fields(entry))


def _iter_fields(parent: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the name and text of the elements of an entry, the first of a name last."""
    for part in reversed(parent):
        name = _name(part)
        if name not in _OTHERS:
            yield from _iter_fields(part)
            yield name, clean(part.text or "")


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def _name(element: etree._Element) -> str:
    """Return the local name; lxml leaves an undeclared prefix in the tag."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _sitemap_link(entry: dict[str, str], source: str, tz: tzinfo) -> Link | None:
    stated = entry.get("loc", "").replace("&amp;", "&")  # escaped twice
    url = None if _NO_ADDRESS.search(stated) else absolute(source, stated)
    if url is None:
        return None
    stamp = time_in_url(url)
    return Link(
        url,
        _kind(entry, has_stamp=stamp is not None),
        title=entry.get("title", ""),
        time=parse_time(entry.get("publication_date", ""), tz=tz)
        or stamp
        or parse_time(entry.get("lastmod", ""), tz=tz),
        source=source,
    )


def _kind(entry: dict[str, str], *, has_stamp: bool) -> LinkKind:
    if entry["entry"] == "sitemap":
        return LinkKind.SITEMAP
    return LinkKind.ARTICLE if has_stamp or "news" in entry else LinkKind.OTHER


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
