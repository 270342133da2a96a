"""Feeds, sitemaps and robots.txt of the park's sites."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from worlds.park.stories import Story

NEWEST = 20
"""Articles of a feed."""
Listed = tuple["Story", str]


def feed(site: str, stories: Iterable[Listed], encoding: str = "utf-8") -> bytes:
    """Return an RSS feed; with utf-16 it is little-endian and begins with a mark."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{escape(url)}</link>"
        f"<description>{escape(story.lead)}</description>"
        f"<pubDate>{format_datetime(story.published)}</pubDate></item>"
        for story, url in stories
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>'
        f"<title>{escape(site)}</title>{items}</channel></rss>"
    )
    return (
        b"\xff\xfe" + text.encode("utf-16-le")
        if encoding == "utf-16"
        else text.encode()
    )


def sitemap(entries: Iterable[tuple[str, datetime | None]]) -> bytes:
    rows = "".join(
        f"<url><loc>{escape(url)}</loc>"
        + (f"<lastmod>{when.isoformat()}</lastmod>" if when else "")
        + "</url>"
        for url, when in entries
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><urlset xmlns="{space}">{rows}</urlset>'.encode()


def news_sitemap(site: str, stories: Iterable[Listed]) -> bytes:
    rows = "".join(
        f"<url><loc>{escape(url)}</loc><news:news><news:publication>"
        f"<news:name>{escape(site)}</news:name></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.title)}</news:title></news:news></url>"
        for story, url in stories
    )
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    ).encode()


def index(parts: Iterable[str]) -> bytes:
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in parts)
    return f'<?xml version="1.0"?><sitemapindex>{rows}</sitemapindex>'.encode()
