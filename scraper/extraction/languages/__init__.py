"""The languages of pages: a data file each, function words, old fonts (TCVN3, VNI).

A new language is one file ``<ISO 639-1>.toml`` in this folder with the lists of
:class:`Phrases`: words of boilerplate, bylines, dates and walls. Everything is compared
by :func:`scraper.text.compare_key`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING

from scraper.text import compare_key, spellings, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


_LEAST_WORDS, _LEAST_LETTERS, _READ_WORDS = 20, 20, 500
"""Words, and letters, of the shortest text whose language is detected, and words read of it."""
_FUNCTION_SHARE = 0.12
"""Share of function words below which no language is detected; real texts have .25-.5."""
_SCRIPT_SHARE = 0.5
"""Share of the letters from which on a script is that of the text."""
_SCRIPTS = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "cyrillic": "\u0400-\u052f",
    "hy": "\u0530-\u058f",
    "he": "\u0590-\u05ff",
    "arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "hi": "\u0900-\u097f",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff",
    "han": "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff",
}
_ANY_LETTER = f"[{''.join(_SCRIPTS.values())}]"
_TELLING = {
    "han": {"ja": "\u3040-\u30ff"},
    "arabic": {"ku": "ێۆڕڵ", "ps": "ښځډړڼ", "ur": "ٹڈڑںے", "fa": "پچژگکی"},
    "cyrillic": {
        "be": "ў",
        "uk": "їєґ",
        "mk": "ѓќѕ",
        "sr": "ђћљњџј",
        "kk": "әғқңұ",
        "mn": "өү",
    },
}
"""Letters that of the languages of a script only one has, or, of several, the first."""
_TELLING_SHARE = 0.01
"""Share of the letters that the letters of one language make up in it at least."""
_LATIN = {"az": "ə", "tr": "ğı", "lt": "ėįų", "lv": "āēīģķļņ", "is": "ðþ"}
"""Letters that of the languages in Latin script only these write often."""
_TELLING_SHARE_LATIN = 0.02
"""The same for languages in Latin script."""
_USUAL = {"han": "zh", "arabic": "ar", "cyrillic": ""}
"""What a script stands for without such letters; "" if only words can tell."""


def settle_language(declared: str, run: Iterable[str]) -> str:
    """Return the language of the words *run*: *declared*, unless it is of other letters.

    Templates come with "en", and pages in Japanese keep it. A language that is written in
    several scripts is believed.
    """
    read = list(islice(run, _READ_WORDS))
    if not declared:
        return detect_language(read)
    is_contradicted = _is_always_latin(declared) and _script_of("".join(read))
    return (detect_language(read) if is_contradicted else "") or declared


def detect_language(run: Sequence[str]) -> str:
    """Return the ISO 639-1 code of the words *run*, "" if it cannot be detected.

    Most scripts are of one language, or have letters of their own. Else it is
    the language whose function words make up most of the text (``languages/*.toml``).
    """
    read = run[:_READ_WORDS]
    letters = "".join(read)
    if code := _by_script(letters):
        return code
    if len(run) < _LEAST_WORDS:
        return ""
    if code := _by_letters(_LATIN, letters, _TELLING_SHARE_LATIN):
        return code
    keys = [compare_key(word) for word in read]
    shares = {
        code: sum(key in listed for key in keys) / len(keys)
        for code, listed in function_words().items()
    }
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _FUNCTION_SHARE else ""


@cache
def _is_always_latin(code: str) -> bool:
    from babel.core import get_global

    scripts = get_global("likely_subtags")
    is_latin = "_Latn" in scripts.get(code, "")
    return is_latin and not {f"{code}_Arab", f"{code}_Cyrl"} & scripts.keys()


def _by_script(letters: str) -> str:
    script = _script_of(letters)
    return script and (
        _by_letters(_TELLING.get(script, {}), letters, _TELLING_SHARE)
        or _USUAL.get(script, script)
    )


def _script_of(letters: str) -> str:
    """Return the script, of those in _SCRIPTS, that most of *letters* are of, or ""."""
    if letters.isascii() or len(letters) < _LEAST_LETTERS:
        return ""
    if len(re.findall(_ANY_LETTER, letters)) < _SCRIPT_SHARE * len(letters):
        return ""
    counts = {c: len(re.findall(f"[{span}]", letters)) for c, span in _SCRIPTS.items()}
    script = max(counts, key=lambda code: counts[code])
    return script if counts[script] >= _SCRIPT_SHARE * len(letters) else ""


def _by_letters(telling: Mapping[str, str], letters: str, least: float) -> str:
    """Return the first language whose own letters are a share of *least*, "" for none."""
    for code, own in telling.items():
        if len(re.findall(f"[{own}]", letters)) >= least * len(letters) > 0:
            return code
    return ""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The lists of one language, or of all of them.

    As all is folded to lower case, patterns do without classes in capitals.
    """

    residual: frozenset[str] = frozenset()
    """Lines of boilerplate."""
    residual_starts: frozenset[str] = frozenset()
    """How lines of boilerplate begin."""
    residual_patterns: frozenset[str] = frozenset()
    """Regular expressions that match a whole line of boilerplate."""
    byline_labels: frozenset[str] = frozenset()
    """What stands before the names of a byline, with a colon."""
    byline_prefixes: frozenset[str] = frozenset()
    """What stands before them without one."""
    picture_labels: frozenset[str] = frozenset()
    """What credits a picture alone."""
    agencies: frozenset[str] = frozenset()
    """Wire services."""
    publications: frozenset[str] = frozenset()
    """First words of a paper's name."""
    other_roles: frozenset[str] = frozenset()
    """What stands before people who did not write."""
    groups: frozenset[str] = frozenset()
    """Last words of a group that signs as an author."""
    not_names: frozenset[str] = frozenset()
    """Words that no author's name holds."""
    account_names: frozenset[str] = frozenset()
    """Whole names that sign for nobody, such as "Admin"."""
    name_particles: frozenset[str] = frozenset()
    """Small words within a name."""
    degrees: frozenset[str] = frozenset()
    """What stands behind a name, without full stops."""
    place_words: frozenset[str] = frozenset()
    """What stands between a name and a place or a section."""
    months: frozenset[str] = frozenset()
    """The number of a month and a name of it that the CLDR does not have, or that stands on
    lines of a date."""
    persian_months: frozenset[str] = frozenset()
    """The same for the Solar Hijri calendar."""
    date_joints: frozenset[str] = frozenset()
    """What stands between day, month and year."""
    update_words: frozenset[str] = frozenset()
    """Labels of the time of a change."""
    publish_words: frozenset[str] = frozenset()
    """Labels of the time of publication."""
    first_published: frozenset[str] = frozenset()
    """Behind this stands the day of publication in a sentence."""
    event_words: frozenset[str] = frozenset()
    """Labels of a time that is neither."""
    today_words: frozenset[str] = frozenset()
    """The day of the visit."""
    connectors: frozenset[str] = frozenset()
    """Words between two names."""
    walls: frozenset[str] = frozenset()
    """What a consent, bot or login page says."""
    gone: frozenset[str] = frozenset()
    """What stands on a page in place of a missing one."""
    lead_prefixes: frozenset[str] = frozenset()
    """A paper's own mark at the start of a lead."""
    function_words: frozenset[str] = frozenset()
    """The words that every text of the language is full of."""
    closing_patterns: frozenset[str] = frozenset()
    """Regular expressions for a line to the reader under an article."""
    signing_patterns: frozenset[str] = frozenset()
    """Regular expressions for a line that says who else worked on it."""
    closing_headings: frozenset[str] = frozenset()
    """What stands over its sources, credits and notes."""
    correction_patterns: frozenset[str] = frozenset()
    """Regular expressions for a note on what the article said before."""
    teaser_labels: frozenset[str] = frozenset()
    """What stands before a link to another article, with a colon."""
    date_words: frozenset[str] = frozenset()
    """Words of a line that is a date."""
    date_patterns: frozenset[str] = frozenset()
    """Regular expressions for such a line."""
    home_words: frozenset[str] = frozenset()
    """What breadcrumbs call the home page."""
    home_paths: frozenset[str] = frozenset()
    """How its URL names it."""
    list_names: frozenset[str] = frozenset()
    """Words in the class or the URL of a list of articles."""
    next_page: frozenset[str] = frozenset()
    """What a link to the next page of a listing reads."""
    service_paths: frozenset[str] = frozenset()
    """Parts of URLs that lead to a form or service, not to a list of articles."""
    elapsed_patterns: frozenset[str] = frozenset()
    """Regular expressions for how long ago something was."""
    credit_labels: frozenset[str] = frozenset()
    """What stands before a colon and who took a picture."""
    credit_prefixes: frozenset[str] = frozenset()
    """What stands before that person without one."""
    hour_words: frozenset[str] = frozenset()
    """What stands between hour and minutes."""
    day_words: frozenset[str] = frozenset()
    """What follows a time and precedes its day."""
    clock_labels: frozenset[str] = frozenset()
    """What stands before a time."""
    clock_units: frozenset[str] = frozenset()
    """What stands after it."""
    author_classes: frozenset[str] = frozenset()
    """Regular expressions for how elements for the author are named."""
    source_classes: frozenset[str] = frozenset()
    """Regular expressions for how elements for the source are named."""


@cache
def phrases() -> Phrases:
    """Return the lists of all languages together."""
    merged: dict[str, set[str]] = {field.name: set() for field in fields(Phrases)}
    for lists in _lists().values():
        for name, values in lists.items():
            merged[name].update(map(compare_key, values))
    return Phrases(**{name: frozenset(values) for name, values in merged.items()})


@cache
def function_words() -> dict[str, frozenset[str]]:
    """Return the function words of each language by its code."""
    return {
        code: frozenset(map(compare_key, lists.get("function_words", ())))
        for code, lists in _lists().items()
    }


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    entries = sorted(files(__name__).iterdir(), key=lambda entry: entry.name)
    return {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8"))
        for entry in entries
        if entry.name.endswith(".toml")
    }


def alternatives(names: Iterable[str]) -> str:
    """Return the source of a pattern for any of *names*, the longest first."""
    return "|".join(map(re.escape, sorted(names, key=lambda n: (-len(n), n))))


@cache
def pattern_of(name: str) -> re.Pattern[str]:
    """Return a pattern for any of the regular expressions that the list *name* has."""
    return re.compile("|".join(f"(?:{p})" for p in sorted(getattr(phrases(), name))))


LONGEST_RESIDUAL = 200
"""Characters of the longest line that a pattern of boilerplate matches."""


def is_residual(key: str) -> bool:
    """Return True if a line of boilerplate is *key*, as the data files list them."""
    if key in phrases().residual or key.startswith(_residual_starts()):
        return True
    is_short = len(key) <= LONGEST_RESIDUAL
    return is_short and pattern_of("residual_patterns").fullmatch(key) is not None


@cache
def _residual_starts() -> tuple[str, ...]:
    return tuple(phrases().residual_starts)


@cache
def residual_first_words() -> frozenset[str]:
    """Return the words that boilerplate may start with, in both spellings of the tone."""
    return frozenset(
        spelling
        for start in phrases().residual_starts
        for word in words(start)[:1]
        for spelling in spellings(word)
    )


_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_PLAIN_MARKS = "ùøûõï"
_VNI_TONES = {
    "a": (_PLAIN_MARKS + "êéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ"),
    "e": (_PLAIN_MARKS + "âáàåãä", "éèẻẽẹêếềểễệ"),
    "o": (_PLAIN_MARKS + "âáàåãä", "óòỏõọôốồổỗộ"),
    "u": (_PLAIN_MARKS, "úùủũụ"),
    "y": (_PLAIN_MARKS[:4], "ýỳỷỹ"),
    "ô": (_PLAIN_MARKS, "ớờởỡợ"),
    "ö": (_PLAIN_MARKS, "ứừửữự"),
}
_VNI_LETTERS = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))

_FONT_LETTERS = ("¸", "øöñ")
"""Letters that every page in TCVN3 holds ("á"), and every one in VNI ("à", "ư", "đ")."""
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_BETWEEN_TAGS = re.compile(r">[^<>]+(?=<)")
_MARKED_WORDS, _MARKED_SHARE = 6, 0.05
"""Function words of Vietnamese that a converted text shows, of all its words and how many
different ones; a text of another language comes near neither."""
_SHOWN_CHARACTERS = 100_000
"""Characters of a page that are read to tell its language."""


def from_vietnamese_font(markup: str, *, whole: bool = False) -> str:
    """Return *markup* in Unicode if its words prove one of the fonts, else itself.

    Only text that holds no Vietnamese letters of Unicode is converted; with *whole*
    attributes are as well.
    """
    if not any(all(map(markup.__contains__, hint)) for hint in _FONT_LETTERS):
        return markup
    shown = " ".join(_BETWEEN_TAGS.findall(markup[:_SHOWN_CHARACTERS]))
    if _is_vietnamese(shown):
        return markup
    for convert in (_from_tcvn3, _from_vni):
        if _is_vietnamese(convert(shown)):
            return convert(markup) if whole else _converted(markup, convert)
    return markup


def _converted(markup: str, convert: Callable[[str], str]) -> str:
    def shown(found: re.Match[str]) -> str:
        text = found.group()
        is_unicode = text.isascii() or _VIETNAMESE.search(text)
        return text if is_unicode else convert(text)

    return _BETWEEN_TAGS.sub(shown, markup)


def _is_vietnamese(text: str) -> bool:
    run = words(text)
    listed = _marked_function_words()
    found = [word for word in run if word in listed]
    return len(set(found)) >= _MARKED_WORDS and len(found) >= _MARKED_SHARE * len(run)


@cache
def _marked_function_words() -> frozenset[str]:
    """Return the function words of Vietnamese that hold letters outside ASCII."""
    listed = function_words()["vi"]
    return frozenset(w for w in listed if len(w) > 1 and not w.isascii())


def _from_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _from_vni(text: str) -> str:
    pattern, letters = _vni()
    return pattern.sub(lambda found: letters[found.group()], text)


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what matches a letter of VNI, one or two characters, and each one's meaning."""
    lower = dict(_VNI_LETTERS)
    for vowel, (marks, shown) in _VNI_TONES.items():
        lower |= {vowel + m: s for m, s in zip(marks, shown, strict=True)}
    letters: dict[str, str] = {}
    for set_as, shown in lower.items():
        letters |= {set_as.upper(): shown.upper(), set_as.capitalize(): shown.upper()}
        letters[set_as] = shown
    longest_first = sorted(letters, key=len, reverse=True)
    return re.compile("|".join(longest_first)), letters
