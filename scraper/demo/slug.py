"""Titles as the portal spells them in addresses."""

from __future__ import annotations

import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9]+")


def _ascii_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base.lower()
    return table


_ASCII = _ascii_table()


def slug_of(title: str) -> str:
    """Return *title* in lower case ASCII words joined by hyphens."""
    return _OTHER.sub("-", title.translate(_ASCII).lower()).strip("-")
