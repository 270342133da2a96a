from __future__ import annotations

from datetime import date
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from lxml import etree

from scraper.demo import Portal
from scraper.demo.lexicon import SECTIONS, TOP
from scraper.demo.site import Site
from tests.unit.demo.conftest import NOW
from tests.unit.demo.kit import page_of, tree_of

LOC = "//*[local-name()='loc']/text()"


def feed(site, path):
    parsed = feedparser.parse(page_of(site, path).encode())
    assert not parsed.bozo
    return parsed.entries


def test_the_newest_feed_has_the_newest_articles(portal, site):
    entries = feed(site, "/tin-moi-nhat.rss")
    assert [e.link for e in entries] == [portal.truth(n).url for n in range(50)]
    assert entries[0].title == portal.truth(0).title
    published = parsedate_to_datetime(entries[0].published)
    assert published.isoformat() == portal.truth(0).published_at


@pytest.mark.parametrize("form", ["/{slug}.rss", "/rss/{slug}-{id}.rss"])
def test_every_section_has_a_feed(portal, site, form):
    for section in SECTIONS.values():
        entries = feed(site, form.format(slug=section.slug, id=section.id))
        heads = portal.listed(section, 0, 50)
        assert [e.link for e in entries] == [portal.base + head.path for head in heads]


def test_the_index_links_the_feeds(site):
    links = tree_of(site, "/rss.htm").xpath("//ul[@class='list-rss']//a/@href")
    assert "/tin-moi-nhat.rss" in links
    assert {f"/rss/{top.slug}-{top.id}.rss" for top in TOP} < set(links)


def test_one_feed_answers_html(site):
    answer = site.answer("/rss/kinh-te.rss")
    assert answer.content_type.startswith("text/html")
    assert feedparser.parse(page_of(site, "/rss/kinh-te.rss").encode()).entries == []


def test_sitemaps_list_every_article_once(portal, site):
    largest = Portal(9_000, seed=3, base="http://127.0.0.1:1", now=NOW)
    wide = Site(largest)
    index = etree.fromstring(page_of(wide, "/sitemap.xml").encode()).xpath(LOC)
    assert len(index) == 3
    found = [
        loc
        for month in index
        for loc in etree.fromstring(
            page_of(wide, month.removeprefix(largest.base)).encode()
        ).xpath(LOC)
    ]
    assert found == [largest.base + largest.headline(n).path for n in range(9_000)]


def test_months_of_a_sitemap_are_those_of_publication(site, portal):
    page = page_of(site, "/sitemaps/news-2026-03.xml")
    march = portal.between(NOW.replace(day=1, hour=0), NOW.replace(month=4))
    assert page.count("<loc>") == len(march)
    assert portal.on_day(date(2026, 4, 1)) == range(0)


def test_robots_names_the_sitemap_and_forbids_something(site, portal):
    lines = page_of(site, "/robots.txt").splitlines()
    assert f"Sitemap: {portal.base}/sitemap.xml" in lines
    assert any(line.startswith("Disallow: /") for line in lines)
