"""What machines read: feeds, sitemaps, robots.txt."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from scraper.demo.markup import escape
from scraper.demo.pages.furniture import image_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scraper.demo.sections import Section
    from scraper.demo.story import Headline

FEED_LENGTH = 50
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
SITEMAP_START = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP}>\n'
SITEMAP_END = "</urlset>\n"


def rss(title: str, link: str, items: Iterable[Headline], base: str) -> str:
    """Return an RSS 2.0 feed, times with +0700."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{escape(title)} | baotintuc.vn</title>
<link>{link}</link>
<description>{escape(title)}</description>
<language>vi</language>
<generator>baotintuc.vn</generator>
{"".join(_item(item, base) for item in items)}</channel>
</rss>
"""


def _item(item: Headline, base: str) -> str:
    link = base + item.path
    return f"""<item>
<title>{escape(item.title)}</title>
<link>{link}</link>
<guid isPermaLink="true">{link}</guid>
<description><![CDATA[<a href="{link}"><img src="{image_of(item, 260)}" /></a></br>{escape(item.lead)}]]></description>
<pubDate>{format_datetime(item.published)}</pubDate>
</item>
"""


def rss_index(tops: Iterable[Section]) -> str:
    """Return the list of feeds as the page ``/rss.htm`` shows it."""
    rows = "".join(
        f'<li><a href="/{top.slug}.rss">{top.name}</a> '
        f'<a href="/rss/{top.slug}-{top.id}.rss">RSS</a></li>\n'
        for top in tops
    )
    return f'<ul class="list-rss">\n<li><a href="/tin-moi-nhat.rss">Tin mới nhất</a></li>\n{rows}</ul>'


def sitemap_index(months: Iterable[tuple[str, datetime]], base: str) -> str:
    """Return the index of (``2025-07``, newest time) *months*."""
    rows = "".join(
        f"<sitemap><loc>{base}/sitemaps/news-{month}.xml</loc>"
        f"<lastmod>{newest.isoformat()}</lastmod></sitemap>\n"
        for month, newest in months
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_SITEMAP}>\n{rows}</sitemapindex>\n'


def sitemap(items: Iterable[Headline], base: str) -> str:
    rows = "".join(sitemap_row(item, base, item.published) for item in items)
    return SITEMAP_START + rows + SITEMAP_END


def sitemap_row(item: Headline, base: str, lastmod: datetime) -> str:
    return (
        f"<url><loc>{base}{item.path}</loc><lastmod>{lastmod.isoformat()}"
        "</lastmod><changefreq>never</changefreq></url>\n"
    )


def robots(base: str) -> str:
    return f"""User-agent: *
Disallow: /tim-kiem/
Disallow: /Comment.aspx
Allow: /
Sitemap: {base}/sitemap.xml
"""
