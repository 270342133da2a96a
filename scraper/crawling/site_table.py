"""What the spiders state of their sites, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.spiderloader import get_spider_loader

from scraper.crawling.run import RunOptions, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


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
