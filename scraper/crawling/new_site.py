"""A site from its address to a spider: looked at, written down, and shown for checking."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from scrapy.spiderloader import get_spider_loader

from scraper import clock
from scraper.crawling.fetch import fetch_page, fetch_pages
from scraper.crawling.run import RunOptions, load_settings, load_spider
from scraper.crawling.spider_source import SiteFacts, is_name, name_of, spider_source
from scraper.discovery import LinkKind, parse_feed, parse_listing, parse_sitemap
from scraper.discovery.front import (
    Candidate,
    FoundBy,
    candidates_of,
    feed_pages_of,
    feeds_listed,
)
from scraper.discovery.links import is_article_address
from scraper.errors import ConfigurationError, DiscoveryError, ExtractionError
from scraper.extraction.document import decode
from scraper.items import HINTED, Article
from scraper.urls import site_of
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from scraper.discovery import Link
    from scraper.items import Page


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One spider of a site.

    *family* names sites of the same make; *sources* is what is known beforehand of where
    articles are listed, *addresses* the form of theirs, as a regular expression on the
    path, both "" where the crawl finds out; *checked* says against what all this was
    verified.
    """

    spider: str
    title: str
    home: str
    family: str
    sources: str
    addresses: str
    checked: str


def list_sites() -> Iterator[SiteRow]:
    """Yield the sites that have a spider, by the spider's name."""
    loader = get_spider_loader(load_settings(RunOptions()))
    for name in sorted(loader.list()):
        spider: Any = loader.load(name)
        if hasattr(spider, "checked"):
            yield SiteRow(
                name,
                spider.title,
                spider.home,
                spider.family,
                ", ".join(_sources(spider)),
                spider.article_path.pattern if spider.article_path else "",
                spider.checked,
            )


def _sources(spider: Any) -> Iterator[str]:  # noqa: ANN401  any spider
    counted = {"feed": len(spider.feeds), "section": len(spider.sections)}
    for name, count in counted.items():
        if count:
            yield f"{count} {name}{'s' * (count > 1)}"
    if spider.day_page:
        yield "day archives"
    if spider.sitemap:
        yield "sitemap"


MOST_SHOWN = 30
_MOST_PAGES = 2
"""Pages that list feeds which are read at most."""
_FEWEST = 3
"""Articles that a page of a menu must list to be a section."""

