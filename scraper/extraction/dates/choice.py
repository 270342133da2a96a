"""The choice among the dates that a page states."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.extraction.dates.candidates import (
    DATE_WORDS,
    MODIFIED,
    NEAR_LEVELS,
    PUBLISHED,
    Candidate,
    Claim,
    Nearby,
    Place,
    any_of,
    declared_texts,
    in_line,
    is_sentence,
    of_printed,
    parse_stated,
    upwards,
)
from scraper.extraction.dates.clocks import (
    at_home,
    beside,
    fixed,
    local_moment,
    on_day,
    reconciled,
)
from scraper.extraction.dates.locales import Convention, convention_of, time_in_url
from scraper.extraction.dates.printed import DIGIT, find_printed
from scraper.extraction.languages import phrases
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.kind import Evidence


_SENTENCE_WORDS = 45
"""Words of the longest sentence that says when the text was first published."""
_LINK_WORDS = 4
"""Words of a link that is the headline of another article."""
_TEASER_LENGTH = 400
"""Characters of the largest element that is one teaser."""


def first_published(
    blocks: Iterable[RawBlock], convention: Convention
) -> Iterator[Candidate]:
    """Yield the days that sentences like "originally published on 3 May 2024" name."""
    for block in blocks:
        if len(block.words) > _SENTENCE_WORDS or not DIGIT.search(block.text):
            continue
        match = _first_published().search(block.key)
        if match is None:
            continue
        found = find_printed(block.key[match.start() :], convention)
        if found:
            yield of_printed(
                found[0], convention, "page", Claim.PUBLISHED, Place.ELSEWHERE
            )


@cache
def _first_published() -> re.Pattern[str]:
    return any_of(phrases().first_published)


def elsewhere(
    blocks: Iterable[RawBlock], convention: Convention, *, near: Collection[RawBlock]
) -> Iterator[Candidate]:
    """Yield the dates of lines that are a date and its label, but for teasers' lines.

    The label may be the line before. Those of the blocks *near* the headline are known.
    """
    previous: RawBlock | None = None
    for block in blocks:
        is_short = len(block.words) <= DATE_WORDS and not is_sentence(block)
        if is_short and block not in near:
            found = find_printed(block.text, convention)
            if found and not _is_of_teaser(block.element):
                yield from in_line(block, found, convention, previous, Place.ELSEWHERE)
        previous = block if block.words else previous


def _is_of_teaser(element: HtmlElement) -> bool:
    """Return True if the small element around *element* links to another article."""
    small = takewhile(_is_small, upwards(element, NEAR_LEVELS))
    shown = ("".join(link.itertext()) for each in small for link in each.iter("a"))
    return any(len(words(text)) >= _LINK_WORDS for text in shown if "://" not in text)


def _is_small(element: HtmlElement) -> bool:
    lengths = accumulate(map(len, element.itertext()))
    return all(length <= _TEASER_LENGTH for length in lengths)


_DAY_IN_PATH = re.compile(
    r"/((?:19|20)\d{2})[/-]([01]?\d|[a-z]{3,9})[/-]([0-3]?\d)(?=[/-])", re.IGNORECASE
)
_NUMBERS = re.compile(
    r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-](?:19|20)?\d\d(?![\d./-])"
)
_MONTHS = 12
_DAY = timedelta(days=1)
_FOLLOWING_BLOCKS, _DATE_LINE_WORDS = 4, 6
"""Blocks after the first lines of an article that may be its date, and their words."""
_EARLIEST, _LATEST = 1990, 2100
"""Years that a date of a page on the web can have."""
_NO_CLOCK = datetime(2099, 12, 31, tzinfo=UTC)
"""Stands for an unknown time of fetching: the clock is not read."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Aware datetimes, each with its source: json_ld, meta, url, page or htmldate.

    *doubt* says why the day of publication may be another: "update", the headline shows
    the day of a change only; "order", day and month may be the other way round; "guess",
    it is declared as a change or stands apart from the article; else "".
    """

    published_at: datetime | None = None
    published_source: str = ""
    modified_at: datetime | None = None
    modified_source: str = ""
    doubt: str = ""


def extract_dates(
    evidence: Evidence,
    root: HtmlElement,
    *,
    near_title: list[RawBlock],
    headline: int,
    language: str,
    guess: bool = True,
) -> Dates:
    """Return the dates of a page; *near_title* are the blocks that may print them.

    With *guess* htmldate decides if nothing states one.
    """
    stated = _Stated(evidence, root, near_title, headline, language)
    found, doubt = stated.published(), ""
    change = stated.change()
    if found is None:
        found, doubt = stated.stand_in()
    if found is None and guess:
        found, doubt = _by_htmldate(stated), "guess"
    moment = stated.localised(found) if found else None
    changed = fixed(change.moment) if change else None
    if change and found and moment:
        changed = beside(change, found, moment)
    return Dates(
        moment,
        found.source if found else "",
        changed,
        change.source if change else "",
        doubt or ("order" if stated.may_be_turned(found) else "") if found else "",
    )


class _Stated:
    """The credible candidates of a page."""

    def __init__(
        self,
        evidence: Evidence,
        root: HtmlElement,
        near_title: list[RawBlock],
        headline: int,
        language: str,
    ) -> None:
        self._evidence, self.root = evidence, root
        self._near = [*near_title, *_lines_after(near_title, evidence.blocks)]
        self._headline = headline
        self.page, declared = evidence.page, evidence.head.declared
        codes = (root.get("lang", ""), declared.first("og:locale", "language"))
        self.convention = convention_of(self.page.url, language, codes)
        self._latest = self.page.fetched_at + _DAY if self.page.fetched_at else None

    @cached_property
    def _head(self) -> list[Candidate]:
        """What JSON-LD, head and URL state of the publication."""
        declared = self._evidence.head.declared
        fields = [("json_ld", self._evidence.head.data.published)]
        fields += [("meta", text) for text in declared_texts(declared, PUBLISHED)]
        found = [parse_stated(text, self.convention, name) for name, text in fields]
        stamp = time_in_url(self.page.url, self.convention.zone)
        return self._credible([*found, Candidate(stamp, "url") if stamp else None])

    @cached_property
    def _changes(self) -> list[Candidate]:
        declared = self._evidence.head.declared
        fields = [("json_ld", self._evidence.head.data.modified)]
        fields += [("meta", text) for text in declared_texts(declared, MODIFIED)]
        return self._credible(
            [
                parse_stated(text, self.convention, name, Claim.UPDATED)
                for name, text in fields
            ]
        )

    @cached_property
    def _around(self) -> Nearby:
        evidence, near = self._evidence, self._near
        ends = (near[0].index - 1, near[-1].index + 1) if near else ()
        around = [b for at in ends for b in evidence.blocks[max(0, at) : at + 1]]
        return Nearby(near, self._headline, around=around, body=evidence.found)

    @cached_property
    def _nearby(self) -> list[Candidate]:
        """What stands around the headline, the most credible first."""
        found = self._around.iter_candidates(self.convention)
        return sorted(self._credible(found), key=lambda c: (c.claim, c.place))

    @cached_property
    def _path_day(self) -> Candidate | None:
        """The day of a URL like ``/2023/12/22/slug``."""
        stated = parse_stated(self._path_text, self.convention, "url")
        return next(iter(self._credible([stated])), None)

    @cached_property
    def _path_text(self) -> str:
        match = _DAY_IN_PATH.search(urlsplit(self.page.url).path)
        if match is None:
            return ""
        year, month, day = match.groups()
        if month.isdigit():
            return f"{year}-{month:0>2}-{day:0>2}"
        return f"{year} {month} {day}"

    def published(self) -> Candidate | None:
        """Return what the page states of its publication, None if nothing does.

        What its head declares counts first. It gives way to an earlier day below the
        headline: systems declare the day on which a page was rebuilt.
        """
        path = self._path_day
        shown = [c for c in self._nearby if c.claim < Claim.UPDATED]
        if path:
            shown = [c for c in shown if abs(c.day - path.day) <= _DAY]
        elif not any(c.claim is Claim.PUBLISHED for c in (*self._head, *shown)):
            shown = [*self._sentences, *shown]
        ranked = [*self._head, *shown, *([path] if path else [])]
        if self._head and shown and _is_before(shown[0], self._head[0]):
            ranked = shown
        return _with_time(ranked)

    @cached_property
    def _sentences(self) -> list[Candidate]:
        """The days that sentences on the first publication of the article name."""
        return self._credible(first_published(self._evidence.visible, self.convention))

    def stand_in(self) -> tuple[Candidate | None, str]:
        """Return what may be the day of publication if nothing states one, and the doubt.

        A change shown at the headline, what lines elsewhere all call the publication, a
        declared change, the only day that lines of nothing but a date name.
        """
        found = elsewhere(self._evidence.visible, self.convention, near=set(self._near))
        lines = self._credible(found)
        labelled = [c for c in lines if c.claim is Claim.PUBLISHED]
        alone = [c for c in lines if c.claim < Claim.OTHER]
        for ranked, doubt in (
            ([c for c in self._nearby if c.claim is Claim.UPDATED], "update"),
            (_agreed(labelled), ""),
            (self._changes, "guess"),
            (_agreed(alone), "guess"),
        ):
            if ranked:
                return _with_time(ranked), doubt
        return None, ""

    def change(self) -> Candidate | None:
        shown = [c for c in self._nearby if c.claim is Claim.UPDATED]
        return _with_time([*self._changes, *shown])

    def far_days(self) -> set[date]:
        return self._around.far_days(self.root, self.convention)

    def localised(self, found: Candidate) -> datetime:
        """Return the moment of *found* with the offset of the page's own time."""
        shown = [c for c in self._nearby if c.claim < Claim.UPDATED or c.has_zone]
        stamps = [*self._head, *shown, *self._changes]
        moment = reconciled(fixed(found.moment), stamps, self.convention)
        if not found.has_zone and self.convention.is_home:
            return moment
        moment = at_home(moment, shown, self.convention.zone)
        moment = local_moment(moment, [*self._head, *shown])
        path = self._path_day
        days = [c.day for c in shown if not (c.has_zone or c.has_time)]
        if found.has_time:
            days += [path.day] if path else []
            moment = on_day(moment, days, self.convention)
        return moment

    def _credible(self, found: Iterable[Candidate | None]) -> list[Candidate]:
        """Return those of *found* that can be true, day and month as the page has them."""
        turned = (c and (c.turned() if self._is_turned(c) else c) for c in found)
        return [c for c in turned if c and is_credible(c.moment, self._latest)]

    def _is_turned(self, candidate: Candidate) -> bool:
        """Return True if other dates of the page read the day of *candidate* as a month."""
        other = candidate.other
        if other is None:
            return False
        if not is_credible(candidate.moment, self._latest):
            return True
        days = self._certain_days
        if other in days or candidate.day in days:
            return candidate.day not in days
        return self._votes[not self.convention.month_first] > self._usual_votes

    def may_be_turned(self, found: Candidate) -> bool:
        """Return True if nothing distinguishes the day of *found* from its month."""
        if found.other is None or self.convention.is_sure:
            return False
        return found.day not in self._certain_days and not self._votes.total()

    @property
    def _usual_votes(self) -> int:
        return self._votes[self.convention.month_first]

    @cached_property
    def _certain_days(self) -> frozenset[date]:
        """The days that head, URL and attributes state as ISO 8601 does."""
        data = self._evidence.head.data
        texts = [data.published, data.modified, self._path_text]
        texts += declared_texts(self._evidence.head.declared, PUBLISHED + MODIFIED)
        texts += [e.get("datetime", "") for e in self.root.iter("time")]
        found = (parse_stated(text, self.convention, "") for text in texts)
        return frozenset(c.day for c in found if c and c.other is None)

    @cached_property
    def _votes(self) -> Counter[bool]:
        """How many dates in numbers put the month first, and how many the day."""
        pairs = (
            (int(first) <= _MONTHS, int(second) <= _MONTHS)
            for block in self._evidence.blocks
            for first, second in _NUMBERS.findall(block.text)
        )
        return Counter(month for month, day in pairs if month != day)


