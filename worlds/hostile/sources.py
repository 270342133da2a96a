"""Feeds, sitemaps and robots.txt without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worlds.hostile.make import Make, fill, numbered

if TYPE_CHECKING:
    from collections.abc import Callable


def _between(before: str, unit: str, after: str) -> Callable[[int], bytes]:
    return lambda size: f"{before}{numbered(unit, size)}{after}".encode()


def _feed(name: str, unit: str) -> Make:
    built = _between("<rss version='2.0'><channel>", unit, "</channel></rss>")
    return Make(f"feed-{name}", built, "feed")


def _sitemap(name: str, unit: str) -> Make:
    return Make(f"sitemap-{name}", _between("<urlset>", unit, "</urlset>"), "sitemap")


def _robots(name: str, unit: str) -> Make:
    return Make(f"robots-{name}", _between("User-agent: *\n", unit, "\n"), "robots")


_ITEM = "<item><title>{}</title><link>https://replica.example/b{{n}}.htm</link></item>"

MAKES = (
    _feed("items", _ITEM.format("a")),
    _feed("items-of-markup", _ITEM.format("&lt;b&gt;a")),
    _feed("titles", "<item>" + "<title>a{n}</title>" * 20 + "</item>"),
    _feed("one-item", "<category>a{n}</category>"),
    _feed("marks", "\u0301"),
    _feed("ampersands", "&a{n} "),
    _feed("comments", "<!-- {n} "),
    _feed("cdata", "<![CDATA[ {n} "),
    _feed("instructions", "<?a {n} "),
    _feed("broken", "<item><title>a{n}<link>"),
    Make(
        "feed-doctype",
        _between("<!DOCTYPE a [", '<!ENTITY a{n} "b">', "]><rss>"),
        "feed",
    ),
    Make(
        "feed-one-title",
        lambda size: (
            f"<rss><channel><item><title>{fill('a&amp;', size)}</title>"
            "<link>https://replica.example/b.htm</link></item></channel></rss>"
        ).encode(),
        "feed",
    ),
    _sitemap("entries", "<url><loc>https://replica.example/b{n}.htm</loc></url>"),
    _sitemap(
        "indexes", "<sitemap><loc>https://replica.example/s{n}.xml</loc></sitemap>"
    ),
    _sitemap("one-entry", "<loc>https://replica.example/b{n}.htm</loc>"),
    _sitemap("images", "<image:loc>a{n}</image:loc>"),
    _sitemap("empty", "<url>"),
    _sitemap("marks", "\u0301"),
    _sitemap("nested", "<url><loc>"),
    Make(
        "sitemap-lines",
        _between("", "https://replica.example/b{n}.htm\n", ""),
        "sitemap",
    ),
    _robots("rules", "Disallow: /a{n}\n"),
    _robots("stars", "Disallow: /*a{n}*b*c*d*e*f$\n"),
    _robots("one-rule", "*a"),
    _robots("sitemaps", "Sitemap: https://replica.example/s{n}.xml\n"),
    _robots("agents", "User-agent: a{n}\n"),
    _robots("line-ends", "\n"),
    Make(
        "robots-high-bytes", lambda size: b"Disallow: /\xe1\n" * (size // 13), "robots"
    ),
)
