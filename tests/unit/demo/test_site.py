from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from scraper.demo import Portal
from scraper.demo.lexicon import TOP
from scraper.demo.site import Site
from tests.unit.demo.conftest import NOW
from tests.unit.demo.kit import page_of, text_of, tree_of, visible

ITEMS = "//ul[@class='list-newsest']/li[@class='item']//a[@class='title']/@href"


def pages_from(site, path):
    """Yield the listing at *path* and those that its link "Tiếp" leads to."""
    for _ in range(100):
        tree = tree_of(site, path)
        yield tree
        following = tree.xpath("//ul[@class='list-pagination']//a[text()='Tiếp']/@href")
        if not following:
            return
        (path,) = following


def test_pagination_reaches_every_article_exactly_once(portal, site):
    reached = [
        link
        for top in TOP
        for tree in pages_from(site, top.path)
        for link in tree.xpath(ITEMS)
    ]
    assert sorted(reached) == sorted(
        portal.headline(n).path for n in range(len(portal))
    )


def test_a_page_of_a_section_has_twenty_items_with_title_and_lead(portal, site):
    tree = tree_of(site, "/thoi-su-472ct0.htm")
    heads = portal.listed(TOP[0], 0, 20)
    assert tree.xpath(ITEMS) == [head.path for head in heads]
    leads = tree.xpath("//ul[@class='list-newsest']//p[@class='des']")
    assert [text_of(lead) for lead in leads] == [head.lead for head in heads]


def test_the_focus_of_a_section_stands_above_its_items(site):
    tree = tree_of(site, "/the-gioi-130ct0.htm")
    assert len(tree.xpath("//div[@id='plhMain_ctl00_divFocus']//h2")) == 1
    assert len(tree.xpath("//ul[@class='list-ul']/li[@class='item']")) == 3


def test_a_day_archive_lists_its_articles_of_the_section(portal, site):
    tree = tree_of(site, "/the-gioi/d01-03-2026.htm")
    days = {link[-21:-13] for link in tree.xpath(ITEMS) if link.endswith(".htm")}
    assert days == {"20260301"}
    assert tree.xpath(ITEMS) == tree_of(site, "/the-gioi-130ct0/d01-03-2026.htm").xpath(
        ITEMS
    )


def test_days_hold_every_article_of_every_section_once(portal, site):
    listed = [
        link
        for top in TOP
        for day in ("02-03-2026", "01-03-2026")
        for link in tree_of(site, f"/{top.slug}/d{day}.htm").xpath(ITEMS)
    ]
    assert len(listed) == len(set(listed)) == len(portal)


def test_the_home_page_lists_the_newest(portal, site):
    assert tree_of(site, "/").xpath(ITEMS) == [
        portal.headline(n).path for n in range(40)
    ]
    assert page_of(site, "/?removecookie=true") == page_of(site, "/")


def test_photo_stories_have_a_page_of_their_own(portal, site):
    links = tree_of(site, "/anh.htm").xpath(ITEMS)
    assert links
    assert all("/anh/" in link or "-post" in link for link in links)


def test_a_tag_lists_articles_that_carry_it(portal, site):
    for tag in portal.headline(0).tags[:1]:
        links = tree_of(site, f"/tags/{tag.lower().replace(' ', '+')}.htm").xpath(ITEMS)
        assert portal.headline(0).path in links
        for link in links:
            assert tag in portal.headline(portal.find(link)).tags


def test_every_link_of_every_kind_of_page_is_answered(portal, site):
    starts = ["/", "/rss.htm", "/video.htm", "/anh.htm", "/the-gioi-130ct0.htm"]
    starts += [portal.headline(n).path for n in (0, 1, 249)]
    links = {
        link
        for start in starts
        for link in tree_of(site, start).xpath("//a/@href")
        if link.startswith("/")
    }
    assert len(links) > 150
    broken = [
        link for link in links if site.answer(quote(link, safe="/?=+")).status != 200
    ]
    assert not broken


def test_the_menu_links_every_section(portal, site):
    menu = set(
        tree_of(site, portal.headline(0).path).xpath("//div[@id='menu']//a/@href")
    )
    assert {top.path for top in TOP} < menu
    assert len(menu) > 55


def test_twenty_advertorials_are_linked_and_none_is_an_article(portal, site):
    links = tree_of(site, "/").xpath("//div[@class='content_bottom']//a/@href")
    adverts = {a for a in links if a.startswith("/doanh-nghiep-san-pham-dich-vu/")}
    assert len(adverts) == 20
    assert not any(portal.find(link) for link in adverts)
    assert "detail-title" in page_of(site, min(adverts))


def test_videos_and_topics_are_served(site):
    links = tree_of(site, "/video.htm").xpath("//a/@href")
    film = next(a for a in links if re.fullmatch(r"/video/.+-v\d{17}\.htm", a))
    assert "<video" in page_of(site, film)
    topic = next(a for a in links if re.fullmatch(r"/dong-su-kien/.+-e\d+\.htm", a))
    assert tree_of(site, topic).xpath(ITEMS)


def test_the_print_version_is_linked_nofollow_and_holds_the_text(portal, site):
    head = portal.headline(0)
    (link,) = set(tree_of(site, head.path).xpath("//a[contains(@href,'-n2026')]/@href"))
    rel = tree_of(site, head.path).xpath(f"//a[@href='{link}']/@rel")
    assert set(rel) == {"nofollow"}
    assert portal.truth(0).blocks[-1][1] in visible(tree_of(site, link))


@pytest.mark.parametrize(
    "path",
    [
        "/khong-co-578ct0.htm",
        "/the-gioi-130ct1.htm",
        "/the-gioi-130ct0/trang-0.htm",
        "/the-gioi-130ct0/trang-99.htm",
        "/the-gioi/d31-02-2026.htm",
        "/khong-co/d01-02-2026.htm",
        "/khong-co.rss",
        "/rss/the-gioi-131.rss",
        "/sitemaps/news-2020-01.xml",
        "/dong-su-kien/khong-co-e1.htm",
        "/tags/khong+co.htm",
        "/khong-co-n20260301000000000.htm",
        "/video/khong-co-v20260301000000000.htm",
        "/Details.aspx",
    ],
)
def test_an_unknown_address_is_not_found(site, path):
    assert site.answer(path).status == 404


def test_an_empty_portal_still_serves_its_pages():
    empty = Site(Portal(0, now=NOW))
    for path in ("/", "/the-gioi-130ct0.htm", "/tin-moi-nhat.rss", "/sitemap.xml"):
        assert empty.answer(path).status == 200
