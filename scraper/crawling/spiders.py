"""What the spiders state: hints by host, the sites they know, their source files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Hint, Page


_STATED = re.compile(r"^[ \t]++hints\b[^=\n]*+=(?! *+\(\))", re.MULTILINE)


def hinted(page: Page) -> Page:
    """Return *page* with the hints that a spider states for its host, if any does."""
    host = urlsplit(page.url).hostname
    hints = _known_hints().get(host, ()) if host else ()
    return replace(page, hints=hints) if hints else page


@cache
def _known_hints() -> dict[str, tuple[Hint, ...]]:
    """Return the hints of all spiders by host.

    Loading the spiders takes a second; it is skipped if no file states hints.
    """
    if not any(map(_STATED.search, spider_sources())):
        return {}
    from scraper.crawling.run import load_hints

    return load_hints()


def spider_sources() -> Iterator[str]:
    """Yield the source of each spider, ours and the user's, without importing it."""
    for folder in import_module("spiders").__path__:
        for file in Path(folder).glob("*.py"):
            yield file.read_text("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site and its spider.

    *family* names sites of the same make. *sources* names the known feeds, sections and
    sitemaps, *addresses* is a regular expression for the paths of articles; both are ""
    if the crawl finds out. *checked* says against what all this was verified.
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
    from scraper.crawling.run import iter_spiders

    spiders: list[Any] = sorted(iter_spiders(), key=attrgetter("name"))
    for spider in spiders:
        if hasattr(spider, "checked"):
            yield SiteRow(
                spider.name,
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
