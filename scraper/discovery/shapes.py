"""The shape of an address: what the addresses of one kind of page have in common."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d+")
_LONG = re.compile(r"\d{5,}")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_SLUG_WORDS = 3


def shape_of(url: str) -> str:
    """Return the shape of *url*: its path with names, headlines and numbers made alike.

    ``/kinh-te/gia-vang-hom-nay-tang-4712345.html`` and
    ``/the-thao/bong-da-4700001.html`` are both ``/w/*9.html``. A part is ``w`` for a
    name, at the end ``s`` for a slug of three words or more, ``*9`` for anything with a
    number of five digits or more, whose words do not count; a shorter number is ``9``,
    a year ``Y``, and none in a slug. Of the query the names stay.
    """
    parts = urlsplit(url)
    *folders, last = [p for p in unquote(parts.path).split("/") if p] or [""]
    path = "/".join([*(_part(each, slug="w") for each in folders), _part(last)])
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"/{path}?{'&'.join(names)}" if names else f"/{path}"


def _part(part: str, *, slug: str = "s") -> str:
    found = _EXTENSION.search(part)
    extension = found[0].lower() if found else ""
    stem = part.removesuffix(found[0]) if found else part
    if _YEAR.fullmatch(stem):
        return "Y"
    if _LONG.search(stem):
        return f"*9{extension}"
    words = [word for word in re.split(r"[\W_\d]+", stem) if word]
    if len(words) >= _SLUG_WORDS:
        return slug + extension
    number = "9" if _NUMBER.search(stem) else ""
    return f"{'w' * bool(words)}{number}{extension}"
