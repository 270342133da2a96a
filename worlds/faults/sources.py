"""Faults of feeds, sitemaps and robots.txt."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from scraper.crawling.failures import ROBOTS_UNREACHABLE
from worlds.faults.fault import Addresses, Fault, Place
from worlds.faults.pages import feed, from_file, gzip_bomb, laughs, sitemap
from worlds.faults.steps import RESET, SILENCE, bare, endless, head, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from worlds.faults.fault import Ends, Play
    from worlds.faults.steps import Step

XML = "text/xml; charset=utf-8"
_MANY = 1_000_000
_ENTITIES = "discovery.feeds: no entities"
_MARKUP = "discovery.feeds: no entities"
_READING = "feedparser: in proportion"
_CUT = "crawling.politeness: 512 KiB"
_ALL = b"User-agent: *\nDisallow: /"
_UNREACHABLE = ("crawling.politeness: unreachable", (ROBOTS_UNREACHABLE,))


def _source(
    name: str,
    does: str,
    make: Callable[[Addresses], bytes],
    ends: Ends,
    guard: str,
    *,
    advisory: str = "",
) -> Fault:
    def play(at: Addresses) -> Iterable[Step]:
        return whole(make(at), XML)

    place = Place(name.partition("-")[0])
    ends = ends if isinstance(ends, tuple) else (ends,)
    return Fault(name, place, does, play, ends, guard, advisory)


def _robots(
    name: str, does: str, play: Play, guard: str, ends: tuple[str, ...] = ("read",)
) -> Fault:
    return Fault(name, Place.ROBOTS, does, play, ends, guard)


def _fresh(at: Addresses, root: str, index: bool) -> bytes:
    number = next(_NUMBERS)
    urls = [f"{at.base}/sitemap/{root}.xml?{number}-{n}" for n in range(3)]
    return sitemap(urls, index=index)


def _endless_chunks(content_type: str, piece: bytes) -> Iterator[Step]:
    chunk = f"{len(piece):x}".encode() + b"\r\n" + piece + b"\r\n"
    start = head(content_type=content_type, transfer_encoding="chunked")
    return endless(start, chunk)


_NUMBERS = count()

FAULTS = (
    _source(
        "feed-entity-bomb",
        "a billion laughs",
        lambda _: feed(["http://x.example/&i;"], before=laughs("rss")),
        "unreadable",
        _ENTITIES,
    ),
    _source(
        "feed-external-entity",
        "an entity out of /etc/passwd",
        lambda _: feed(["http://x.example/&i;"], before=from_file("rss")),
        "unreadable",
        _ENTITIES,
    ),
    _source(
        "feed-of-a-million",
        "a million items, beyond the size of an answer",
        lambda at: feed([f"{at.base}/page/m{n}.html" for n in range(_MANY)]),
        "too_large",
        "DOWNLOAD_MAXSIZE",
    ),
    _source(
        "feed-of-many",
        "160,000 items, within it",
        lambda at: feed([f"{at.base}/page/m{n}.html" for n in range(160_000)]),
        "unreadable",
        "discovery.feeds: bytes, tags",
    ),
    _source(
        "feed-deep",
        "200,000 elements in one another",
        lambda _: b"<rss><channel>" + b"<item>" * 200_000,
        ("unreadable", "read"),
        _READING,
    ),
    _source(
        "feed-gzip-bomb",
        "gzip in place of a feed: 300 MiB",
        lambda _: gzip_bomb(),
        "unreadable",
        "discovery.markup: 50 MB",
    ),
    _source(
        "feed-html",
        "a page in place of a feed",
        lambda _: b"<!doctype html><html><rss>",
        "unreadable",
        "discovery.feeds: a feed's root",
    ),
    _source(
        "feed-inner-links",
        "items that lead into this network and to files",
        lambda _: feed(
            ["file:///etc/passwd", "javascript:alert(1)", "http://169.254.169.254/"]
        ),
        "read",
        "crawling.candidates: the site's own addresses",
    ),
    _source(
        "sitemap-entity-bomb",
        "a billion laughs",
        lambda _: sitemap(["http://x.example/&i;"], before=laughs("urlset")),
        ("read", "unreadable"),
        _MARKUP,
    ),
    _source(
        "sitemap-external-entity",
        "an entity out of /etc/passwd",
        lambda at: sitemap([f"{at.base}/page/&i;.html"], before=from_file("urlset")),
        ("read", "unreadable"),
        _MARKUP,
        advisory="CVE-2026-41066",
    ),
    _source(
        "sitemap-of-many",
        "350,000 addresses",
        lambda _: sitemap([f"http://x.example/{n}" for n in range(350_000)]),
        "read",
        "discovery.feeds: 50,000 entries",
    ),
    _source(
        "sitemap-gzip-bomb",
        "gzip of 300 MiB",
        lambda _: gzip_bomb(),
        "unreadable",
        "discovery.markup: 50 MB",
    ),
    _source(
        "sitemap-of-itself",
        "an index that lists itself",
        lambda at: sitemap([f"{at.base}/sitemap/sitemap-of-itself.xml"], index=True),
        "read",
        "SQLite: an address is visited once a run",
    ),
    *(
        Fault(
            f"{place}-endless-chunks",
            place,
            "chunks without end",
            lambda _: _endless_chunks(XML, b"<a>" + b"a" * 65533),
            ("too_large",),
            "DOWNLOAD_MAXSIZE",
        )
        for place in (Place.FEED, Place.SITEMAP)
    ),
    _source(
        "sitemap-ever-on",
        "an index of ever new indexes",
        lambda at: _fresh(at, "sitemap-ever-on", index=True),
        "read",
        "spiders.base: depth of sitemaps",
    ),
    _robots(
        "robots-100-mb",
        "100 MB of rules",
        lambda _: endless(
            head(content_type="text/plain", content_length=100_000_000),
            b"User-agent: x\nDisallow: /a*b*c\n" * 4000,
        ),
        _CUT,
    ),
    _robots(
        "robots-endless-chunks",
        "chunks of comments without end",
        lambda _: _endless_chunks("text/plain", b"# " + b"a" * 65533 + b"\n"),
        _CUT,
    ),
    _robots(
        "robots-html",
        "a page",
        lambda _: whole(b"<html><p>404"),
        "Protego: reads what there is",
    ),
    _robots(
        "robots-gzip-bomb",
        "300 MiB of gzip",
        lambda _: whole(gzip_bomb(), "text/plain", content_encoding="gzip"),
        "crawling.decoding: DOWNLOAD_MAXSIZE",
        (ROBOTS_UNREACHABLE,),
    ),
    _robots(
        "robots-stall",
        "silence",
        lambda _: [SILENCE],
        "DOWNLOAD_TIMEOUT, of a whole answer",
        (ROBOTS_UNREACHABLE,),
    ),
    _robots("robots-503", "503", lambda _: bare("503 Busy"), *_UNREACHABLE),
    _robots("robots-429", "429", lambda _: bare("429 Busy"), *_UNREACHABLE),
    _robots("robots-reset", "a reset", lambda _: [RESET], *_UNREACHABLE),
    _robots(
        "robots-404",
        "404, with a body that forbids all",
        lambda _: [head("404 Nothing", "text/plain", content_length=len(_ALL)), _ALL],
        "crawling.politeness: 4xx",
    ),
)
