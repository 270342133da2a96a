"""Any news site: ``scrapy crawl news -a site=https://example.com``."""

from __future__ import annotations

from urllib.parse import urlsplit

from scraper.crawling.frontier import job_of
from scraper.crawling.scope import ARGUMENTS
from scraper.errors import ConfigurationError
from scraper.urls import NAMES_A_USER, has_user, hosts_of, is_http
from spiders.explored import ExploredSpider


class NewsSpider(ExploredSpider):
    """Explores the site in the argument ``site``, of which nothing is known."""

    name = "news"
    title = "any news site"
    family = "explored"
    checked = "against the sites of the test park"

    def __init__(
        self, name: str | None = None, site: str = "", **arguments: str
    ) -> None:
        """Raise ConfigurationError for a *site* that is not a URL."""
        if not site:
            unknown = next((each for each in arguments if each not in ARGUMENTS), "")
            why = f"unknown argument {unknown}; " if unknown else ""
            raise ConfigurationError(
                f"{why}news needs a site: write -a site=https://example.com"
            )
        url = site if "://" in site else f"https://{site}"
        if not is_http(url):
            raise ConfigurationError(
                f"site={site} is not a URL; write -a site=https://example.com"
            )
        if has_user(url):
            raise ConfigurationError(f"site={site} {NAMES_A_USER}")
        parts = urlsplit(url)
        self.home = f"{parts.scheme}://{parts.netloc}".lower()
        self.front = parts.path or "/"
        self.hosts = hosts_of(parts.hostname or "")
        super().__init__(name, **arguments)
        self.job = job_of(self.name, self.home)
