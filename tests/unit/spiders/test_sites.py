"""What the spiders say of their sites; the addresses are made up in the forms reported."""

from __future__ import annotations

import pytest

from scraper.cli.sites import render_sites
from scraper.crawling.run import load_spider
from scraper.crawling.spiders import list_sites

ARTICLES = {
    "vietnamplus": ("/gia-vang-tang-post1012345.vnp", "/1012345.vnp"),
    "nhandan": ("/gia-vang-tang-post812345.html",),
    "tienphong": ("/gia-vang-tang-post1712345.tpo",),
    "lecourrier": ("/le-prix-de-l-or/1234567.html",),
    "vnexpress": ("/gia-vang-tang-4712345.html",),
    "tuoitre": ("/gia-vang-tang-20251125101500123.htm",),
    "thanhnien": ("/gia-vang-tang-18525112510150012.htm",),
    "dantri": ("/kinh-doanh/gia-vang-tang-20251125101500123.htm",),
    "vietnamnet": ("/gia-vang-tang-2412345.html",),
    "znews": ("/gia-vang-tang-post1512345.html",),
}
TTXVN = {
    "baotintuc",
    "bnews",
    "dantocmiennui",
    "happyvietnam",
    "lecourrier",
    "sachthongtan",
    "thethaovanhoa",
    "vietnamlawmagazine",
    "vietnamnews",
    "vietnampictorial",
    "vietnamplus",
    "vnanet",
}


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_the_reported_forms_are_articles_and_sections_are_none(name: str) -> None:
    portal = load_spider(name)().portal
    for path in ARTICLES[name]:
        assert portal.is_article(portal.base + path)
    for path in ("/", "/kinh-te", "/kinh-te-p2", "/kinh-te/trang2.html"):
        assert not portal.is_article(portal.base + path)


def test_every_site_says_what_was_checked() -> None:
    found = {each.spider: each for each in list_sites()}
    assert TTXVN | ARTICLES.keys() | {"news"} == found.keys()
    assert all(each.title and each.family for each in found.values())
    live = [each.checked for each in found.values() if each.spider != "news"]
    assert all("not verified against the live site" in said for said in live)


def test_the_table_in_the_docs_is_current(project) -> None:
    assert (project / "docs" / "sites.md").read_text("utf-8") == render_sites()
