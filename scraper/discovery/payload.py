"""What an answer's bytes are: unpacked, bounded, and named where they are no good."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 50_000_000
"""The sitemap protocol's own limit, after unpacking."""

_GZIP = b"\x1f\x8b"
_BEFORE = 20
"""Bytes within which gzip begins, after the white space of a script."""
_MOST_LAYERS = 2
"""Of gzip: a file that is packed, and packed once more on its way."""
_PIECE = 512
"""Bytes unpacked at once: of a damaged piece all is lost."""
_CHECK_SUM = 8
"""Bytes at the end, which may be wrong where all that they speak of is right."""
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
    """Return *body*, ungzipped where it is gzip, also twice over.

    Of one that is cut or damaged, what stands before the fault. Raises DiscoveryError
    for more than MAX_BYTES, and where nothing could be unpacked.
    """
    content = body
    for _ in range(_MOST_LAYERS):
        start = content[:_BEFORE].lstrip(b"\xef\xbb\xbf \r\n")
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
    """Yield what all members of *body* hold, little by little; raises zlib.error."""
    unzip = zlib.decompressobj(wbits=31)
    last = max(0, len(body) - _CHECK_SUM)
    for start, end in pairwise([*range(0, last, _PIECE), last, len(body)]):
        piece = body[start:end]
        while piece:
            yield unzip.decompress(piece)
            piece = unzip.unused_data
            if unzip.eof:
                unzip = zlib.decompressobj(wbits=31)


def describe(content: bytes) -> str:
    """Return what *content* looks like, in words for a message."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        return f"{len(content)} bytes without content"
    for pattern, name in _KNOWN:
        if pattern.match(start):
            return name
    return f"{len(content)} bytes that start with {start[:20]!r}"
