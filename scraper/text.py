"""Unicode text: one normal form, one folding, one fingerprint.

All text of an :class:`~scraper.items.Article` has gone through :func:`clean`. Every
index and every query go through :func:`fold`, so that both sides agree.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00]")
_WORD = re.compile(r"\w+")
_TONE_ON_SECOND = re.compile(
    "(o(?=[ae])|u(?=y))([aey])([\u0300\u0301\u0303\u0309\u0323])(?!\\w)"
)
_STROKES = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "ø": "o", "ß": "ss"})


def clean(text: str) -> str:
    """Return *text* in NFC, invisible characters out, runs of space as one space."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.replace("\x00", "").split())


def fold(text: str) -> str:
    """Return *text* in lower case without marks, đ as d; lengths may differ.

    "Bộ Công an" and "bo cong an" fold to the same string, as do "hoà" and "hòa"
    (and "hoa": a folding for searching, not for telling words apart).
    """
    apart = unicodedata.normalize("NFD", text.lower().translate(_STROKES))
    return "".join(c for c in apart if not unicodedata.combining(c))


def compare_key(text: str) -> str:
    """Return what two spellings of one text share: lower case, NFC, the tone mark placed.

    "hoà" and "hòa", "thuý" and "thúy" become one; "hoa" stays another word.
    """
    apart = unicodedata.normalize("NFD", clean(text).lower())
    return unicodedata.normalize("NFC", _TONE_ON_SECOND.sub(r"\1\3\2", apart))


def words(text: str) -> list[str]:
    """Return the words of *text* (NFC, lower case, marks kept)."""
    return _WORD.findall(unicodedata.normalize("NFC", text.lower()))


def fingerprint(text: str) -> str:
    """Return 16 hex digits that agree for texts of the same words.

    Case, marks of any kind, punctuation and white space do not count.
    """
    same = " ".join(words(fold(text)))
    return hashlib.sha256(same.encode()).hexdigest()[:16]
