"""Parse feeds, sitemaps and section pages into links with a kind and a time.

The names below are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.discovery.feeds import parse_feed, parse_sitemap
    from scraper.discovery.links import Link, LinkKind
    from scraper.discovery.pages import feeds_of, next_page, parse_links, parse_listing

__all__ = [
    "Link",
    "LinkKind",
    "feeds_of",
    "next_page",
    "parse_feed",
    "parse_links",
    "parse_listing",
    "parse_sitemap",
]

_HOMES = {
    "Link": "scraper.discovery.links",
    "LinkKind": "scraper.discovery.links",
    "feeds_of": "scraper.discovery.pages",
    "next_page": "scraper.discovery.pages",
    "parse_feed": "scraper.discovery.feeds",
    "parse_links": "scraper.discovery.pages",
    "parse_listing": "scraper.discovery.pages",
    "parse_sitemap": "scraper.discovery.feeds",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
