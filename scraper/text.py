"""Unicode text: one normal form, one folding, one fingerprint.

All text of an :class:`~scraper.items.Article` has gone through :func:`clean`. Every
index and every query go through :func:`fold`, so that both sides agree.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import ClassVar, Literal

_LATIN_MARKS = re.compile("[\u0300-\u036f]+")
_OTHER_MARKS = re.compile(
    "[\u0483-\u1dff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u309a\ua66f-\uabed\ufb1e\ufe20-\ufe2f]"
)
"""Where the combining marks of other scripts are, among others."""
MOST_MARKS = 30
"""Marks on one letter that are kept: those of the Stream-Safe Text Format (UAX #15,
section 13). To order n of them takes time with the square of n. Of 1,618 gold pages the
most are 2 (2026-11-30)."""
_MAY_BE_LONG = 100
"""Characters from which on a text is searched for more: below, any order takes 30 us."""
_ASTRAL_MARKS = "\U000101fd-\U0001e94a"
_MAY_BE_MARK = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u108d\u135d-\u1dff\u20d0-\u20ff\u2cef-\u2dff"
    f"\u302a-\u309a\ua66f-\uabed\ufb1e\ufe20-\ufe2f{_ASTRAL_MARKS}]"
)
_MAY_BE_ASTRAL = re.compile(f"[{_ASTRAL_MARKS}]")
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BIDI = "\u061c\u202a-\u202e\u2066-\u2069"
_SURROGATES = "\ud800-\udfff"
"""Halves of pairs, from JSON that a page holds; no encoding has them."""
_UNSEEN = "\u00ad\u180e\u200b\u200e\u200f\u2060-\u2065\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
_JOINED = "\u0590-\u1fff\u2190-\u2bff\ua640-\ud7ff\ufb1d-\ufefc\U0001f000-\U0001faff"
"""Scripts in which a joiner changes the letter before it, and pictures it joins."""
_INVISIBLE = re.compile(
    f"[{_CONTROLS}{_BIDI}{_SURROGATES}{_UNSEEN}]|(?<![{_JOINED}])[\u200c\u200d]"
)
_FLAG = re.compile("(\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f)")
"""The flag of a region: a black one, and letters that say whose."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,30});")
_INLINE = (
    "a|abbr|b|big|cite|code|del|em|font|i|ins|label|mark|nobr|q|s|small|span|strong|sub"
    "|sup|time|tt|u|wbr"
)
_BLOCK = "article|blockquote|br|div|figure|h[1-6]|header|hr|img|li|ol|p|section|table|td|tr|ul"
_INLINE_TAG = re.compile(rf"(?i)</?(?:{_INLINE})\b[^<>]{{0,2000}}>")
_BLOCK_TAG = re.compile(rf"(?i)</?(?:{_BLOCK})\b[^<>]{{0,2000}}>")
_IS_MARKUP = re.compile(
    rf"(?i)</\w|<(?:{_INLINE}|{_BLOCK})(?:\s*/>|\s+[\w-]+\s*=|>(?=\S)|(?<=\S<br)>)"
)
"""A tag that is closed, has attributes or touches a word: a text may be about tags."""
MARKUP = re.compile(r"<[^<>]{1,2000}>")
"""What looks like a tag in a text."""
_WRAPPED = re.compile(r"<!\[CDATA\[|\]\]>|(?s:<!--.{0,2000}?-->)")
_MOST_ESCAPED = 3
_HARMFUL = re.compile(rf"[{_CONTROLS}{_BIDI}]|\r(?!\n)")
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)
_TONE_ON_SECOND = re.compile(r"o[àáảãạèéẻẽẹ](?!\w)|u[ỳýỷỹỵ](?!\w)")
_TONE_ON_FIRST = {
    "oà": "òa",
    "oá": "óa",
    "oả": "ỏa",
    "oã": "õa",
    "oạ": "ọa",
    "oè": "òe",
    "oé": "óe",
    "oẻ": "ỏe",
    "oẽ": "õe",
    "oẹ": "ọe",
    "uỳ": "ùy",
    "uý": "úy",
    "uỷ": "ủy",
    "uỹ": "ũy",
    "uỵ": "ụy",
}
_STROKES = {"đ": "d", "ł": "l", "ø": "o", "ß": "ss"}
_MARKS = "“”‘’–—…"
"""Punctuation that most often keeps plain text from being ASCII."""
_WORD_BYTES = bytes(at if _WORD.match(chr(at)) else ord(" ") for at in range(128))
_WORD_BYTES = _WORD_BYTES.lower().ljust(256)
"""Each byte of ASCII text in lower case, or a space if it belongs to no word."""


