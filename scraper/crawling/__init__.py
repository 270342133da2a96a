"""What runs on Scrapy: the crawl, its components, and the downloader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scraper.options import read

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ALLOW_PRIVATE = "TINSACH_ALLOW_PRIVATE"
"""Setting and environment variable: if true, no address is refused as private."""
MAX_REDIRECTS = 5
"""Redirects that a request follows."""
FEED_EXPORTERS = {"csv": "scraper.feeds.CsvFeed", "xml": "scraper.feeds.XmlFeed"}
"""Exporters of the feeds that Scrapy's own exporters cannot write."""


def header_of(response: Response, name: str) -> str:
    """Return the header *name* of *response* as text, "" if it has none."""
    return (response.headers.get(name) or b"").decode("latin-1")


class Component:
    """A component that Scrapy makes from a crawler."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return this extension of *crawler*; raises RuntimeError without one."""
        found = crawler.get_extension(cls)
        if found is None:
            raise RuntimeError(
                f"the extension {cls.__module__}.{cls.__name__} is missing"
            )
        return found

    def _setting(self, name: str) -> Any:  # noqa: ANN401  what its kind makes of it
        """Return the setting *name* of this project; ConfigurationError if invalid."""
        return read(name, self._crawler.settings.get(name))
