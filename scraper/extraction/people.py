"""What a credit line says: its labels, the people and the wire service that it names.

A name is a few words that look like one in their script and that no list of the language
files excludes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from scraper.extraction.languages import phrases
from scraper.text import MARKUP, clean, compare_key, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


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
    if any(map(_is_uncased, text)):
        return _is_uncased_name(text)
    particles = [part in phrases().name_particles for part in parts]
    capitals = [any(map(str.isupper, part)) for part in parts]
    if not (capitals[0] or (particles[0] and len(parts) > 1)):
        return False
    return capitals[-1] and all(map(max, capitals, particles))


def _han_names(text: str) -> list[str]:
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
    return " " in name or _is_uncased(name)


def _is_uncased(letter: str) -> bool:
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


def _trimmed(piece: str) -> str:
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
        c.isupper() or _is_uncased(c) for c in token
    )


@cache
def words_of_dates() -> frozenset[str]:
    return phrases().date_words | _months() | phrases().update_words


@cache
def _trailing() -> frozenset[str]:
    """Return the roles that scripts without capitals set after a name."""
    roles = {*phrases().not_names, *phrases().byline_labels}
    return frozenset(role for role in roles if _is_uncased(role[:1]))


_WIDE = str.maketrans("：；，、（）［］／｜＆⋅∙", ":;,,()[]/|&••")
_PARENTHESES = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_SEPARATOR = re.compile(r"(?:(?<!\s)\s+)?(?:[,;|&•]|\s[-–—·+]\s|[–—])\s*")
_AT = re.compile(r"(?<!\S)[^\s@]*@\S+|https?://\S+")
_HAN_WORD = re.compile("[\u3400-\u9fff・]+")
_HANGUL_DOT = re.compile("(?<=[\uac00-\ud7af])[·ㆍ・](?=[\uac00-\ud7af])")
_WHOLE = re.compile(r"[(\[]([^()\[\]]*)[)\]]\.?")
_VIETNAMESE = re.compile("(?i)[ăđơưạ-ỹ]")
_GLUED = re.compile(r"[^\W\d_](?=[A-Z]{2,12}$)")
_LABEL_WORDS = 4
"""Words of the longest label."""
_READ_WORDS = 200
"""Words of a line that are read; credit lines have few."""


class Label(IntEnum):
    """What stands before the names of a line."""

    NONE = 0
    WRITER = 1
    PICTURE = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Byline:
    """*printed* as on the page; *authors* are people, *agency* a wire service or paper.

    *label* is what stands before the first of them.
    """

    printed: str = ""
    authors: tuple[str, ...] = ()
    agency: str = ""
    label: Label = Label.NONE

    def __bool__(self) -> bool:
        return bool(self.authors or self.agency)


@lru_cache(maxsize=256)
def parse_byline(printed: str) -> Byline:
    """Return who "Tin, ảnh: Mạnh Tú (TTXVN)" names: Mạnh Tú, of TTXVN.

    "TTXVN/Báo Tin tức và Dân tộc" names no person: the agency is the whole line. Dates,
    places, and people of another role ("Edited by …") are left out. What a page prints
    or declares several times is parsed once.
    """
    printed = clean(MARKUP.sub(" ", printed)) if "<" in printed else clean(printed)
    plain, inner = _parenthesised(printed.translate(_WIDE))
    outer = _AT.sub(" ", plain) if "@" in plain or "://" in plain else plain
    spoken = [each for each in _segments(outer) if each[0] is not Label.OTHER]
    written = [each for each in spoken if each[0] is not Label.PICTURE] or spoken
    label = max((each[0] for each in written), default=Label.NONE)
    parts = [p for _, text in written for p in map(clean, text.split("/")) if p]
    if parts and all(is_agency(part) for part in parts):
        return Byline(printed, (), "/".join(parts), label)
    agencies = [part for part in parts if is_agency(part)]
    agencies += [a for text in inner if (a := without_label(text)) and is_agency(a)]
    names: list[str] = []
    labelled = may_hold_label(compare_key(outer).split())
    for part in parts:
        if not is_agency(part):
            split = [_without_agency(piece) for piece in _people(part, labelled)]
            names += [name for each, _ in split if is_name(name := _trimmed(each))]
            agencies += [agency for _, agency in split if agency]
    authors = tuple(dict.fromkeys(_without_places(names)))
    return Byline(printed, authors, agencies[0] if agencies else "", label)


def _parenthesised(text: str) -> tuple[str, list[str]]:
    """Return *text* without what stands in parentheses, and that; all of it may."""
    if "(" not in text and "[" not in text:
        return text, []
    if whole := _WHOLE.fullmatch(text):
        text = whole[1]
    return _PARENTHESES.sub(" ", text), _PARENTHESES.findall(text)


def _without_places(names: list[str]) -> list[str]:
    """Leave out the single words after a full name: a place, a degree, a company."""
    full = next((n for n, name in enumerate(names) if " " in name), len(names))
    return [
        name
        for n, name in enumerate(names)
        if n <= full or " " in name or _is_uncased(name[0])
    ]


def without_label(text: str) -> str:
    """Cut the labels off *text*: "Tin, ảnh:", "By"."""
    return " ".join(part for _, part in _segments(text.translate(_WIDE)))


def _segments(text: str) -> list[tuple[Label, str]]:
    """Return *text* taken apart at its labels: "By A Edited by B" names two in two roles.

    What stands before a label without a colon, a date or a menu word, is left out.
    """
    tokens = _unglued_labels(text.replace(":", ": ")).split()[:_READ_WORDS]
    keys = compare_key(" ".join(tokens)).split()
    if may_hold_label(keys):
        return _parted(tokens, keys)
    return [(Label.NONE, " ".join(tokens))] if tokens else []


def _unglued_labels(text: str) -> str:
    """Return *text* with a space after the label of "记者王小明" and "文・山田太郎"."""
    return _glued_label().sub(r"\1\2: ", text) if _is_uncased(text) else text


@cache
def _glued_label() -> re.Pattern[str]:
    prefixes = [p for p in phrases().byline_prefixes if _HAN_WORD.fullmatch(p)]
    longest = "|".join(map(re.escape, sorted(prefixes, key=len, reverse=True)))
    long = "|".join(map(re.escape, (p for p in prefixes if len(p) > 1)))
    return re.compile(
        rf"(?<!\S)({longest})[・·/](?=\S)|(?<!\S)({long})(?=[\u3400-\u9fff])"
    )


def may_hold_label(keys: Iterable[str]) -> bool:
    """Return True if one of *keys*, words as they are compared, may begin a label."""
    return not _first_of_labels().isdisjoint(key.rstrip(":") for key in keys)


@cache
def _first_of_labels() -> frozenset[str]:
    return frozenset(label.split()[0] for label in _labels())


def _parted(tokens: list[str], keys: list[str]) -> list[tuple[Label, str]]:
    found: list[tuple[Label, int, int]] = [(Label.NONE, 0, 0)]
    at = 0
    while at < len(tokens):
        label, size = _label_at(tokens, keys, at)
        if size and not _is_last_role(label, keys, at, size):
            found.append((label, at, at + size))
        at += size or 1
    ends = [start for _, start, _ in found[1:]] + [len(tokens)]
    parts = [
        (label, " ".join(tokens[start:end]))
        for (label, _, start), end in zip(found, ends, strict=True)
    ]
    return [each for each in parts if each[1]]


def _is_last_role(label: Label, keys: list[str], at: int, size: int) -> bool:
    """Return True for a role that nobody follows: "The Editors" are no editors of A."""
    ends = at + size == len(keys) and not keys[-1].endswith(":")
    return bool(at) and ends and label is Label.OTHER


def _label_at(tokens: list[str], keys: list[str], at: int) -> tuple[Label, int]:
    """Return the label that stands at *at*, and its number of tokens, 0 for none."""
    for size in range(min(len(tokens) - at, _LABEL_WORDS), 0, -1):
        key = " ".join(keys[at : at + size])
        label = _labels().get(key.rstrip(" :"))
        if label is None:
            continue
        if key.endswith(":") or _needs_no_colon(key, tokens, at, size):
            return label, size
    return Label.NONE, 0


def _needs_no_colon(key: str, tokens: list[str], at: int, size: int) -> bool:
    """Return True for a label without a colon: alone, before an agency, or one like "By".

    Within a line "von" is part of a name, but for after a date.
    """
    if key not in phrases().byline_prefixes and key not in phrases().other_roles:
        rest = " ".join(tokens[at + size :])
        stands_alone = not rest or is_agency(rest) or _names_vietnamese(key, rest)
        return not at and stands_alone
    if not at:
        return True
    after_date = any(c.isdigit() for c in tokens[at - 1]) or tokens[at - 1] in "|·•-–—/"
    return after_date or key not in phrases().name_particles


def _names_vietnamese(key: str, rest: str) -> bool:
    """Return True for "Theo Hồ Hương", who is cited, not for the name "Theo Marsh"."""
    return key == "theo" and bool(_VIETNAMESE.search(rest))


@cache
def _labels() -> dict[str, Label]:
    known = phrases()
    labels = dict.fromkeys(known.picture_labels, Label.PICTURE)
    labels |= dict.fromkeys(known.other_roles, Label.OTHER)
    written = (*known.byline_labels, *known.byline_prefixes)
    return labels | dict.fromkeys(written, Label.WRITER)


def _people(text: str, labelled: bool) -> Iterator[str]:
    """Yield the pieces of *text* that may be names, without labels if it is *labelled*."""
    pairs = zip(text.split(), compare_key(text).split(), strict=False)
    connectors = phrases().connectors
    joined = ""
    for word, key in pairs:
        joins = key in connectors and not (_starts_name(word) and _at_start(joined))
        joined += f" {',' if joins else word}"
    for piece in _SEPARATOR.split(_HANGUL_DOT.sub(", ", joined)):
        if named := without_label(piece) if labelled else piece.strip():
            yield from _han_names(named)


def joins_names(text: str, names: Sequence[str]) -> bool:
    """Return True if *text* joins the last two of *names*, of several, by an "and"."""
    if len(names) < 2:  # noqa: PLR2004
        return False
    between = clean(text).partition(names[-2])[2].partition(names[-1])[0].strip(" ,")
    return between == "&" or compare_key(between) in phrases().connectors


def _starts_name(word: str) -> bool:
    """Return True for "Dan", who is a person, not the Indonesian word for "and"."""
    return len(word) > 1 and word[0].isupper() and not word.isupper()


def _at_start(text: str) -> bool:
    return not text.strip() or text.rstrip().endswith((",", ";", "|"))


def _without_agency(text: str) -> tuple[str, str]:
    """Return the name and the agency of "Jane Doe The Associated Press", "PV TTXVN"."""
    if is_agency(text):
        return "", text
    parts, keys = text.split(), compare_key(text).split()
    if keys[-1] not in _last_of_agencies():
        return _unglued(text)
    for start in range(max(1, len(parts) - _longest_agency()), len(parts)):
        capital = parts[start][0].isupper()
        if capital and " ".join(keys[start:]) in phrases().agencies:
            return " ".join(parts[:start]), " ".join(parts[start:])
    return _unglued(text)


def _unglued(text: str) -> tuple[str, str]:
    """Return the name and the agency of "Linh SơnTTXVN", as portals declare them."""
    for glued in _GLUED.finditer(text):
        if compare_key(text[glued.end() :]) in phrases().agencies:
            return text[: glued.end()], text[glued.end() :]
    return text, ""


@cache
def _last_of_agencies() -> frozenset[str]:
    return frozenset(agency.split()[-1] for agency in phrases().agencies)


@cache
def _longest_agency() -> int:
    return max(len(agency.split()) for agency in phrases().agencies)
