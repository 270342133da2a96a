"""Links: what sources list and pages redirect to, and which URLs are worth a visit."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from scraper.errors import UndecodablePage
from scraper.extraction.dates.locales import time_in_url
from scraper.urls import is_http, normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.html import HtmlElement


T = TypeVar("T")

MOST_WAITING = 20_000
_PROVING_PAGES = 3
"""Good pages, or links in feeds, that prove a shape."""
_GOOD_PER_BAD = 4
"""Good pages that a proved shape must have for each bad one."""
_TRIED_PAGES = 10
"""Pages of a shape that are tried if none of them is good."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")
_LONG = re.compile(r"\d{5,}")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_SLUG_WORDS = 3
_NUMBER = re.compile(r"\d{5,}")
_DATE = re.compile(r"/(?:19|20)\d\d/[01]?\d(?:/[0-3]?\d)?/")
_HEADLINE_SLUG_WORDS = 4
"""The fewest words of a slug that is a headline and not the name of a section."""


@dataclass(slots=True)
class _Record(Generic[T]):
    vouched: int = 0
    good: int = 0
    bad: int = 0
    open: int = 0
    likely: deque[T] = field(default_factory=deque)
    unlikely: deque[T] = field(default_factory=deque)

    @property
    def is_proved(self) -> bool:
        known = self.vouched + self.good
        return known >= _PROVING_PAGES and known >= _GOOD_PER_BAD * self.bad

    @property
    def has_room(self) -> bool:
        return self.is_proved or self.open + self.bad < _TRIED_PAGES + self.good // 2


class Judge(Generic[T]):
    """Decides which URLs are worth a visit, by their :func:`shape_of`.

    A source that lists only articles proves a shape, and so do good pages. Of any other
    shape a few URLs are tried, and the rest wait for the result, so that any crawler trap
    costs only a few visits.
    """

    def __init__(self) -> None:
        self._shapes: defaultdict[str, _Record[T]] = defaultdict(_Record)
        self._waiting = 0

    def vouch(self, url: str) -> None:
        """Count *url* as listed by a source that lists only good URLs."""
        self._shapes[shape_of(url)].vouched += 1

    def is_proved(self, url: str) -> bool:
        shape = self._shapes.get(shape_of(url))
        return shape is not None and shape.is_proved

    def offer(self, url: str, what: T, *, likely: bool = True) -> bool:
        """Return True if *url* is worth a visit now; else *what* waits for release.

        A URL that is not *likely* is not tried: it waits until its shape is proved.
        """
        record = self._shapes[shape_of(url)]
        if record.is_proved or (likely and record.has_room):
            record.open += 1
            return True
        if self._waiting < MOST_WAITING:
            (record.likely if likely else record.unlikely).append(what)
            self._waiting += 1
        return False

    def record(self, url: str, *, good: bool) -> list[T]:
        """Record the result of a visit of *url*; return what is worth a visit now."""
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


def shape_of(url: str) -> str:
    """Return the shape of *url*: its path with names, headlines and numbers made alike.

    ``/kinh-te/gia-vang-hom-nay-tang-4712345.html`` and
    ``/the-thao/bong-da-4700001.html`` are both ``/w/*9.html``. A part is ``w`` for a
    name, at the end ``s`` for a slug of three words or more, ``*9`` for anything with a
    number of five digits or more, whatever its words; a shorter number is ``9``, a year
    ``Y``; numbers in a slug are ignored. Only the names of the query are kept.
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


def is_article_address(url: str) -> bool:
    """Return True if *url* looks like an article's.

    It is numbered, or its last part is a slug as long as a headline.
    """
    return is_numbered(url) or len(_slug(url)) >= _HEADLINE_SLUG_WORDS


def is_numbered(url: str) -> bool:
    """Return True if *url* holds a time, or a word and either a long number or a date.

    Listings by day and archives of a month differ by their short last part.
    """
    path = unquote(urlsplit(url).path)
    last = path.rstrip("/").rpartition("/")[2]
    number = _NUMBER.search(last) or _DATE.search(path)
    return time_in_url(url) is not None or bool(_slug(url) and number)


def _slug(url: str) -> list[str]:
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return [w for w in re.split(r"[-_]", last.partition(".")[0]) if w.isalpha()]


class LinkKind(StrEnum):
    """What a link probably leads to.

    NEXT is the next page of the same listing; OTHER leaves the decision to the spider.
    """

    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    NEXT = "next"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute http(s) URL and what its *source*, a URL, states about it.

    *time* is aware: when the article appeared, or else when it last changed.
    """

    url: str
    kind: LinkKind
    title: str = ""
    time: datetime | None = None
    section: str = ""
    source: str = ""


