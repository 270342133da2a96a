"""Bytes of a feed, sitemap or section page to links with a kind and a time."""

from __future__ import annotations

from scraper.discovery.feeds import parse_feed
from scraper.discovery.links import Link, LinkKind
from scraper.discovery.listing import parse_listing
from scraper.discovery.pages import feeds_of, next_page, parse_links
from scraper.discovery.sitemaps import parse_sitemap

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