_PARSERS: dict[LinkKind, Callable[..., list[Link]]] = {
    LinkKind.FEED: parse_feed,
    LinkKind.SITEMAP: parse_sitemap,
    LinkKind.LISTING: parse_listing,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Something that lists articles.

    *kind* is feed, sitemap or listing; *items* how many articles it lists, of an index
    of sitemaps its parts; *newest* the time of the newest, None where no time is told;
    *articles* the addresses of the first MOST_SHOWN.
    """

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str
    items: int
    newest: datetime | None
    articles: tuple[str, ...] = ()


def discover(url: str) -> Iterator[Source]:
    """Yield the sources of the site at *url*: the page itself, then the surest.

    A candidate that does not answer, or lists no article, is none. Raises FetchRefused
    where the front page cannot be had, DiscoveryError where it is no HTML. Pages are
    read by a worker within its limits; ExtractionError where the front page exceeds them.
    """
    with ReaderPool(workers=1) as pool:
        front = fetch_page(url)
        candidates = _candidates(front, pool)
        own = Candidate(front.url, LinkKind.LISTING, FoundBy.ASKED)
        answers = fetch_pages([each.url for each in candidates])
        for candidate, page in zip([own, *candidates], [front, *answers], strict=True):
            with suppress(DiscoveryError, ExtractionError):
                source = _source(candidate, page, pool) if page else None
                if source:
                    yield source


def _candidates(front: Page, pool: ReaderPool) -> list[Candidate]:
    named = pool.find_links(front, feed_pages_of).result()[:_MOST_PAGES]
    robots, *pages = fetch_pages([urljoin(front.url, "/robots.txt"), *named])
    rules = robots.body if robots else b""
    found = pool.find_links(front, candidates_of, robots=rules).result()
    return found + _on_feed_pages(pages, {each.url for each in found}, pool)


def _on_feed_pages(
    pages: Iterable[Page | None], known: set[str], pool: ReaderPool
) -> list[Candidate]:
    """Return the feeds named on *pages* that list them, but for those that are *known*."""
    found: dict[str, Candidate] = {}
    for page in filter(None, pages):
        with suppress(DiscoveryError, ExtractionError):
            for each in pool.find_links(page, feeds_listed).result():
                found.setdefault(each.url, each)
    return [each for url, each in found.items() if url not in known]


def _source(candidate: Candidate, page: Page, pool: ReaderPool) -> Source | None:
    """Return what *candidate* is by its *page*; raises DiscoveryError for another thing."""
    parse = _PARSERS[candidate.kind]
    links = pool.find_links(page, parse).result()
    parts = [link for link in links if link.kind is LinkKind.SITEMAP]
    articles = parts or [link for link in links if _is_article(link, candidate)]
    if len(articles) < (_FEWEST if candidate.kind is LinkKind.LISTING else 1):
        return None
    times = [link.time for link in articles if link.time]
    return Source(
        page.url,
        candidate.kind,
        candidate.found_by,
        candidate.title,
        len(articles),
        max(times, default=None),
        () if parts else tuple(link.url for link in articles[:MOST_SHOWN]),
    )


def _is_article(link: Link, candidate: Candidate) -> bool:
    """Tell an article of this site; what a feed lists is one by its word."""
    if site_of(link.url) != site_of(candidate.url):
        return False
    if candidate.kind is LinkKind.SITEMAP and link.kind is LinkKind.OTHER:
        return is_article_address(link.url)
    return candidate.kind is LinkKind.FEED or link.kind is LinkKind.ARTICLE


SHOWN = 10
"""Articles that are fetched for a look at their fields."""


@dataclass(frozen=True, slots=True)
class NewSite:
    """What was written: the *spider* file, the *pages* folder, and how each page reads."""

    name: str
    spider: Path
    pages: Path
    sources: int
    read: list[tuple[Path, Article | ExtractionError]]


def add_site(
    url: str,
    home: Path,
    *,
    name: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> NewSite:
    """Write a spider for the site at *url* into *home*, with pages to check it by.

    Nothing that exists is overwritten. *tell* is given a line before each step. Raises
    ConfigurationError for a name that is taken or none, FetchRefused where the site
    cannot be had, DiscoveryError where it lists no article.
    """
    name = name or name_of(url)
    spider, folder = home / "spiders" / f"{name}.py", home / "pages" / name
    _check_free(name, spider, folder)
    tell(f"looking for sources of {url}")
    front = fetch_page(url)
    parts = urlsplit(front.url)
    sources = list(discover(url))
    title = _title_of(front) or parts.netloc
    facts = SiteFacts(name, title, f"{parts.scheme}://{parts.netloc}", sources)
    if not any(each.articles for each in sources):
        raise DiscoveryError(f"{url}: nothing was found that lists articles")
    tell(f"reading articles of {len(sources)} sources")
    pages = [page for page in fetch_pages(facts.articles[:SHOWN]) if page]
    written = _write_pages(folder, [front, *pages])
    read = list(zip(written[1:], _read(pages), strict=True))
    facts = replace(facts, missing=_missing([result for _, result in read]))
    today = clock.now().date()
    _write_new(spider, spider_source(facts, pages=len(written), day=today))
    return NewSite(name, spider, folder, len(sources), read)


def _check_free(name: str, spider: Path, folder: Path) -> None:
    if not is_name(name):
        raise ConfigurationError(
            f"{name} is no name for a spider; give --name with letters, digits and _"
        )
    for path in (spider, folder):
        if path.exists():
            raise ConfigurationError(f"{path} is there already; give another --name")
    try:
        load_spider(name)
    except ConfigurationError:
        return
    raise ConfigurationError(f"there is a spider {name} already; give another --name")


def _title_of(front: Page) -> str:
    text = decode(front.body[:100_000], front.encoding)
    opened = re.search(r"(?i)<title[^<>]*>", text)
    closed = re.compile(r"(?i)</title").search(text, opened.end()) if opened else None
    if not opened or not closed:
        return ""
    return " ".join(text[opened.end() : closed.start()].split())[:100]


def _write_pages(folder: Path, pages: list[Page]) -> list[Path]:
    """Write *pages* and the manifest that ``tinsach extract`` reads."""
    (folder / "pages").mkdir(parents=True)
    written, lines = [], []
    for number, page in enumerate(pages):
        path = folder / "pages" / f"{number:02}.html"
        path.write_bytes(page.body)
        written.append(path)
        entry = {"id": f"{number:02}", "url": page.url, "path": f"pages/{path.name}"}
        entry |= {"encoding": page.encoding} if page.encoding else {}
        lines.append(json.dumps(entry) + "\n")
    _write_new(folder / "manifest.jsonl", "".join(lines))
    return written


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _missing(read: list[Article | ExtractionError]) -> list[str]:
    """Return the fields a hint may be for that most of the articles *read* lack."""
    articles = [each for each in read if isinstance(each, Article) and each.text]
    return [
        name
        for name in HINTED
        if articles
        and sum(not getattr(each, name) for each in articles) > len(articles) / 2
    ]


def _read(pages: list[Page]) -> list[Article | ExtractionError]:
    with ReaderPool() as pool:
        return [result for _, result in pool.read_all(pages)]