def absolute(base: str, href: str | None) -> str | None:
    """Return *href* as an absolute http(s) URL without fragment, None for others."""
    if not href or href.lstrip().startswith("#"):
        return None
    try:
        address = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return None
    return address if is_http(address) else None


_SEARCHED_BYTES = 256 * 1024
"""Bytes of a page that are searched; heads are shorter."""
_BEYOND_HEAD = 16 * 1024
"""Bytes searched for a refresh after the head: a page with one says little.

Of 1,618 gold pages none has one further on. To search all bytes took .3 ms a page.
"""
_SIGN = re.compile(rb"(?i)http-equiv\s*=\s*[\"']?\s*refresh")
_CONTENT = re.compile(
    r"\s*+(?P<seconds>\d{1,6}|(?=\.\d))[\d.]*+(?=[;,\s])\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+"
    r"(?:\"(?P<double>[^\"]*)|'(?P<single>[^']*)|(?P<bare>\S.*))",
    re.IGNORECASE,
)
_INERT = frozenset({"iframe", "script", "style", "svg", "template", "textarea"})
_NO_TEXT = ("script", "style", "noscript", "template")
_NOTICE_WORDS = 100
"""The most words of a page that only says that it needs a script."""


class Refresh(NamedTuple):
    url: str
    seconds: int


def find_refresh(
    body: bytes, *, url: str, encoding: str | None = None, header: str = ""
) -> Refresh | None:
    """Return where the HTML page *body* at *url* redirects a browser, None if nowhere.

    Its first refresh in a ``meta`` counts, else the *header* Refresh. One in a
    ``noscript`` counts only on a page without text. Targets that are not http URLs, and
    the page itself, are ignored.
    """
    base, stated = url, [header] if header else []
    if _may_state_one(body):  # a downloader parses no page otherwise
        from scraper.extraction.document import parse_page
        from scraper.extraction.head import base_url
        from scraper.items import Page

        try:
            root = parse_page(Page(url, body[:_SEARCHED_BYTES], encoding=encoding))
        except UndecodablePage:
            return None
        base, stated = base_url(root, url), [*_iter_stated(root), *stated]
    for content in stated:
        if found := _CONTENT.match(content):
            target = found["double"] or found["single"] or found["bare"] or ""
            address = absolute(base, target)
            if address is None or normalise_url(address) == normalise_url(url):
                return None
            return Refresh(address, int(found["seconds"] or 0))
    return None


def _may_state_one(body: bytes) -> bool:
    """Return True if the head of *body*, or what follows it, may hold a refresh."""
    end = body.find(b"</head>", 0, _SEARCHED_BYTES)
    head = body[: _SEARCHED_BYTES if end < 0 else end + _BEYOND_HEAD]
    return (b"efresh" in head or b"EFRESH" in head) and bool(_SIGN.search(head))


def _iter_stated(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("meta"):
        if element.get("http-equiv", "").strip().lower() != "refresh":
            continue
        around = {str(each.tag) for each in element.iterancestors()}
        if not around & _INERT and not ("noscript" in around and _has_text(root)):
            yield element.get("content", "")


def _has_text(root: HtmlElement) -> bool:
    hidden = " or ".join(f"ancestor::{name}" for name in _NO_TEXT)
    texts = root.xpath(f"//body//text()[not({hidden})]")
    return sum(len(text.split()) for text in texts) > _NOTICE_WORDS
