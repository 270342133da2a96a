"""Healthy pages, feeds and sitemaps, and what compression makes of very much of nothing."""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache

MIB = 1 << 20
BOMB = 300 * MIB


def article(name: str, *, charset: str = "utf-8") -> bytes:
    """Return a page of some hundred words that stands for *name*, and says so."""
    paragraphs = "".join(
        f"<p>Đoạn {n} của bài {name}: cơ quan chức năng cho biết công việc đang được triển "
        f"khai đúng kế hoạch, người dân địa phương đồng tình ủng hộ lần thứ {n}.</p>"
        for n in range(1, 7)
    )
    return f"""<!DOCTYPE html><html lang="vi"><head><title>Bài {name}</title>
<meta property="og:title" content="Bài {name}"><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-11-01T10:00:00+07:00"></head>
<body><header><a href="/">Trang chủ</a></header><article><h1>Bài {name}</h1>
{paragraphs}</article></body></html>""".encode(charset, "xmlcharrefreplace")


def feed(urls: list[str], *, before: str = "") -> bytes:
    items = "".join(
        f"<item><title>{n}</title><link>{url}</link></item>"
        for n, url in enumerate(urls)
    )
    return (
        f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>Tin</title>'
        f"{items}</channel></rss>"
    ).encode()


def sitemap(urls: list[str], *, before: str = "", index: bool = False) -> bytes:
    root, entry = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return f'<?xml version="1.0"?>{before}<{root}>{entries}</{root}>'.encode()


def laughs(root: str) -> str:
    """Return a document type whose entity ``i`` grows ten to the ninth times."""
    steps = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return f'<!DOCTYPE {root} [<!ENTITY a "ha">{steps}]>'


def from_file(root: str, path: str = "/etc/passwd") -> str:
    """Return a document type whose entity ``i`` is what a file of this machine holds."""
    return f'<!DOCTYPE {root} [<!ENTITY i SYSTEM "file://{path}">]>'


@lru_cache
def gzip_bomb(size: int = BOMB) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    piece = bytes(MIB)
    parts = [packer.compress(piece) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


@lru_cache
def brotli_bomb(size: int = BOMB) -> bytes:
    import brotli

    packer = brotli.Compressor(quality=9)
    piece = bytes(MIB)
    parts = [packer.process(piece) for _ in range(size // MIB)]
    return b"".join([*parts, packer.finish()])


@lru_cache
def zstd_bomb(size: int = BOMB) -> bytes:
    from backports import zstd

    packer = zstd.ZstdCompressor(level=9)
    piece = bytes(MIB)
    parts = [packer.compress(piece) for _ in range(size // MIB)]
    return b"".join([*parts, packer.flush()])


def gzipped(body: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body)
    return body