def normalised(text: str, form: Literal["NFC", "NFD", "NFKC"] = "NFC") -> str:
    """Return *text* in the normal *form*, with at most MOST_MARKS marks on a letter."""
    if text.isascii():
        return text
    if _may_have_many_marks(text):
        text = _many_marks(text).sub(r"\1", text)
    return unicodedata.normalize(form, text)


def has_many_marks(text: str) -> bool:
    """Return True if a letter of *text* has more marks than :func:`normalised` keeps."""
    return _may_have_many_marks(text) and bool(_many_marks(text).search(text))


def _may_have_many_marks(text: str) -> bool:
    is_long = len(text) >= _MAY_BE_LONG and not text.isascii()
    return is_long and _MAY_BE_MARK.search(text) is not None


def _many_marks(text: str) -> re.Pattern[str]:
    """Return the pattern of a run of marks of *text*, whose group is what is kept of it.

    With characters past U+FFFF a pattern is twelve times as slow.
    """
    return _run_of_marks(0x20000 if _MAY_BE_ASTRAL.search(text) else 0x10000)


@cache
def _run_of_marks(end: int) -> re.Pattern[str]:
    """Return the pattern of :func:`_many_marks` for the marks before *end*."""
    marks = "".join(filter(unicodedata.combining, map(chr, range(0x300, end))))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


def clean(text: str) -> str:
    """Return *text* in NFC, invisible characters out, runs of space as one space."""
    text = " ".join((text if text.isascii() else normalised(text)).split())
    if text.isprintable():
        return text
    parts = _FLAG.split(text)
    parts[::2] = (_INVISIBLE.sub("", part) for part in parts[::2])
    return " ".join("".join(parts).split())


def paired(text: str) -> str:
    """Return *text* with two halves of a character as one, and lone halves left out."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def readable(text: str) -> str:
    """Return *text*, cleaned, as a reader is meant to see it.

    Entities that were escaped twice, or more often, are decoded; tags, comments and CDATA
    marks are left out. What only names a tag stays.
    """
    for _ in range(_MOST_ESCAPED):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "<" in text:
        text = _WRAPPED.sub("", text)
        if _IS_MARKUP.search(text):
            text = _BLOCK_TAG.sub(" ", _INLINE_TAG.sub("", text))
    return clean(text)


def harmless(text: str) -> str:
    """Return *text* without control characters and marks of direction, which terminals obey.

    Line breaks and tabs stay.
    """
    if text.isprintable():
        return text
    return _HARMFUL.sub("", text)


def find_hidden(text: str) -> dict[str, int]:
    """Return how often each invisible character is in *text*, by its number and name.

    Those that :func:`clean` leaves out: they turn the direction of what is read, break
    words for a search, or carry a text that nobody sees.
    """
    found = Counter(_INVISIBLE.findall(_FLAG.sub("", text)))
    return {
        f"U+{ord(letter):04X} {unicodedata.name(letter, 'control character')}": count
        for letter, count in found.most_common()
    }


def fold(text: str) -> str:
    """Return *text* in lower case without marks, đ as d; lengths may differ.

    "Bộ Công an" and "bo cong an" fold to the same string, as do "hoà" and "hòa"
    (and "hoa": a folding for searching, not for telling words apart).
    """
    if text.isascii():
        return text.lower()
    text = _without_joiners(text.lower())
    for letter, plain in _STROKES.items():
        text = text.replace(letter, plain)
    bare = _LATIN_MARKS.sub("", normalised(text, "NFD"))
    if not bare.isascii() and (_OTHER_MARKS.search(bare) or _is_astral(bare)):
        return "".join(c for c in bare if not unicodedata.combining(c))
    return bare


def _is_astral(text: str) -> bool:
    """Return True for a text with characters past U+FFFF, two units each in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def compare_key(text: str) -> str:
    """Return what two spellings of one text share: lower case, NFC, the tone mark placed.

    "hoà" and "hòa", "thuý" and "thúy" become one; "hoa" stays another word.
    """
    return key_of_clean(clean(text))


