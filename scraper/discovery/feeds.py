"""RSS, Atom and RDF feeds."""

from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, tzinfo
from itertools import chain, filterfalse, islice, pairwise
from typing import TYPE_CHECKING, Any

from w3lib.html import remove_tags, replace_entities

from scraper.discovery.links import Link, LinkKind
from scraper.discovery.markup import UNKNOWN, parse_markup
from scraper.discovery.times import parse_time
from scraper.errors import DiscoveryError
from scraper.text import clean
from scraper.urls import is_http, time_in_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


MAX_BYTES = 50_000_000
"""The sitemap protocol's own limit, after unpacking."""

_GZIP = b"\x1f\x8b"
_GZIP_WITHIN = 20
"""Bytes within which gzip begins, after white space that a script printed."""
_MOST_LAYERS = 2
"""The most layers of gzip: a packed file may be packed again in transfer."""
_PIECE_BYTES = 512
"""Bytes unpacked at once; a damaged piece is lost completely."""
_TRAILER_BYTES = 8
"""Bytes of the trailer, which may be wrong although the content is right."""
_KNOWN = (
    (re.compile(rb"(?i)<!doctype html|<html[\s>]"), "an HTML page"),
    (re.compile(rb"[{\[]"), "JSON"),
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"\x89PNG|GIF8|\xff\xd8\xff"), "an image"),
    (re.compile(rb"(?i)(<\?xml[^>]*>\s*)?<(urlset|sitemapindex)[\s>]"), "a sitemap"),
    (re.compile(rb"(?i)(<\?xml[^>]*>\s*)?<(rss|feed|rdf:RDF)[\s>]"), "a feed"),
    (re.compile(rb"(<\?xml[^>]*>\s*)?<"), "markup of another kind"),
)


def unpack(body: bytes, *, url: str) -> bytes:
    """Return *body*, unpacked if it is gzip, also twice.

    If it is truncated or damaged, return what precedes the fault. Raises DiscoveryError
    for more than MAX_BYTES, and if nothing could be unpacked.
    """
    content = body
    for _ in range(_MOST_LAYERS):
        start = content[:_GZIP_WITHIN].lstrip(b"\xef\xbb\xbf \r\n")
        if start.startswith(_GZIP):
            content = _gunzip(content[content.index(_GZIP) :], url)
    if len(content) > MAX_BYTES:
        raise DiscoveryError(f"{url}: more than {MAX_BYTES:,} bytes, not read")
    return content


def _gunzip(body: bytes, url: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for piece in _iter_pieces(body):
            parts.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                break
    except zlib.error as error:
        if not size:
            raise DiscoveryError(f"{url}: damaged gzip data ({error})") from error
    return b"".join(parts)


def _iter_pieces(body: bytes) -> Iterator[bytes]:
    """Yield the content of all members of *body* in pieces; raises zlib.error."""
    unzip = zlib.decompressobj(wbits=31)
    last = max(0, len(body) - _TRAILER_BYTES)
    for start, end in pairwise([*range(0, last, _PIECE_BYTES), last, len(body)]):
        piece = body[start:end]
        while piece:
            yield unzip.decompress(piece)
            piece = unzip.unused_data
            if unzip.eof:
                unzip = zlib.decompressobj(wbits=31)


def describe(content: bytes) -> str:
    """Return the probable type of *content*, for a message."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        return f"{len(content)} bytes without content"
    for pattern, name in _KNOWN:
        if pattern.match(start):
            return name
    return f"{len(content)} bytes that start with {start[:20]!r}"


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
        raise DiscoveryError(f"{url}: no feed but {describe(content)}")
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
