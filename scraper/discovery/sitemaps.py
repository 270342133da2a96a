"""Sitemaps and sitemap indexes (sitemaps.org), with Google's news extension."""

from __future__ import annotations

import logging
import re
from datetime import UTC, tzinfo
from functools import cache
from html import unescape
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from lxml import etree

from scraper.discovery.feeds import ROOTS as FEEDS
from scraper.discovery.feeds import UNKNOWN, describe, parse_feed, parse_markup, unpack
from scraper.discovery.links import Link, LinkKind, absolute
from scraper.discovery.times import parse_time
from scraper.errors import DiscoveryError
from scraper.extraction.dates.locales import time_in_url
from scraper.text import clean
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.discovery.feeds import Markup

logger = logging.getLogger(__name__)

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
    if markup.root in FEEDS:
        return parse_feed(content, url=url, tz=tz)
    links: list[Link] = []
    entries = _iter_entries(markup) if markup.root else _iter_lines(markup.text)
    for link in filter(None, (_link(entry, url, tz) for entry in entries)):
        links.append(link)
        if len(links) == MAX_ENTRIES:
            logger.info("%s: cut after %d entries", url, MAX_ENTRIES)
            return links
    if not markup.root and not links:
        raise DiscoveryError(f"{url}: not a sitemap but {describe(content)}")
    if markup.is_cut:
        logger.warning("%s: cut after %d entries: it has no end", url, len(links))
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


def _link(entry: dict[str, str], source: str, tz: tzinfo) -> Link | None:
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
