"""Any news site: ``scrapy crawl news -a site=https://example.com``."""

from __future__ import annotations

from urllib.parse import urlsplit

from scraper.crawling.frontier import job_of
from scraper.errors import ConfigurationError
from scraper.urls import is_http
from spiders.explored import ExploredSpider


class NewsSpider(ExploredSpider):
    """Explores the site that the argument ``site`` names; nothing is known of it."""

    name = "news"
    title = "any news site"
    family = "explored"
    checked = "against the sites of the test park"
    home = ""
    hosts = frozenset()

    def __init__(
        self, name: str | None = None, site: str = "", **arguments: str
    ) -> None:
        """Raise ConfigurationError for a *site* that is no address."""
        address = site if "://" in site or not site else f"https://{site}"
        if not is_http(address):
            raise ConfigurationError(
                f"site={site} is no address; write -a site=https://example.com"
            )
        parts = urlsplit(address)
        self.home = f"{parts.scheme}://{parts.netloc}".lower()
        self.front = parts.path or "/"
        bare = (parts.hostname or "").removeprefix("www.")
        self.hosts = frozenset({bare, f"www.{bare}"})
        super().__init__(name, **arguments)
        self.job = job_of(self.name, self.home)
