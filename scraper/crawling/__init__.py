"""What runs on Scrapy: the crawl, its components, and the downloader."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Extension = TypeVar("Extension")

ALLOW_PRIVATE = "TINSACH_ALLOW_PRIVATE"
"""Setting and environment variable: if true, no address is refused as private."""
FEED_EXPORTERS = {"csv": "scraper.feeds.CsvFeed", "xml": "scraper.feeds.XmlFeed"}
"""Exporters of the feeds that Scrapy's own exporters cannot write."""


def extension_of(crawler: Crawler, kind: type[Extension]) -> Extension:
    """Return the extension of this *kind* in *crawler*; raises RuntimeError without one."""
    found = crawler.get_extension(kind)
    if found is None:
        raise RuntimeError(
            f"the extension {kind.__module__}.{kind.__name__} is missing"
        )
    return found
