"""Sitemaps and sitemap indexes (sitemaps.org), with Google's news extension."""

from __future__ import annotations

import io
import logging
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from lxml import etree

from scraper.discovery.feeds import parse_feed
from scraper.discovery.links import Link, LinkKind, absolute
from scraper.discovery.payload import describe, unpack
from scraper.discovery.times import parse_time
from scraper.errors import DiscoveryError
from scraper.text import clean
from scraper.urls import time_in_url

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

MAX_ENTRIES = 50_000
"""The sitemap protocol's own limit."""
_FEEDS = {"rss", "feed", "rdf"}
_ENTRIES = {"url", "sitemap"}


def parse_sitemap(body: bytes, *, url: str, tz: tzinfo = UTC) -> list[Link]:
    """Return the links of the sitemap *body*, in its order, at most MAX_ENTRIES.

    Gzip is unpacked. Entries of an index have the kind sitemap; those with a news
    element or a time in their address, article; others, other. *tz* is the zone of
    times that name none. A feed in the place of a sitemap, which the protocol allows,
    is read as one. Broken XML gives what stands before the fault, which is logged.
    Raises DiscoveryError where *body* is no sitemap.
    """
    content = unpack(body, url=url).lstrip()
    root = _root_name(content)
    if root in _FEEDS:
        return parse_feed(content, url=url, tz=tz)
    if root not in {"urlset", "sitemapindex"}:
        raise DiscoveryError(f"{url}: no sitemap but {describe(content)}")
    links: list[Link] = []
    try:
        for entry in _iter_entries(content):
            link = _link(entry, url, tz)
            if link:
                links.append(link)
            if len(links) == MAX_ENTRIES:
                logger.info("%s: cut after %d entries", url, MAX_ENTRIES)
                break
    except etree.XMLSyntaxError as error:
        logger.warning("%s: cut after %d entries: %s", url, len(links), error)
    return links


def _root_name(content: bytes) -> str:
    try:
        for _, element in _iterparse(content, "start"):
            return _name(element)
    except etree.XMLSyntaxError:
        pass
    return ""


def _iter_entries(content: bytes) -> Iterator[dict[str, str]]:
    """Yield each entry as a mapping of its elements' local names to their text."""
    for _, element in _iterparse(content, "end"):
        if _name(element) in _ENTRIES:
            yield {"entry": _name(element)} | _fields(element)
            _release(element)


def _fields(entry: etree._Element) -> dict[str, str]:
    """Return the entry's own elements and those of its news element, not an image's."""
    fields: dict[str, str] = {}
    for part in entry.iterchildren(etree.Element):
        inner = part.iterchildren(etree.Element) if _name(part) == "news" else ()
        for element in (part, *inner):
            fields.setdefault(_name(element), clean(element.text or ""))
    return fields


def _iterparse(content: bytes, event: str) -> etree.iterparse:
    return etree.iterparse(
        io.BytesIO(content),
        events=(event,),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _release(element: etree._Element) -> None:
    """Free *element* and what stands before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _link(entry: dict[str, str], source: str, tz: tzinfo) -> Link | None:
    url = absolute(source, entry.get("loc"))
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
