"""Words that tell boilerplate, bylines and walls; one data file a language.

A new language is one file ``<ISO 639-1>.toml`` in this folder with the lists of
:class:`Phrases`. Everything is compared by :func:`scraper.text.compare_key`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from scraper.text import compare_key


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
    to another article, with a colon; *date_words*: words of a line that is a date. As all is folded to lower case, patterns
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
