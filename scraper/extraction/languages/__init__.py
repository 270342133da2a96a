"""Words of boilerplate, bylines, dates and walls; one data file for each language.

A new language is one file ``<ISO 639-1>.toml`` in this folder with the lists of
:class:`Phrases`. Everything is compared by :func:`scraper.text.compare_key`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from scraper.text import compare_key, spellings, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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


def settle_language(declared: str, run: Sequence[str]) -> str:
    """Return the language of the words *run*: *declared*, unless it is of other letters.

    Templates come with "en", and pages in Japanese keep it. A language that is written in
    several scripts is believed.
    """
    if not declared:
        return detect_language(run)
    is_contradicted = _is_always_latin(declared) and _script_of(
        "".join(run[:_READ_WORDS])
    )
    return (detect_language(run) if is_contradicted else "") or declared


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

    *residual*: what stands alone on a line of boilerplate; *residual_starts*: what
    begins one; *residual_patterns*: regular expressions that match all of one;
    *byline_labels*: what stands before the names, with a colon;
    *byline_prefixes*: what needs none; *picture_labels*: what credits a picture alone; *agencies*: wire services; *publications*: first words of
    a paper's name; *other_roles*: what stands before people who did not write;
    *groups*: last words of a group that signs as an author; *not_names*: words that no author's name holds; *months*: the number of
    a month and a name of it that the CLDR does not have, or that stands on lines of a date;
    *persian_months*: those of the Solar Hijri calendar; *date_joints*: what stands between
    day, month and year; *update_words*: what labels the time of a change;
    *publish_words*: that of publication, *first_published*: behind which stands its day in a
    sentence; *event_words*: a time that is neither; *today_words*: the day of the visit;
    *account_names*: whole names that sign for nobody, such as "Admin"; *name_particles*:
    small words within a name; *degrees*: what stands behind one, without full stops;
    *place_words*: what stands between a name and a place or a section; *connectors*: words
    between two names; *walls*: what a consent, bot or login page says; *gone*: a page that is not there;
    *lead_prefixes*: a paper's own mark at the start of a lead; *function_words*: the
    words that every text of the language is full of.
    *closing_patterns*:
    regular expressions that match all of a line to the reader under an article,
    *signing_patterns*: of one that says who else worked on it; *closing_headings*: what
    stands over its sources, credits and notes; *correction_patterns*: regular expressions
    that match all of a note on what the article said before; *teaser_labels*: what stands before a link
    to another article, with a colon; *date_words*: words of a line that is a date;
    *date_patterns*: regular expressions that match all of one; *home_words*: what
    breadcrumbs call the home page; *next_page*: what a link to the next page of a listing
    reads; *service_paths*: parts of URLs that lead to a form or service, not to a list of
    articles; *elapsed_patterns*: regular expressions for how long ago
    something was; *credit_labels*: what stands before a colon and who took a picture,
    *credit_prefixes*: what needs none; *hour_words*: what stands between hour and minutes;
    *day_words*: what follows a time and precedes its day; *clock_labels*: what stands before
    a time, *clock_units*: after one; *author_classes*, *source_classes*: regular expressions for how
    elements for author and source are named. As all is folded to lower case, patterns
    do without classes in capitals.
    """

    residual: frozenset[str] = frozenset()
    residual_starts: frozenset[str] = frozenset()
    residual_patterns: frozenset[str] = frozenset()
    byline_labels: frozenset[str] = frozenset()
    byline_prefixes: frozenset[str] = frozenset()
    picture_labels: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    publications: frozenset[str] = frozenset()
    other_roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    not_names: frozenset[str] = frozenset()
    account_names: frozenset[str] = frozenset()
    name_particles: frozenset[str] = frozenset()
    degrees: frozenset[str] = frozenset()
    place_words: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    persian_months: frozenset[str] = frozenset()
    date_joints: frozenset[str] = frozenset()
    update_words: frozenset[str] = frozenset()
    publish_words: frozenset[str] = frozenset()
    first_published: frozenset[str] = frozenset()
    event_words: frozenset[str] = frozenset()
    today_words: frozenset[str] = frozenset()
    connectors: frozenset[str] = frozenset()
    walls: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    lead_prefixes: frozenset[str] = frozenset()
    function_words: frozenset[str] = frozenset()
    closing_patterns: frozenset[str] = frozenset()
    signing_patterns: frozenset[str] = frozenset()
    closing_headings: frozenset[str] = frozenset()
    correction_patterns: frozenset[str] = frozenset()
    teaser_labels: frozenset[str] = frozenset()
    date_words: frozenset[str] = frozenset()
    date_patterns: frozenset[str] = frozenset()
    home_words: frozenset[str] = frozenset()
    next_page: frozenset[str] = frozenset()
    service_paths: frozenset[str] = frozenset()
    elapsed_patterns: frozenset[str] = frozenset()
    credit_labels: frozenset[str] = frozenset()
    credit_prefixes: frozenset[str] = frozenset()
    hour_words: frozenset[str] = frozenset()
    day_words: frozenset[str] = frozenset()
    clock_labels: frozenset[str] = frozenset()
    clock_units: frozenset[str] = frozenset()
    author_classes: frozenset[str] = frozenset()
    source_classes: frozenset[str] = frozenset()


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