def is_credible(moment: datetime, latest: datetime | None) -> bool:
    is_likely = _EARLIEST <= moment.year < _LATEST
    return is_likely and (latest is None or moment <= latest)


def _lines_after(near: list[RawBlock], blocks: list[RawBlock]) -> list[RawBlock]:
    """Return the short lines right after *near*, of its *blocks*."""
    start = near[-1].index + 1 if near else len(blocks)
    following = blocks[start : start + _FOLLOWING_BLOCKS]
    return [block for block in following if len(block.words) <= _DATE_LINE_WORDS]


def _agreed(found: list[Candidate]) -> list[Candidate]:
    """Return *found* if all are of one day, else none."""
    return found if len({c.day for c in found}) == 1 else []


def _is_before(shown: Candidate, declared: Candidate) -> bool:
    return shown.place is Place.BELOW and shown.day < declared.day - _DAY


def _with_time(ranked: list[Candidate]) -> Candidate | None:
    """Return the first, or one of the same day with a time if the first has none."""
    first = next(iter(ranked), None)
    if first is None or first.has_time:
        return first
    return next((c for c in ranked if c.day == first.day and c.has_time), first)


def _by_htmldate(stated: _Stated) -> Candidate | None:
    """Return what htmldate, the last resort, finds: a day without a time."""
    from htmldate import find_date

    page = stated.page
    latest = f"{page.fetched_at or _NO_CLOCK:%Y-%m-%d}"
    try:
        found = find_date(
            stated.root,
            extensive_search=False,  # days in the text are those of events
            url=page.url or None,
            max_date=latest,
            original_date=True,
        )
    except (ValueError, RecursionError):
        return None
    if not found or found.endswith("-01-01"):  # a guess: it knew the year alone
        return None
    guess = parse_stated(found, stated.convention, "htmldate")
    return guess if guess and guess.day not in stated.far_days() else None


def printed_days(text: str, language: str) -> set[date]:
    """Return the days that *text* prints, in both readings of 4/7/2025."""
    found = find_printed(text, Convention(language))
    return {day for each in found for day in (each.day, each.other) if day}
