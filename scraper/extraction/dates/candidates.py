"""Dates that a page states: a moment, where it was found, and what the page calls it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.extraction.dates.locales import begins, plain
from scraper.extraction.dates.printed import find_printed, parse_iso, parse_number
from scraper.extraction.languages import phrases
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.extraction.dates.locales import Convention
    from scraper.extraction.dates.printed import Printed
    from scraper.extraction.head import Declared


PUBLISHED = (
    *("article:published_time", "datepublished", "og:published_time", "pubdate"),
    *("og:article:published_time", "article:published:time", "article:published"),
    *("pub_date", "publishdate", "publish-date", "publish_date", "publication_date"),
    *("date_published", "published_date", "published", "publishtime"),
    *("article_date_original", "date", "dc.date"),
    *("dc.date.issued", "dc.date.created", "dcterms.date", "dcterms.issued"),
    *("dcterms.created", "citation_publication_date", "citation_online_date"),
    *("sailthru.date", "parsely-pub-date", "article.published", "datecreated"),
    "cxenseparse:recs:publishtime",
)
MODIFIED = (
    *("article:modified_time", "datemodified", "og:updated_time", "lastmod"),
    *("last-modified", "dcterms.modified", "og:article:modified_time"),
    *("article:modified:time", "article:modified", "dc.date.modified", "modified"),
)


def declared_texts(declared: Declared, names: tuple[str, ...]) -> list[str]:
    """Return what is declared as any of *names*, in their order."""
    values = declared.values
    return [text for name in names if name in values for text in declared.all(name)]


UNKNOWN = timezone(timedelta(), "unknown")
"""Stands for a zone that a text does not name."""
_JOINED_SCRIPTS = "\u0590"
"""Scripts from here on do not part words, or write articles and endings to them."""


class Claim(IntEnum):
    """What a date is said to be; of two the lesser is believed first."""

    PUBLISHED = 0
    UNSAID = 1
    UPDATED = 2
    OTHER = 3


class Place(IntEnum):
    """Where a date stands: in the head, below the headline, above it, or elsewhere."""

    HEAD = 0
    BELOW = 1
    ABOVE = 2
    ELSEWHERE = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment that the page states, aware even if no zone is named (*has_zone*).

    *other* is the day if day and month are written the other way round.
    """

    moment: datetime
    source: str
    claim: Claim = Claim.PUBLISHED
    place: Place = Place.HEAD
    has_zone: bool = True
    other: date | None = None

    @property
    def has_time(self) -> bool:
        moment = self.moment
        return (moment.hour, moment.minute, moment.second) != (0, 0, 0)

    @property
    def day(self) -> date:
        return self.moment.date()

    def turned(self) -> Candidate:
        """Return it with day and month the other way round."""
        if self.other is None:
            return self
        moment = datetime.combine(self.other, self.moment.timetz())
        return replace(self, moment=moment, other=self.day)


def parse_stated(
    text: str,
    convention: Convention,
    source: str,
    claim: Claim = Claim.PUBLISHED,
    place: Place = Place.HEAD,
) -> Candidate | None:
    """Return the moment that *text* states, an attribute or a field of the head."""
    if not text:
        return None
    moment = parse_iso(text, UNKNOWN) or parse_number(text)
    if moment is None:
        found = find_printed(text, convention)
        return of_printed(found[0], convention, source, claim, place) if found else None
    has_zone = moment.tzinfo is not UNKNOWN
    if not has_zone:
        moment = moment.replace(tzinfo=convention.zone)
    return Candidate(moment, source, claim, place, has_zone)


def of_printed(
    printed: Printed, convention: Convention, source: str, claim: Claim, place: Place
) -> Candidate:
    moment = printed.at(UNKNOWN)
    has_zone = moment.tzinfo is not UNKNOWN
    if not has_zone:
        moment = moment.replace(tzinfo=convention.zone)
    return Candidate(moment, source, claim, place, has_zone, printed.other)


def claims_of(text: str, found: list[Printed]) -> Iterator[Claim]:
    """Yield what *text* says each of the dates *found* in its plain form is.

    A label stands before its date, or behind it on a line that begins with a date and
    has words after the last one.
    """
    text = plain(text)
    first = claim_in(text[: found[0].start])
    tail = text[found[-1].end :]
    if first is Claim.UNSAID and claim_in(tail) is not Claim.UNSAID:
        for this, after in pairwise(found):
            yield claim_in(text[this.end : after.start], last=False)
        yield claim_in(tail, last=False)
        return
    yield first
    for before, this in pairwise(found):
        yield claim_in(text[before.end : this.start])


def claim_in(label: str, *, last: bool = True) -> Claim:
    """Return what the words of *label* say, by the last or the first of them."""
    if not label.strip():
        return Claim.UNSAID
    found = _pattern().findall(compare_key(label))
    return _claims()[found[-1 if last else 0]] if found else Claim.UNSAID


def says_today(text: str) -> bool:
    """Return True if *text* names the day of the visit."""
    key = compare_key(text)
    return any(word in key for word in phrases().today_words)


@cache
def _claims() -> dict[str, Claim]:
    """Return what each word of a label says; one of several lists means a change."""
    lists = phrases()
    named = (
        (Claim.OTHER, lists.event_words),
        (Claim.PUBLISHED, lists.publish_words),
        (Claim.UPDATED, lists.update_words),
    )
    return {word: claim for claim, words in named for word in words}


@cache
def _pattern() -> re.Pattern[str]:
    return any_of(_claims())


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for the longest of *words*, whole ones if the script parts them."""
    longest = sorted(words, key=len, reverse=True)
    joined = [re.escape(w) for w in longest if w >= _JOINED_SCRIPTS]
    parted = [re.escape(w) for w in longest if w < _JOINED_SCRIPTS]
    start = rf"(?<![^\W\d_]){begins(parted)}(?:{'|'.join(parted)})"
    return re.compile("|".join([start, *joined]))
