"""Pieces of HTML: escaping as the portal does it, and chrome prepared once."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = (
    'nbsp=\xa0 amp=& lt=< gt=> quot=" ldquo=“ rdquo=” Agrave=À Aacute=Á Acirc=Â Atilde=Ã '
    "Egrave=È Eacute=É Ecirc=Ê Igrave=Ì Iacute=Í Ograve=Ò Oacute=Ó Ocirc=Ô Otilde=Õ "
    "Ugrave=Ù Uacute=Ú Yacute=Ý agrave=à aacute=á acirc=â atilde=ã egrave=è eacute=é "
    "ecirc=ê igrave=ì iacute=í ograve=ò oacute=ó ocirc=ô otilde=õ ugrave=ù uacute=ú yacute=ý"
)
_ENTITIES = {ord(pair[-1]): f"&{pair[:-2]};" for pair in _NAMED.split(" ")}
_NUMERIC = {code: f"&#{code};" for code in range(0xA0, 0x100)} | {
    ord(mark): name
    for mark, name in zip('&<>"', ("&amp;", "&lt;", "&gt;", "&quot;"), strict=True)
}


class _Words(dict[str, str]):
    """Words with entities, each translated once; forgotten when they are too many."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        self[word] = encoded = word.translate(_ENTITIES)
        return encoded


_WORDS_KEPT = 50_000
_WORDS = _Words()


def entities(text: str) -> str:
    """Return *text* as the portal's editor writes bodies: Latin-1 letters by name."""
    return " ".join(map(_WORDS.__getitem__, text.split(" ")))


def attribute(text: str) -> str:
    """Return *text* as the portal writes alt: Latin-1 letters by number."""
    return text.translate(_NUMERIC)


def escape(text: str) -> str:
    """Return *text* for element content, letters and quotes as they are."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Return *text* for a double-quoted attribute, letters as they are."""
    return escape(text).replace('"', "&quot;")


class Chrome:
    """Bytes that stand on many pages: compressed once, joined to any gzip stream.

    ``packed`` is raw DEFLATE (RFC 1951) that ends on a byte boundary and refers to
    nothing before it, so that blocks can be put one after another.
    """

    __slots__ = ("_shift", "_start", "packed", "plain")

    def __init__(self, html: str) -> None:
        self.plain = html.encode()
        self.packed = deflate(self.plain, level=6)
        self._start = zlib.crc32(self.plain)
        bits = [zlib.crc32(self.plain, 1 << bit) ^ self._start for bit in range(32)]
        self._shift = [_combinations(bits[i : i + 8]) for i in (0, 8, 16, 24)]

    def crc(self, before: int) -> int:
        """Return the CRC-32 of bytes whose CRC-32 is *before*, followed by these.

        CRC-32 is linear in its start value: the share of each byte of it was tabled.
        """
        a, b, c, d = self._shift
        return (
            self._start
            ^ a[before & 255]
            ^ b[before >> 8 & 255]
            ^ c[before >> 16 & 255]
            ^ d[before >> 24]
        )


Part = bytes | Chrome


def deflate(data: bytes, level: int = 1) -> bytes:
    """Return *data* as raw DEFLATE blocks without a last one."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def plain(parts: Sequence[Part]) -> list[bytes]:
    return [part if isinstance(part, bytes) else part.plain for part in parts]


def gzipped(parts: Sequence[Part]) -> list[bytes]:
    """Return one gzip stream (RFC 1952) of *parts*, chrome taken as it is packed."""
    crc = size = 0
    out = [b"\x1f\x8b\x08\0\0\0\0\0\0\x03"]
    for part in parts:
        if isinstance(part, bytes):
            crc, data, packed = zlib.crc32(part, crc), part, deflate(part)
        else:
            crc, data, packed = part.crc(crc), part.plain, part.packed
        out.append(packed)
        size += len(data)
    trailer = crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    return [*out, b"\x03\0", trailer]


def _combinations(bits: Sequence[int]) -> list[int]:
    """Return the exclusive or of every choice of eight *bits*, by its number."""
    table = [0]
    for bit in bits:
        table += [value ^ bit for value in table]
    return table
