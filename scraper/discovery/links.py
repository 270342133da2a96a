"""Link: what every source of addresses is turned into."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from scraper.urls import is_http, time_in_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


T = TypeVar("T")

MOST_WAITING = 20_000
_PROOF = 3
"""Pages, or words of a feed, that prove a shape."""
_MOSTLY = 4
"""Good pages that a proved shape has for each bad one."""
_TRIES = 10
"""Pages of a shape that are tried before any of them was good."""


@dataclass(slots=True)
class _Record(Generic[T]):
    told: int = 0
    good: int = 0
    bad: int = 0
    open: int = 0
    likely: deque[T] = field(default_factory=deque)
    unlikely: deque[T] = field(default_factory=deque)

    @property
    def is_proved(self) -> bool:
        known = self.told + self.good
        return known >= _PROOF and known >= _MOSTLY * self.bad

    @property
    def has_room(self) -> bool:
        return self.is_proved or self.open + self.bad < _TRIES + self.good // 2


class Judge(Generic[T]):
    """Tells which addresses are worth a visit, by their :func:`shape_of`.

    A shape is proved by a source that lists articles and nothing else, or by pages that
    were what was looked for. Of another one a few are tried: the rest waits for what
    they give, so that a trap costs a few visits, whatever it is made of.
    """

    def __init__(self) -> None:
        self._shapes: defaultdict[str, _Record[T]] = defaultdict(_Record)
        self._waiting = 0

    def believe(self, url: str) -> None:
        """Note that a source whose word is good says that *url* is what is looked for."""
        self._shapes[shape_of(url)].told += 1

    def is_proved(self, url: str) -> bool:
        shape = self._shapes.get(shape_of(url))
        return shape is not None and shape.is_proved

    def offer(self, url: str, what: T, *, likely: bool = True) -> bool:
        """Tell whether *url* is to be visited now; else *what* waits, to be released.

        One that is not *likely* is no try: it waits until its shape is proved.
        """
        record = self._shapes[shape_of(url)]
        if record.is_proved or (likely and record.has_room):
            record.open += 1
            return True
        if self._waiting < MOST_WAITING:
            (record.likely if likely else record.unlikely).append(what)
            self._waiting += 1
        return False

    def tell(self, url: str, *, good: bool) -> list[T]:
        """Note what the visit of *url* gave; return what is to be visited now."""
        record = self._shapes[shape_of(url)]
        record.open = max(0, record.open - 1)
        record.good += good
        record.bad += not good
        released = list(_release(record))
        record.open += len(released)
        self._waiting -= len(released)
        return released


def _release(record: _Record[T]) -> Iterator[T]:
    if record.is_proved:
        for waiting in (record.likely, record.unlikely):
            yield from waiting
            waiting.clear()
    elif record.likely and record.has_room:
        yield record.likely.popleft()


_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")
_LONG = re.compile(r"\d{5,}")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_SLUG_WORDS = 3


def shape_of(url: str) -> str:
    """Return the shape of *url*: its path with names, headlines and numbers made alike.

    ``/kinh-te/gia-vang-hom-nay-tang-4712345.html`` and
    ``/the-thao/bong-da-4700001.html`` are both ``/w/*9.html``. A part is ``w`` for a
    name, at the end ``s`` for a slug of three words or more, ``*9`` for anything with a
    number of five digits or more, whose words do not count; a shorter number is ``9``,
    a year ``Y``, and none in a slug. Of the query the names stay.
    """
    parts = urlsplit(url)
    *folders, last = [p for p in unquote(parts.path).split("/") if p] or [""]
    path = "/".join([*(_part(each, slug="w") for each in folders), _part(last)])
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"/{path}?{'&'.join(names)}" if names else f"/{path}"


def _part(part: str, *, slug: str = "s") -> str:
    found = _EXTENSION.search(part)
    extension = found[0].lower() if found else ""
    stem = part.removesuffix(found[0]) if found else part
    if _YEAR.fullmatch(stem):
        return "Y"
    if _LONG.search(stem):
        return f"*9{extension}"
    words = [word for word in re.split(r"[\W_\d]+", stem) if word]
    if len(words) >= _SLUG_WORDS:
        return slug + extension
    number = "9" if _DIGITS.search(stem) else ""
    return f"{'w' * bool(words)}{number}{extension}"


_NUMBER = re.compile(r"\d{5,}")
_DATE = re.compile(r"/(?:19|20)\d\d/[01]?\d(?:/[0-3]?\d)?/")
_WORDS = 4
"""Words of a slug from which on it is a headline and no name of a section."""


def is_article_address(url: str) -> bool:
    """Tell whether *url* looks like an article's.

    It is numbered, or its last part is a slug of so many words as a headline has.
    """
    return is_numbered(url) or len(_slug(url)) >= _WORDS


def is_numbered(url: str) -> bool:
    """Tell whether *url* holds a time, or beside some word a long number or a date.

    Listings by day, and archives of a month, are told by their short last part.
    """
    path = unquote(urlsplit(url).path)
    last = path.rstrip("/").rpartition("/")[2]
    number = _NUMBER.search(last) or _DATE.search(path)
    return time_in_url(url) is not None or bool(_slug(url) and number)


def _slug(url: str) -> list[str]:
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return [w for w in re.split(r"[-_]", last.partition(".")[0]) if w.isalpha()]


class LinkKind(StrEnum):
    """What a link is said to lead to.

    NEXT is the page after this one of the same listing; OTHER leaves the judgement to
    the spider.
    """

    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    NEXT = "next"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute http(s) address and what its *source*, an address, says of it.

    *time* is aware: when the article appeared, or else when it last changed.
    """

    url: str
    kind: LinkKind
    title: str = ""
    time: datetime | None = None
    section: str = ""
    source: str = ""


def absolute(base: str, href: str | None) -> str | None:
    """Return the http(s) address of *href* without its fragment, None for others."""
    if not href or href.lstrip().startswith("#"):
        return None
    try:
        address = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return None
    return address if is_http(address) else None
