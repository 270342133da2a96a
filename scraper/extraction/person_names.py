"""What can be a person's name, a wire service, or an account that signs for nobody."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from scraper.extraction.languages import phrases
from scraper.text import compare_key, words

_DOMAIN = re.compile(r"\w\.[A-Za-z]{2,}$")
_HAN = re.compile("[\u3400-\u9fff]")
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN_LETTERS = 4
"""Letters of a name in Chinese characters; those of two peoples have up to six."""
_HAN_FULL, _HAN_PARTS = 3, 2
"""Letters of a name that is a full one, and parts that one person's name has."""
_SYLLABLES_LETTERS = 12
"""Letters of the longest name in kana or hangul."""
_NAME_WORDS, _NAME_LETTERS = 5, 40
"""Words, and letters, of the longest name."""
_MARKS_AROUND = " \t\"'“”‘’«»《》〈〉【】「」『』*:~_|-–—·"
_DIGITS = "0123456789"
_ABBREVIATED_LETTERS = 2
"""Letters of a shortened word, whose full stop is part of the name: "Jr."."""


@lru_cache(maxsize=1024)
def is_agency(text: str) -> bool:
    """Return True if *text* is a wire service or a paper, not a person."""
    folded = compare_key(text).strip(" .")
    return folded in phrases().agencies or folded.startswith(publications())


@cache
def publications() -> tuple[str, ...]:
    """Return what the name of a paper starts with."""
    return tuple(f"{word} " for word in phrases().publications)


@lru_cache(maxsize=1024)
def is_name(text: str) -> bool:
    """Return True if *text* can be a person's name: a few words, each with a capital.

    Scripts without capitals have shorter ones.
    """
    parts = text.split()
    if not parts or len(parts) > _NAME_WORDS or any(c.isdigit() for c in text):
        return False
    if is_agency(text) or is_no_name(text) or all(map(_is_degree, parts)):
        return False
    if any(map(_DOMAIN.search, parts)):
        return False
    if all(word in words_of_dates() for word in compare_key(text).split()):
        return False
    if any(map(is_uncased, text)):
        return _is_uncased_name(text)
    particles = [part in phrases().name_particles for part in parts]
    capitals = [any(map(str.isupper, part)) for part in parts]
    if not (capitals[0] or (particles[0] and len(parts) > 1)):
        return False
    return capitals[-1] and all(map(max, capitals, particles))


def han_names(text: str) -> list[str]:
    """Return the names of "王小明 李四光": full ones in Chinese characters, spaces between.

    Two parts of two letters are family and given name of one person.
    """
    parts = text.split()
    sizes = [len(part) if all(map(_HAN.match, part)) else 0 for part in parts]
    full = all(_HAN_FULL <= size <= _HAN_LETTERS for size in sizes)
    several = full or (
        len(parts) > _HAN_PARTS and min(sizes) > 1 and max(sizes) <= _HAN_LETTERS
    )
    return parts if len(parts) > 1 and several else [text]


def is_full(name: str) -> bool:
    """Return True if *name* may be given and family name; other scripts join them."""
    return " " in name or is_uncased(name)


def is_uncased(letter: str) -> bool:
    return unicodedata.category(letter[:1] or " ") == "Lo"


def _is_uncased_name(text: str) -> bool:
    letters = text.replace(" ", "").replace("·", "").replace("・", "")
    if any(phrase in text for phrase in _trailing()):
        return False
    if not _SYLLABLES.search(letters):
        return len(letters) <= _NAME_LETTERS
    if letters == text and all(map(_HAN.match, letters)):
        return 1 < len(letters) <= _HAN_LETTERS
    return 1 < len(letters) <= _SYLLABLES_LETTERS


def is_account(text: str) -> bool:
    """Return True if *text* is the name of an account that signs for nobody: "Admin"."""
    return compare_key(text).strip(" .").rstrip(_DIGITS) in phrases().account_names


def is_no_name(text: str) -> bool:
    """Return True if *text* holds a job title or a menu word, or is an account's name."""
    if is_account(text):
        return True
    run = words(compare_key(text))
    if _first_of_no_names().isdisjoint(run):
        return False
    said = f" {' '.join(run)} "
    return any(f" {phrase} " in said for phrase in phrases().not_names)


@cache
def _first_of_no_names() -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in phrases().not_names)


def trimmed(piece: str) -> str:
    """Cut a date, a place and a role off the end of *piece*: "Ann Roe in Paris"."""
    if compare_key(piece).strip(" .") in phrases().not_names:
        return ""
    tokens = piece.strip(_MARKS_AROUND).split()
    dated = next((n for n, t in enumerate(tokens) if any(map(str.isdigit, t))), None)
    if dated is not None:
        tokens = [
            *tokens[: max(0, dated - 1)],
            *map(_without_month, tokens[:dated][-1:]),
        ]
        while tokens and compare_key(tokens[-1]).strip(".,") in words_of_dates():
            tokens.pop()
    ends = (n for n, t in enumerate(tokens) if n and not _is_of_name(t))
    end = next(ends, len(tokens))
    if end == 1 and (
        len(tokens) > _ABBREVIATED_LETTERS or is_no_name(" ".join(tokens))
    ):
        return ""
    tokens = tokens[:end]
    while tokens and compare_key(tokens[-1]) in _trailing():
        tokens.pop()
    while len(tokens) > 1 and _is_degree(tokens[-1]):
        tokens.pop()
    name = " ".join(tokens).strip(_MARKS_AROUND)
    last = name.rsplit(" ", 1)[-1]
    is_short = len(last.rstrip(".")) <= _ABBREVIATED_LETTERS or "." in last[:-1]
    return name if is_short else name.rstrip(".")


def _is_degree(token: str) -> bool:
    return compare_key(token).replace(".", "") in phrases().degrees


def _without_month(token: str) -> str:
    """Cut a month off that is glued to a name: "RoeJune" before a day."""
    for month in _months():
        at = len(token) - len(month)
        if at > 1 and token[at].isupper() and token[at:].lower() == month:
            return token[:at]
    return token


@cache
def _months() -> frozenset[str]:
    return frozenset(entry.split(" ", 1)[1] for entry in phrases().months)


def _is_of_name(token: str) -> bool:
    return token.lower() in phrases().name_particles or any(
        c.isupper() or is_uncased(c) for c in token
    )


@cache
def words_of_dates() -> frozenset[str]:
    return phrases().date_words | _months() | phrases().update_words


@cache
def _trailing() -> frozenset[str]:
    """Return the roles that scripts without capitals set after a name."""
    roles = {*phrases().not_names, *phrases().byline_labels}
    return frozenset(role for role in roles if is_uncased(role[:1]))
