"""Dates that a page states in its head and around its headline.

Each is a moment, where it was found, and what the page calls it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum
from functools import cache
from itertools import islice, pairwise, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING

from scraper.extraction.dates.locales import begins, plain
from scraper.extraction.dates.printed import find_printed, parse_iso, parse_number
from scraper.extraction.languages import phrases
from scraper.extraction.visible import BLOCK_TAGS
from scraper.items import BlockKind
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
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
"""Scripts from here on do not separate words, or write articles and endings to them."""


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


def _claims_of(text: str, found: list[Printed]) -> Iterator[Claim]:
    """Yield what *text* says each of the dates *found* in its plain form is.

    A label stands before its date, or behind it on a line that begins with a date and
    has words after the last one.
    """
    text = plain(text)
    first = _claim_in(text[: found[0].start])
    tail = text[found[-1].end :]
    if first is Claim.UNSAID and _claim_in(tail) is not Claim.UNSAID:
        for this, after in pairwise(found):
            yield _claim_in(text[this.end : after.start], last=False)
        yield _claim_in(tail, last=False)
        return
    yield first
    for before, this in pairwise(found):
        yield _claim_in(text[before.end : this.start])


def _claim_in(label: str, *, last: bool = True) -> Claim:
    """Return what the words of *label* say, by the last or the first of them."""
    if not label.strip():
        return Claim.UNSAID
    found = _pattern().findall(compare_key(label))
    return _claims()[found[-1 if last else 0]] if found else Claim.UNSAID


def _says_today(text: str) -> bool:
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
    spaced = [re.escape(w) for w in longest if w < _JOINED_SCRIPTS]
    start = rf"(?<![^\W\d_]){begins(spaced)}(?:{'|'.join(spaced)})"
    return re.compile("|".join([start, *joined]))


_VALUES = (
    *("datetime", "content", "data-datetime", "data-published", "data-timestamp"),
    *("data-utime", "data-date", "data-time"),
)
_DATED = frozenset(_VALUES)
_NAMES = ("itemprop", "property")
_NAMED = (
    (Claim.PUBLISHED, re.compile(r"(?i)publish|pubdate|posted|created")),
    (Claim.UPDATED, re.compile(r"(?i)updated?(?![a-z])|modified|lastmod|changed")),
    (Claim.PUBLISHED, re.compile(r"(?i)entry-date")),
)
_LABEL_WORDS = 4
"""Words of the longest label of a date."""
_LABEL_CHARACTERS = 60
"""Characters before an element that may say what its date is."""
_LINE_WORDS = 14
"""Words of a line that names authors, their posts and a date."""
_WITH_NUMBERS = 3
"""Times as many words as usual that a line of dates and clocks may have."""
DATE_WORDS = 10
"""Words of a line that is a date with a time and a label, in the text as well."""
_SENTENCE_WORDS = 6
"""Words of the shortest sentence that holds a day."""
_END_CHARACTERS = 5
"""Characters in which the end of a sentence is searched."""
_SENTENCE_END = re.compile(r"\w{3}[.!?…。]$")
NEAR_LEVELS = 2
"""Elements up from a line that may state its date, or link the article of its date."""
_LEVELS = 64
"""Elements up from a block that are followed at most."""
_DAY = timedelta(days=1)


class Nearby:
    """The *blocks* around the headline of a page, and what stands in them.

    *headline* is the index of its block, -1 if it is not shown; *around* are the blocks
    before and after these; *body* are those of the text.
    """

    def __init__(
        self,
        blocks: list[RawBlock],
        headline: int,
        *,
        around: Iterable[RawBlock],
        body: Collection[RawBlock],
    ) -> None:
        self._blocks = blocks
        self._body = frozenset(body)
        self._headline = next((b for b in blocks if b.index == headline), None)
        self._places: dict[int, Place] = {}
        self._dated = _dated_in(_held_by(blocks, around))

    def iter_candidates(self, convention: Convention) -> Iterator[Candidate]:
        """Yield the dates that attributes state, then those that lines print.

        What an attribute's date is may be said by the line that prints its day.
        """
        printed = list(self._in_lines(convention))
        for stated in self._in_attributes(convention):
            said = [c.claim for c in printed if c.day == stated.day]
            if said and stated.claim is Claim.UNSAID:
                yield replace(stated, claim=min(said))
            else:
                yield stated
        yield from printed

    def _in_attributes(self, convention: Convention) -> Iterator[Candidate]:
        for element, block in self._dated.items():
            value = _value_of(element)
            place = self._place(block) if value else Place.ELSEWHERE
            if place is Place.ELSEWHERE:
                continue
            claim = _claim_of(element)
            found = parse_stated(value, convention, "page", claim, place)
            if found and _agrees(found, element, convention):
                yield found

    def _in_lines(self, convention: Convention) -> Iterator[Candidate]:
        previous: RawBlock | None = None
        for block in self._blocks:
            if not self._is_prose(block):
                yield from self._in_line(block, convention, previous)
            previous = block if block.words else previous

    def far_days(self, root: HtmlElement, convention: Convention) -> set[date]:
        """Return the days of the time elements of *root* that stand elsewhere."""
        far = (e for e in root.iter("time") if not self._is_near(e))
        stated = (parse_stated(_value_of(e), convention, "page") for e in far)
        return {found.day for found in stated if found}

    def _is_near(self, element: HtmlElement) -> bool:
        block = self._dated.get(element)
        return block is not None and self._place(block) is not Place.ELSEWHERE

    def _in_line(
        self, block: RawBlock, convention: Convention, previous: RawBlock | None
    ) -> Iterator[Candidate]:
        found = find_printed(block.text, convention)
        if not found:
            return
        place = self._place(block)
        if place is Place.ELSEWHERE or (
            place is Place.ABOVE and _says_today(block.text)
        ):
            return
        yield from in_line(block, found, convention, previous, place)

    def _is_prose(self, block: RawBlock) -> bool:
        """Return True if *block* is text in which a date is not that of the article."""
        is_text = block in self._body or block.kind is BlockKind.HEADING
        most = DATE_WORDS if is_text else _LINE_WORDS
        is_caption = block.kind is BlockKind.CAPTION
        return is_caption or _is_long(block, most) or is_sentence(block)

    def _place(self, block: RawBlock) -> Place:
        headline = self._headline
        if headline is None or block.index >= headline.index:
            return Place.BELOW
        place = self._places.get(block.index)
        if place is None:
            place = self._places[block.index] = self._place_above(block, headline)
        return place

    def _place_above(self, block: RawBlock, headline: RawBlock) -> Place:
        around = set(upwards(headline.element))
        common = next((e for e in upwards(block.element) if e in around), None)
        is_apart = common is None or common.tag in ("body", "html")
        is_flat = headline.element.getparent() is common
        return Place.ELSEWHERE if is_apart and not is_flat else Place.ABOVE


def _held_by(
    blocks: list[RawBlock], around: Iterable[RawBlock]
) -> dict[HtmlElement, RawBlock]:
    """Return the elements that belong to one of *blocks*, each with its block.

    They are its own and the two around it, unless they hold a block of *around* too;
    of such only what stands loose in them.
    """
    wider = {e for block in around for e in block.element.iterancestors()}
    unread = set(wider)
    held: dict[HtmlElement, RawBlock] = {}
    for block in blocks:
        chain = upwards(block.element, NEAR_LEVELS)
        for outer in chain[:NEAR_LEVELS]:
            if outer in unread:
                unread.discard(outer)
                held |= {e: block for e in _loose_in(outer) if e not in held}
        for outer in chain:
            if outer in wider:
                break
            wider.add(outer)
            held.setdefault(outer, block)
    return held


def _dated_in(held: dict[HtmlElement, RawBlock]) -> dict[HtmlElement, RawBlock]:
    """Return the elements in those *held* that may state a date, each with its block.

    That is the block of the first of *held* that an element is in.
    """
    order = {outer: at for at, outer in enumerate(held)}
    outermost = (outer for outer in held if outer.getparent() not in held)
    dated = {
        element: min(
            (order[up] for up in upwards(element) if up in order),
            default=order[outer],
        )
        for outer in outermost
        for element in outer.iter()
        if not _DATED.isdisjoint(element.keys())
    }
    blocks = list(held.values())
    return {e: blocks[at] for e, at in sorted(dated.items(), key=itemgetter(1))}


def _is_long(block: RawBlock, most: int) -> bool:
    """Return True if *block* has over *most* words beside the numbers of its dates."""
    if not most < len(block.words) <= _WITH_NUMBERS * most:
        return len(block.words) > most
    return sum(not word.isdigit() for word in block.words) > most


def is_sentence(block: RawBlock) -> bool:
    """Return True if *block* ends as sentences do, and not with a short form."""
    return len(block.words) >= _SENTENCE_WORDS and bool(
        _SENTENCE_END.search(block.text[-_END_CHARACTERS:])
    )


def _loose_in(element: HtmlElement) -> list[HtmlElement]:
    """Return the first children of *element* that are no blocks: inline, or empty."""
    first = takewhile(lambda child: child.tag != "p", islice(element, _LEVELS))
    return [
        child
        for child in first
        if child.tag not in BLOCK_TAGS or not any(map(str.strip, child.itertext()))
    ]


def upwards(element: HtmlElement, most: int = _LEVELS) -> list[HtmlElement]:
    """Return *element* and what is around it, *most* levels up."""
    chain, outer = [element], element.getparent()
    while outer is not None and len(chain) <= most:
        chain.append(outer)
        outer = outer.getparent()
    return chain


def _value_of(element: HtmlElement) -> str:
    """Return what an attribute of *element* states that may be a date."""
    attributes = element.keys()
    found = next((name for name in _VALUES if name in attributes), "")
    if found == "content":
        named = "".join(element.get(name, "") for name in _NAMES)
        return element.get(found, "") if "date" in named else ""
    return element.get(found, "") if found else ""


def _agrees(found: Candidate, element: HtmlElement, convention: Convention) -> bool:
    """Return True unless *element* shows another day than its attribute states.

    Some systems fill the attribute with the day on which the template was written.
    """
    shown = find_printed("".join(element.itertext()), convention)
    days = [day for each in shown for day in (each.day, each.other) if day]
    return not days or any(abs(day - found.day) <= _DAY for day in days)


def _claim_of(element: HtmlElement) -> Claim:
    """Return what the words beside *element* say, else its name, else its class."""
    own = "".join(element.itertext())[:_LABEL_CHARACTERS]
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        before = previous.tail or ""
        before = before if before.strip() else _label_of(previous)
    else:
        before = (parent.text or "") if parent is not None else ""
    said = _claim_in(f"{before[-_LABEL_CHARACTERS:]} {own}", last=False)
    if said is not Claim.UNSAID:
        return said
    named = " ".join(element.get(name, "") for name in _NAMES)
    for name in (named, element.get("class", "")):
        for claim, says in _NAMED:
            if says.search(name):
                return claim
    return Claim.UNSAID


def _label_of(element: HtmlElement) -> str:
    """Return the text of *element*, "" for more than a label."""
    if not isinstance(element.tag, str):
        return ""
    text = "".join(islice(element.itertext(), _LABEL_WORDS))
    return text if len(text) <= _LABEL_CHARACTERS else ""


def in_line(
    block: RawBlock,
    found: list[Printed],
    convention: Convention,
    previous: RawBlock | None,
    place: Place,
) -> Iterator[Candidate]:
    """Yield the dates *found* in *block*; a lone one may have its label in *previous*."""
    claims = list(_claims_of(block.text, found))
    if claims == [Claim.UNSAID] and previous is not None:
        claims = [_label_in(previous)]
    for printed, claim in zip(found, claims, strict=True):
        yield of_printed(printed, convention, "page", claim, place)


def _label_in(block: RawBlock) -> Claim:
    """Return what *block* says of a date in the next one, if it is nothing but a label."""
    is_label = len(block.words) <= _LABEL_WORDS
    if not is_label or any(map(str.isdigit, block.text)):
        return Claim.UNSAID
    return _claim_in(block.text)
