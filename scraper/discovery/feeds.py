"""RSS, Atom and RDF feeds."""

from __future__ import annotations

import io
import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from w3lib.html import remove_tags, replace_entities

from scraper.discovery.links import Link, LinkKind
from scraper.discovery.payload import describe, unpack
from scraper.discovery.times import parse_time
from scraper.errors import DiscoveryError
from scraper.extraction.document import decode
from scraper.text import clean
from scraper.urls import is_http, time_in_url

if TYPE_CHECKING:
    from datetime import datetime

MAX_ITEMS = 5_000
MAX_FEED_BYTES = 10_000_000
MAX_TAGS = 300_000
"""feedparser takes 30 µs for each; 5,000 items of an ordinary feed have 60,000."""

_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>\s*", re.DOTALL)
_ENTITY = re.compile(r"(?i)<!ENTITY")
_ROOT = re.compile(r"(?i)<(?:\w+:)?(?:rss|feed|rdf)[\s>]")
_HTML = re.compile(r"(?i)<!doctype html|<html[\s>]")
_ITEM_END = re.compile(r"(?i)</(?:\w+:)?(?:item|entry)\s*>")
_HEAD = 20_000
"""Characters within which a feed's root element stands."""


def parse_feed(body: bytes, *, url: str, tz: tzinfo = UTC) -> list[Link]:
    """Return the links of the feed *body*, in its order, at most MAX_ITEMS.

    Addresses are made absolute; *tz* is the zone of times that name none. Nothing is
    fetched. Raises DiscoveryError where *body* is no feed, has more than
    MAX_FEED_BYTES or MAX_TAGS, or declares entities (no feed needs any; bombs do).
    """
    text = _feed_text(unpack(body, url=url), url)
    links = (_link(entry, url, tz) for entry in _entries(text, url)[:MAX_ITEMS])
    return [link for link in links if link]


def _feed_text(content: bytes, url: str) -> str:
    if len(content) > MAX_FEED_BYTES:
        raise DiscoveryError(f"{url}: a feed of {len(content):,} bytes, not read")
    text = _DECLARATION.sub("", decode(content))
    root = _ROOT.search(text, 0, _HEAD)
    if root is None or _HTML.search(text, 0, root.start()):
        raise DiscoveryError(f"{url}: no feed but {describe(text[:1000].encode())}")
    if text.count("<") > MAX_TAGS:
        raise DiscoveryError(f"{url}: a feed of {text.count('<'):,} tags, not read")
    if _ENTITY.search(text):
        raise DiscoveryError(f"{url}: a feed that declares entities, not read")
    return text


def _entries(text: str, url: str) -> list[dict[str, Any]]:
    import feedparser

    for count, end in enumerate(_ITEM_END.finditer(text), 1):
        if count == MAX_ITEMS:
            text = text[: end.end()]
            break
    headers = {"content-type": "text/xml; charset=utf-8", "content-location": url}
    try:
        feed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # its SGML fallback raises what it likes
        raise DiscoveryError(f"{url}: a feed beyond reading ({error!r})") from error
    if not feed.version and not feed.entries:
        raise DiscoveryError(f"{url}: no feed but {describe(text[:1000].encode())}")
    entries: list[dict[str, Any]] = feed.entries
    return entries


def _link(entry: dict[str, Any], source: str, tz: tzinfo) -> Link | None:
    url = str(entry.get("link", "")).strip()
    if not is_http(url):
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
    printed = entry.get("published") or entry.get("updated") or ""
    return parse_time(printed, tz=tz)


def _plain(markup: str | None) -> str:
    return clean(replace_entities(remove_tags(replace_entities(markup or ""))))