def key_of_clean(text: str) -> str:
    """Return what :func:`compare_key` does, of a *text* that is clean."""
    plain = text.lower()
    if plain.isascii():
        return plain
    plain = normalised(plain)
    return _TONE_ON_SECOND.sub(lambda found: _TONE_ON_FIRST[found.group()], plain)


def spellings(word: str) -> set[str]:
    """Return *word*, of :func:`compare_key`, as it may be spelt: "hòa" and "hoà"."""
    return {word} | {
        word.replace(first, second)
        for second, first in _TONE_ON_FIRST.items()
        if word.endswith(first)
    }


def words(text: str) -> list[str]:
    """Return the words of *text* (NFC, lower case, marks kept)."""
    if text.isascii():
        return _words_of_ascii(text)
    text = normalised(text.lower())
    plain = _without_marks(text)
    if plain.isascii():
        return _words_of_ascii(plain)
    return _WORD.findall(_without_joiners(text))


def _words_of_ascii(text: str) -> list[str]:
    """Return what :func:`words` does; bytes are translated in a fifth of the time."""
    return text.encode().translate(_WORD_BYTES).decode().split()


def count_units(text: str, run: list[str]) -> int:
    """Return the length of *text* in words; *run* are its words.

    In scripts without spaces two characters count as a word.
    """
    if text.isascii() or not _UNSPACED.search(text):
        return len(run)
    return max(len(run), len(_UNSPACED.findall(text)) // 2)


def tokens(text: str, run: list[str]) -> set[str]:
    """Return the words *run* of *text*; pairs of characters in a script without spaces."""
    if count_units(text, run) == len(run):
        return set(run)
    letters = "".join(run)
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def _without_joiners(text: str) -> str:
    return text.replace("\u200c", "").replace("\u200d", "")


def _without_marks(text: str) -> str:
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return text


def fingerprint(text: str) -> str:
    """Return 16 hex digits that agree for texts of the same words.

    Case, marks of any kind, punctuation and white space do not count.
    """
    plain = text if text.isascii() else _without_marks(text)
    if plain.isascii():
        same = _words_of_ascii(plain)
    else:
        same = [*filter(None, map(_bare_words, text.split()))]
    return hashlib.sha256(" ".join(same).encode()).hexdigest()[:16]


@lru_cache(maxsize=8192)
def _bare_words(part: str) -> str:
    """Return the folded words of *part*, which holds no space: texts share most of them."""
    return " ".join(words(fold(part)))


_NOT_OF_A_WORD = re.compile(r"[\W_]")


class _Folded(dict[int, str]):
    """The result of :func:`fold` for each character, computed at first use.

    A character that belongs to no word becomes a space. Translating with this table takes
    a tenth of the time of folding, and keeps positions.
    """

    uneven: ClassVar[set[str]] = set()
    """Characters seen so far that fold to none or to several."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _NOT_OF_A_WORD.sub(" ", fold(chr(code)))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        return folded


FOLDED = _Folded()


class _Runs(dict[str, str]):
    """The words of each run of characters between white space, computed once.

    Most runs of a text were seen before: this takes a third of the time of translating the
    whole text.
    """

    def __missing__(self, run: str) -> str:
        if len(self) >= _MOST_RUNS:
            self.clear()
        self[run] = words = " ".join(run.translate(FOLDED).split())
        return words


_RUNS = _Runs()
_MOST_RUNS = 30_000
"""Some 5 MB; a month of a portal has 50,000, of which a tenth is most of the text."""


def folded_words(text: str) -> str:
    """Return the words of *text*, folded, joined by single spaces."""
    return " ".join(filter(None, map(_RUNS.__getitem__, text.split())))
