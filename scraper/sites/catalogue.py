"""The sites that have a spider."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from scraper.crawling.run import iter_spiders

if TYPE_CHECKING:
    from collections.abc import Iterator


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
