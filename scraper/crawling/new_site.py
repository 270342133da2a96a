"""A site from its address to a spider: looked at, written down, and shown for checking."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper import clock
from scraper.crawling.discovering import discover
from scraper.crawling.fetch import fetch_page, fetch_pages
from scraper.crawling.run import load_spider
from scraper.crawling.spider_source import SiteFacts, is_name, name_of, spider_source
from scraper.errors import ConfigurationError, DiscoveryError, ExtractionError
from scraper.extraction.document import decode
from scraper.items import HINTED, Article
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.items import Page

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
