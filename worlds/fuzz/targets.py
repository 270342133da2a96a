"""What is fuzzed: each target takes any bytes and lets only documented errors pass by."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from scraper.crawling.middlewares.politeness import parse_retry_after
from scraper.discovery import parse_feed, parse_links, parse_sitemap
from scraper.discovery.feeds import parse_time
from scraper.discovery.markup import unpack
from scraper.discovery.pages import parse_listing
from scraper.errors import ScraperError
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.dates.choice import printed_days
from scraper.extraction.dates.printed import parse_iso
from scraper.extraction.document import decode, parse_markup, parse_page
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.people import parse_byline
from scraper.items import Page
from scraper.reading import read, study
from scraper.sitemodel import SiteModel, learn
from worlds.fuzz import seeds

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from scraper.sitemodel.digest import PageDigest

_AT = datetime(2026, 11, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Target:
    """*share* is the part of all inputs that it gets, in thousandths; *longest* bytes."""

    run: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    share: int
    longest: int = 4096


def _page(data: bytes) -> Page:
    return Page(seeds.URL, data, content_type="text/html", fetched_at=_AT)


def _document(data: bytes) -> None:
    decode(data, "utf-99")
    parse_page(_page(data))


def _tree(data: bytes) -> HtmlElement:
    return parse_markup(b"<html><body>" + decode(data).encode() + b"</body></html>")


def _blocks(data: bytes) -> None:
    for block in iter_blocks(_tree(data)):
        block.text  # noqa: B018


def _json_ld(data: bytes) -> None:
    text = decode(data)
    script = etree.Element("script", type="application/ld+json")
    root = parse_markup(b"<html><head></head><body></body></html>")
    with suppress(ValueError):  # lxml holds no control characters
        script.text = text
    root.append(script)
    extract_structured_data(root)


def _dates(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    parse_iso(text, UTC)
    printed_days(text, "vi")
    parse_time(text)
    parse_retry_after(data)


def _byline(data: bytes) -> None:
    parse_byline(data.decode("utf-8", "replace"))


def _listing(data: bytes) -> None:
    parse_listing(data, url=seeds.URL)
    parse_links(data, url=seeds.URL)


def _model_json(data: bytes) -> None:
    SiteModel.from_json(data.decode("utf-8", "replace"))


def _sitemodel(data: bytes) -> None:
    """Learn from the replica's pages and a mutated one, and read that one by it."""
    page = _page(data)
    with suppress(ScraperError):
        digests = [*_digests(), study(page).digest]
        read(page, learn("site.example", digests))


def _fast(data: bytes) -> None:
    url = seeds.replica_pages()[0][0]
    read(Page(url, data, content_type="text/html", fetched_at=_AT), _model())


@lru_cache
def _digests() -> list[PageDigest]:
    pages = (Page(url, body, fetched_at=_AT) for url, body in seeds.replica_pages())
    return [study(page).digest for page in pages]


@lru_cache
def _model() -> SiteModel:
    model = learn("replica.example", _digests())
    assert model is not None
    return model


def _replica() -> list[bytes]:
    return [body for _, body in seeds.replica_pages()[:4]]


def _html() -> list[bytes]:
    return [seeds.PAGE, *seeds.NASTY]


TARGETS = {
    "document": Target(_document, _html, 120),
    "blocks": Target(_blocks, _html, 120),
    "json_ld": Target(_json_ld, lambda: [seeds.PAGE[300:900]], 120),
    "dates": Target(_dates, lambda: seeds.DATES, 120, 100),
    "byline": Target(_byline, lambda: [b.encode() for b in seeds.BYLINES], 120, 200),
    "sitemap": Target(
        lambda data: parse_sitemap(data, url=seeds.URL),
        lambda: [seeds.SITEMAP, seeds.NEWS, seeds.FEED],
        120,
    ),
    "feed": Target(
        lambda data: parse_feed(data, url=seeds.URL),
        lambda: [seeds.FEED, seeds.ATOM],
        80,
    ),
    "listing": Target(_listing, _html, 60),
    "payload": Target(
        lambda data: unpack(data, url=seeds.URL),
        lambda: [b"\x1f\x8b\x08" + bytes(20)],
        40,
    ),
    "model_json": Target(
        _model_json, lambda: [_model().to_json().encode()], 20, 60_000
    ),
    "sitemodel": Target(_sitemodel, _html, 20),
    "fast": Target(_fast, _replica, 40, 60_000),
    "read": Target(lambda data: read(_page(data)), _html, 20),
}


def run(target: Target, data: bytes) -> None:
    """Give *data* to *target*; raise what no caller of it reckons with."""
    with suppress(ScraperError):
        target.run(data)
