"""What an answer's bytes are: unpacked, bounded, and named where they are no good."""

from __future__ import annotations

import re
import zlib

from scraper.errors import DiscoveryError

MAX_BYTES = 50_000_000
"""The sitemap protocol's own limit, after unpacking."""

_GZIP = b"\x1f\x8b"
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
    """Return *body*, ungzipped where it is gzip; of a cut one, what is there.

    Raises DiscoveryError for more than MAX_BYTES and for damaged gzip.
    """
    content = _gunzip(body, url) if body.startswith(_GZIP) else body
    if len(content) > MAX_BYTES:
        raise DiscoveryError(f"{url}: more than {MAX_BYTES:,} bytes, not read")
    return content


def _gunzip(body: bytes, url: str) -> bytes:
    parts, size = [], 0
    while body.startswith(_GZIP) and size <= MAX_BYTES:
        unzip = zlib.decompressobj(wbits=31)
        try:
            parts.append(unzip.decompress(body, MAX_BYTES + 1 - size))
        except zlib.error as error:
            raise DiscoveryError(f"{url}: damaged gzip data ({error})") from error
        size += len(parts[-1])
        body = unzip.unused_data
    return b"".join(parts)


def describe(content: bytes) -> str:
    """Return what *content* looks like, in words for a message."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        return f"{len(content)} bytes without content"
    for pattern, name in _KNOWN:
        if pattern.match(start):
            return name
    return f"{len(content)} bytes that start with {start[:20]!r}"
