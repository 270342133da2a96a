"""RSS, Atom and RDF feeds."""

from __future__ import annotations

import io
import re
from datetime import UTC, tzinfo
from itertools import chain, filterfalse, islice, pairwise
from typing import TYPE_CHECKING, Any

from w3lib.html import remove_tags, replace_entities

from scraper.discovery.links import Link, LinkKind
from scraper.discovery.markup import UNKNOWN, parse_markup
from scraper.discovery.payload import describe, unpack
from scraper.discovery.times import parse_time
from scraper.errors import DiscoveryError
from scraper.text import clean
from scraper.urls import is_http, time_in_url

if TYPE_CHECKING:
    from datetime import datetime

MAX_ITEMS = 5_000
MAX_FEED_BYTES = 10_000_000
MAX_TAGS = 300_000
"""feedparser takes 30 µs for each; 5,000 items of an ordinary feed have 60,000."""
MAX_CATEGORIES = 100
"""Of an item, or of a feed before its items: feedparser compares each with all others, and
4,000 of them take a second."""

ROOTS = frozenset({"rss", "feed", "rdf"})
_ITEM = re.compile(r"(?i)<(?:\w+:)?(?:item|entry)(?=[\s>])")
_CATEGORY = re.compile(r"(?i)<(?:\w+:)?(?:category|subject|keywords)(?=[\s/>])")
_NO_CHARACTER = re.compile(r"&(?:amp;)?#\w{9,};?")
"""A reference by a number so long that Python refuses to convert it."""
_ORIGINAL = ("feedburner_origlink", "pheedo_origlink")
"""Where a service that counts clicks keeps the address of the article itself."""


def parse_feed(body: bytes, *, url: str, tz: tzinfo = UTC) -> list[Link]:
    """Return the links of the feed *body*, in its order, at most MAX_ITEMS.

    Addresses are made absolute; *tz* is the zone of times that name none. Nothing is
    fetched. Of broken XML all items are read but those that are broken, and those of more
    than MAX_CATEGORIES are passed over. Raises
    DiscoveryError where *body* is no feed, has more than MAX_FEED_BYTES or MAX_TAGS, or
    declares entities that name a file or one another (no feed needs any; bombs do).
    """
    text = _feed_text(unpack(body, url=url), url)
    links = (_link(entry, url, tz) for entry in _entries(text, url)[:MAX_ITEMS])
    return [link for link in links if link]


def _feed_text(content: bytes, url: str) -> str:
    if len(content) > MAX_FEED_BYTES:
        raise DiscoveryError(f"{url}: a feed of {len(content):,} bytes, not read")
    markup = parse_markup(content)
    if markup.root not in ROOTS:
        raise DiscoveryError(f"{url}: no feed but {describe(content)}")
    tags = markup.text.count("<")
    if tags > MAX_TAGS:
        raise DiscoveryError(f"{url}: a feed of {tags:,} tags, not read")
    if markup.follows:
        raise DiscoveryError(f"{url}: a feed that declares entities, not read")
    return markup.text


def _entries(text: str, url: str) -> list[dict[str, Any]]:
    """Return what feedparser makes of the feed *text*, of each item alone if it must."""
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
    """Return what stands before the items of the feed *text*, then each item."""
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
        raise DiscoveryError(f"{url}: a feed beyond reading ({fault!r})") from fault
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
        raise DiscoveryError(f"{url}: no feed but {describe(text.encode())}")
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
