"""Faults of what the bytes of a page are."""

from __future__ import annotations

import gzip
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING

from worlds.faults.fault import Fault, Place
from worlds.faults.pages import (
    article,
    brotli_bomb,
    gzip_bomb,
    gzipped,
    zstd_bomb,
)
from worlds.faults.steps import HTML, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from worlds.faults.fault import Addresses, Ends
    from worlds.faults.steps import Step

    Body = bytes | Callable[[], bytes]

_PAGE = article("page")
_GZIP = gzip.compress(_PAGE)
_DECODING = "crawling.decoding"
_BOMB = f"{_DECODING}: DOWNLOAD_MAXSIZE"
_TAGS = "extraction.document: tags"
_UNREADABLE = ("UndecodablePage", "NoMainContent", "not_an_article/other", "no_title")


def _brotli() -> bytes:
    import brotli

    return bytes(brotli.compress(_PAGE))


def _zstd() -> bytes:
    from backports import zstd

    return zstd.compress(_PAGE)


def _hundredfold() -> bytes:
    pieces = (sha256(b"%d" % n).digest() * 256 for n in range(4000))
    return gzip.compress(b"".join(pieces), 6)


def _damaged(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + bytes(b ^ 0xFF for b in packed[middle : middle + 40])


def _packed(  # noqa: PLR0913
    name: str,
    does: str,
    body: Body,
    coding: str,
    ends: Ends,
    guard: str = _DECODING,
    *,
    advisory: str = "",
) -> Fault:
    ends = ends if isinstance(ends, tuple) else (ends,)

    def play(_: Addresses) -> Iterable[Step]:
        made = body() if callable(body) else body
        return whole(made, content_encoding=coding)

    return Fault(name, Place.PAGE, does, play, ends, guard, advisory)


def _plain(
    name: str, does: str, body: Body, ends: Ends, guard: str, content_type: str = HTML
) -> Fault:
    ends = ends if isinstance(ends, tuple) else (ends,)
    made = body if callable(body) else lambda: body
    return Fault(
        name, Place.PAGE, does, lambda _: whole(made(), content_type), ends, guard
    )


FAULTS = (
    _packed("gzip-cut", "gzip that ends early", _GZIP[:-200], "gzip", "damaged"),
    _packed(
        "gzip-damaged", "gzip with bytes turned", _damaged(_GZIP), "gzip", "damaged"
    ),
    _packed(
        "gzip-and-more",
        "gzip, then bytes that belong to nothing",
        gzip.compress(article("gzip-and-more")) + b"garbage",
        "gzip",
        "read",
        f"{_DECODING}: what follows",
    ),
    _packed(
        "gzip-by-its-word",
        "no gzip, though it says so",
        article("gzip-by-its-word"),
        "gzip",
        "read",
        f"{_DECODING}: plain text",
    ),
    _packed(
        "charset-as-encoding",
        "a charset in place of an encoding",
        article("charset-as-encoding"),
        "utf-8",
        "read",
        f"{_DECODING}: no packing",
    ),
    _packed(
        "gzip-unsaid",
        "gzip that no header names",
        gzip.compress(article("gzip-unsaid")),
        "",
        "read",
        f"{_DECODING}: gzip unsaid",
    ),
    _packed(
        "gzip-bomb-unsaid",
        "300 MiB of gzip that no header names",
        gzip_bomb,
        "",
        "UndecodablePage",
        _BOMB,
    ),
    _packed(
        "deflate-cut",
        "deflate that ends early",
        zlib.compress(_PAGE)[:-100],
        "deflate",
        "damaged",
    ),
    _packed(
        "brotli-cut",
        "brotli that ends early",
        lambda: _brotli()[:-150],
        "br",
        "damaged",
    ),
    _packed(
        "brotli-damaged",
        "brotli with bytes turned",
        lambda: _damaged(_brotli()),
        "br",
        "damaged",
    ),
    _packed(
        "zstd-cut", "zstd that ends early", lambda: _zstd()[:-150], "zstd", "damaged"
    ),
    _packed(
        "unknown-encoding",
        "an encoding nobody knows",
        _PAGE,
        "snappy",
        "damaged",
        f"{_DECODING}: an encoding nobody knows",
    ),
    _packed(
        "gzip-100-fold",
        "30 MiB out of some 300 kB of gzip",
        _hundredfold,
        "gzip",
        "too_large",
        _BOMB,
        advisory="CVE-2024-3572",
    ),
    _packed(
        "gzip-bomb",
        "300 MiB out of 306 kB of gzip",
        gzip_bomb,
        "gzip",
        "too_large",
        _BOMB,
        advisory="CVE-2024-3572",
    ),
    _packed(
        "gzip-10000-fold",
        "gzip in gzip: 300 MiB out of 1 kB",
        lambda: gzipped(gzip_bomb()),
        "gzip, gzip",
        "too_large",
        _BOMB,
        advisory="CVE-2024-3572",
    ),
    _packed(
        "brotli-bomb",
        "300 MiB out of some hundred bytes of brotli",
        brotli_bomb,
        "br",
        "too_large",
        _BOMB,
        advisory="CVE-2025-6176",
    ),
    _packed(
        "zstd-bomb",
        "300 MiB out of some kB of zstd",
        zstd_bomb,
        "zstd",
        "too_large",
        _BOMB,
        advisory="CVE-2025-6176",
    ),
    _packed(
        "many-encodings",
        "gzip a hundred times over",
        lambda: gzipped(_PAGE, 100),
        ", ".join(["gzip"] * 100),
        "damaged",
        f"{_DECODING}: two layers",
        advisory="CVE-2025-66418",
    ),
    _plain(
        "wrong-charset",
        "UTF-8 that says it is ISO-8859-1",
        article("wrong-charset"),
        "read",
        "extraction.encoding: valid UTF-8 first",
        "text/html; charset=iso-8859-1",
    ),
    _plain(
        "no-such-charset",
        "a charset that does not exist",
        article("no-such-charset"),
        "read",
        "w3lib: passes over what it does not know",
        "text/html; charset=utf-99",
    ),
    _plain(
        "utf-16",
        "UTF-16 without a word about it",
        lambda: article("utf-16").decode().encode("utf-16-le"),
        "read",
        "extraction.encoding: UTF-16",
        "text/html",
    ),
    _plain(
        "empty", "nothing at all", b"", "UndecodablePage", "libxml2: no tree of nothing"
    ),
    _plain(
        "picture",
        "a picture that says it is HTML",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "UndecodablePage",
        "extraction.document: other media",
    ),
    _plain(
        "zeros",
        "a megabyte of NUL",
        bytes(1 << 20),
        "UndecodablePage",
        "libxml2: no tree of nothing",
    ),
    _plain(
        "deep",
        "200,000 elements in one another",
        lambda: b"<div>" * 200_000 + article("deep"),
        ("read", *_UNREADABLE, "ExtractionError", "ExtractionTimeout"),
        "libxml2: 2,048 levels",
    ),
    _plain(
        "one-attribute",
        "an attribute of 15 MB",
        lambda: b"<p title='" + b"a " * 7_500_000 + b"'>" + article("one-attribute"),
        ("read", *_UNREADABLE, "ExtractionTimeout"),
        "libxml2: in proportion",
    ),
    _plain(
        "many-elements",
        "two million elements",
        lambda: b"<html>" + b"<p>a" * 2_000_000,
        ("read", "no_title", "not_an_article/listing", "not_an_article/other"),
        _TAGS,
    ),
    _plain(
        "entities",
        "a page with an entity that grows",
        lambda: (
            b'<!DOCTYPE html [<!ENTITY a "'
            + b"ha" * 5000
            + b'"><!ENTITY b "'
            + b"&a;" * 5000
            + b'">]>'
            + article("entities").replace("Đoạn 1".encode(), b"&b;")
        ),
        "read",
        "libxml2: its HTML parser knows no entities of a page",
    ),
)
