"""Decoding: compressed bodies are decompressed within a bound, completely or not at all."""

from __future__ import annotations

import codecs
import sys
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import brotli
from isal import isal_zlib
from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes

from scraper.crawling import Component, header_of
from scraper.crawling.failures import Refused
from scraper.extraction.encoding import encoding_name, is_utf8

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_LAYERS = 2
"""Most encodings of one response, one inside the other."""
_CHUNK_BYTES = 1 << 20
"""Bytes decompressed at once: a size that the C library returns, see heap.py."""
_GZIP_BITS = 31
_ZLIB_BITS = 15
_RAW_BITS = -15
"""What zlib calls the window bits of each format."""
_MAGIC = b"\x1f\x8b"
_GZIP_MAGIC = b"\x1f\x8b\x08"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = bytes({*range(32)} - set(b"\t\n\f\r\x1b"))
_IDENTITY = frozenset({"", "identity", "none", "binary", "7bit", "8bit", "text/html"})
_DEFLATE = 8
"""The compression method in the header of zlib's format (RFC 1950)."""
_CUT = "it is cut short"
_ACCEPTED = "gzip, deflate, br, zstd"


class DecodingMiddleware(Component):
    """Downloader middleware: undoes Content-Encoding.

    It replaces Scrapy's own, which accepts the beginning of a truncated or damaged body:
    half an article would be stored as a whole one. A body is refused as ``damaged`` if it
    does not decompress to its end, has an unknown encoding or more than MAX_LAYERS; as
    ``too_large`` if it decompresses to more than ``DOWNLOAD_MAXSIZE``; as ``part`` for
    status 206, since no request asks for a part. The header may be wrong: plain text is
    left as it is, and gzip that no header names is decompressed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    def process_request(self, request: Request) -> None:
        request.headers.setdefault("Accept-Encoding", _ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return *response* with its body decompressed; raises Refused."""
        if response.status == HTTPStatus.PARTIAL_CONTENT:
            raise Refused(
                "part", "HTTP 206: only a part of the page, which was requested whole"
            )
        listed = b",".join(response.headers.getlist("Content-Encoding")).decode(
            "latin-1"
        )
        layers = [each.strip().lower() for each in listed.split(",")]
        layers = [each for each in layers if not _is_identity(each)]
        body = decode(response.body, layers, self._most) if response.body else b""
        if body.startswith(_GZIP_MAGIC) and not _is_archive(response):
            with suppress(Refused):  # the reader reports what is wrong with it
                body = decode(body, ["gzip"], self._most)
        response.headers.pop("Content-Encoding", None)
        if body == response.body:
            return response
        kind = responsetypes.from_args(
            headers=response.headers, url=response.url, body=body
        )
        fields: dict[str, Any] = {"body": body}
        if issubclass(kind, TextResponse):
            fields["encoding"] = None  # guessed from the compressed bytes
        return response.replace(cls=kind, **fields)


def decode(body: bytes, layers: list[str], most: int) -> bytes:
    """Return *body* without its *layers*, which are in the order of their application.

    Raises Refused if it does not decompress to its end, or to more than *most* bytes.
    """
    if len(layers) > MAX_LAYERS:
        raise _damaged(f"compressed {len(layers)} times")
    for name in reversed(layers):
        unpack = _UNPACKERS.get(name)
        if unpack is None:
            raise _damaged(f"compressed as {name[:40]!r}, which is unknown")
        body = _bounded(name, unpack, body, most)
    return body


def _is_identity(name: str) -> bool:
    """Return True for names that servers use without compressing, such as a charset."""
    if name in _UNPACKERS:
        return False
    return name in _IDENTITY or encoding_name(name) is not None


def _is_archive(response: Response) -> bool:
    """Return True if the URL or the type says gzip, as for sitemaps."""
    kind = header_of(response, "Content-Type").lower()
    return "gzip" in kind or urlsplit(response.url).path.lower().endswith("gz")


def _is_plain(body: bytes) -> bool:
    """Return True for text: compressed bytes always hold control characters."""
    if body.startswith(_UTF_16):
        return True
    if len(body.translate(None, _CONTROLS)) < len(body):
        return False
    return is_utf8(body) or body.lstrip().startswith(b"<")


def _bounded(
    name: str, unpack: Callable[[bytes], Iterator[bytes]], body: bytes, most: int
) -> bytes:
    parts, size = [], 0
    try:
        for piece in unpack(body):
            parts.append(piece)
            size += len(piece)
            if size > most:
                break
    except Exception as error:  # each library raises its own
        if _is_plain(body):
            return body
        raise _damaged(f"the {name} cannot be decompressed ({error})") from error
    if size > most:
        raise Refused("too_large", f"decompresses to more than {most:,} bytes")
    return b"".join(parts)


def _damaged(reason: str) -> Refused:
    return Refused("damaged", f"the compressed response is damaged: {reason}")


def _gunzip(body: bytes) -> Iterator[bytes]:
    """Yield the content of all members of *body*; ignore what follows them."""
    while True:
        stream = isal_zlib.decompressobj(_GZIP_BITS)
        yield from _inflate(stream, body)
        body = stream.unused_data
        if not body.startswith(_MAGIC):
            return


def _deflate(body: bytes) -> Iterator[bytes]:
    """Yield the content of *body*, in zlib's format or raw, as old servers send it."""
    is_zlib = body[0] & 0x0F == _DEFLATE and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(isal_zlib.decompressobj(_ZLIB_BITS if is_zlib else _RAW_BITS), body)


def _inflate(stream: Any, body: bytes) -> Iterator[bytes]:  # noqa: ANN401  of C
    while not stream.eof:
        piece = stream.decompress(body, _CHUNK_BYTES)
        body = stream.unconsumed_tail
        if not piece and not body and not stream.eof:
            raise EOFError(_CUT)
        yield piece


def _unbrotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    while not stream.is_finished():
        piece = stream.process(body, output_buffer_limit=_CHUNK_BYTES)
        body = b""
        if not piece and not stream.is_finished():
            raise EOFError(_CUT)
        yield piece


def _unzstd(body: bytes) -> Iterator[bytes]:
    stream = zstd.ZstdDecompressor()
    while not stream.eof:
        piece = stream.decompress(body, _CHUNK_BYTES)
        body = b""
        if not piece and not stream.eof:
            raise EOFError(_CUT)
        yield piece


_UNPACKERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
