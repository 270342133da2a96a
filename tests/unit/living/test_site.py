"""Every event shows at its moment, and not before."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from html import unescape

import feedparser
import pytest
from lxml import etree, html

from tests.unit.demo.test_feeds import LOC
from tests.unit.demo.test_site import ITEMS
from tests.unit.living.conftest import BASE, START, Asked
from worlds.living import Kind

SECOND = timedelta(seconds=1)
NEWEST = "/tin-moi-nhat.rss"
MAP = "/sitemaps/news-2026-03.xml"


def of(world, kind):
    return [event for event in world.events() if event.kind is kind]


def links(asked, path, at):
    return html.fromstring(asked.text(path, at)).xpath(ITEMS)


def feed(asked, path, at):
    parsed = feedparser.parse(asked.text(path, at).encode())
    assert not parsed.bozo
    return [entry.link for entry in parsed.entries]


def sitemap(asked, at, path=MAP):
    """Return the lastmods of a map by their addresses."""
    tree = etree.fromstring(asked.text(path, at).encode())
    times = tree.xpath("//*[local-name()='lastmod']/text()")
    return dict(zip(tree.xpath(LOC), times, strict=True))


def listed_anywhere(asked, address, at):
    """Tell in which lists the article at *address* is, of those its section has."""
    (n,) = {asked.world.locate(address)}
    asked.site.set_time(at)
    section = asked.site.portal.section_of(n)
    top = asked.site.portal.sections.by_id[section.top]
    day = f"/{top.slug}/d{asked.world.times[n]:%d-%m-%Y}.htm"
    path = address.removeprefix(BASE)
    return {
        "section": path in links(asked, top.path, at),
        "day": path in links(asked, day, at),
        "feed": address in feed(asked, f"/{top.slug}.rss", at),
        "map": address in sitemap(asked, at),
    }


def test_an_article_is_404_before_its_publication_and_in_every_list_after(asked):
    for n in (0, 1, 500, 2000):
        path, time = asked.world.headline(n).path, asked.world.times[n]
        assert asked.get(path, time - SECOND).status == 404
        assert asked.get(path, time).status == 200
        assert path in links(asked, "/", time)
        assert feed(asked, NEWEST, time)[0] == BASE + path
        assert all(listed_anywhere(asked, BASE + path, time).values())
        assert BASE + path not in feed(asked, NEWEST, time - SECOND)
        if n:
            assert BASE + path not in sitemap(asked, time - SECOND)


@pytest.mark.parametrize(
    "path",
    ["/khong-co-post1.html", "/a-post999999999.html", "/a/b-20990101000000000.htm"],
)
def test_an_address_of_no_article_is_404(asked, path):
    assert asked.world.locate(path) is None
    assert asked.get(path, asked.world.end).status == 404


def test_a_portal_on_which_nothing_is_published_yet_still_answers(asked):
    for path in ("/", "/the-gioi-130ct0.htm", NEWEST, "/sitemap.xml"):
        assert asked.get(path, START - SECOND).status == 200
    assert asked.get(MAP, START - SECOND).status == 404


def test_pages_of_a_section_reach_every_article_once(asked_short):
    at = START + timedelta(hours=40)
    path, found = "/the-gioi-130ct0.htm", []
    while path:
        tree = html.fromstring(asked_short.text(path, at))
        found += tree.xpath(ITEMS)
        following = tree.xpath("//ul[@class='list-pagination']//a[text()='Tiếp']/@href")
        path = following[0] if following else None
    view = asked_short.site.portal
    own = [n for n in view.newest() if view.section_of(n).top == 130]
    assert found == [view.headline(n).path for n in own]


def test_an_edit_shows_from_its_moment(asked_short):
    for edit in of(asked_short.world, Kind.EDIT):
        old, new = (
            dict.fromkeys(b[1] for b in asked_short.world.truth(edit.n, at).blocks)
            for at in (edit.time - SECOND, edit.time)
        )
        added = [text for text in new if text not in old]
        before = shown(asked_short, edit.address, edit.time - SECOND)
        after = shown(asked_short, edit.address, edit.time)
        assert added
        assert all(text in after for text in map(squeezed, added))
        assert not any(text in before for text in map(squeezed, added))
        assert (edit.time.isoformat() in after) == edit.stated


def shown(asked, address, at):
    """Return the page at *address* composed, without tags and spaces."""
    page = unicodedata.normalize("NFC", unescape(asked.text(address, at)))
    return squeezed(re.sub(r"</?(?:p|a|em|br|strong|td|tr)\b[^>]*>", "", page))


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_announced_edits_and_only_they_are_in_the_sitemap(asked_short):
    for edit in of(asked_short.world, Kind.EDIT):
        before = sitemap(asked_short, edit.time - SECOND)[edit.address]
        after = sitemap(asked_short, edit.time)[edit.address]
        assert after == (edit.time.isoformat() if edit.announced else before)


def test_the_index_of_sitemaps_gives_the_newest_time_of_each_map(asked):
    for at in [e.time for e in of(asked.world, Kind.EDIT)[::200]] + [asked.world.end]:
        for address, lastmod in sitemap(asked, at, "/sitemap.xml").items():
            assert lastmod == max(sitemap(asked, at, address).values())


def test_a_page_is_the_same_after_any_way_through_time(asked, month):
    at, paths = START + timedelta(days=12, hours=15), (MAP, "/")
    asked.text("/", at + timedelta(days=2))
    here = [asked.text(path, at) for path in paths]
    for days in (9, -3):
        asked.text(MAP, at + timedelta(days=days))
    assert here == [asked.text(path, at) for path in paths]
    another = Asked(month)
    assert here == [another.text(path, at) for path in paths]


@pytest.mark.slow
def test_what_is_taken_down_answers_its_status_and_is_in_no_list(asked):
    for event in of(asked.world, Kind.TAKEDOWN)[::2]:
        before, after = event.time - SECOND, event.time
        assert asked.get(event.address, before).status == 200
        assert asked.get(event.address, after).status == int(event.detail)
        assert asked.get(event.address, asked.world.end).status == int(event.detail)
        assert listed_anywhere(asked, event.address, before)["map"]
        assert not any(listed_anywhere(asked, event.address, after).values())


@pytest.mark.slow
def test_what_moves_redirects_and_is_listed_under_its_new_address(asked):
    for event in of(asked.world, Kind.MOVE)[::3]:
        old, new = event.address, event.detail
        before, after = event.time - SECOND, event.time
        assert asked.get(old, before).status == 200
        assert asked.get(new, before).status == 404
        reply = asked.get(old, after)
        assert (reply.status, reply.headers["Location"]) == (301, new)
        assert asked.get(new, after).status == 200
        assert sitemap(asked, after)[new] == event.time.isoformat()
        assert not any(listed_anywhere(asked, old, after).values())


def test_the_newest_feed_dies_and_no_other(asked):
    (event,) = of(asked.world, Kind.FEED_DEATH)
    assert event.address == BASE + NEWEST
    assert asked.get(NEWEST, event.time - SECOND).status == 200
    for at in (event.time, asked.world.end):
        assert asked.get(NEWEST, at).status == 404
        assert asked.get("/thoi-su.rss", at).status == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/suc-khoe-564ct0.htm", "/y-te-564ct0.htm"),
        ("/suc-khoe-564ct0/trang-2.htm", "/y-te-564ct0/trang-2.htm"),
        ("/suc-khoe/d10-03-2026.htm", "/y-te/d10-03-2026.htm"),
        ("/suc-khoe.rss", "/y-te.rss"),
        ("/rss/suc-khoe-564.rss", "/rss/y-te-564.rss"),
    ],
)
def test_a_renamed_section_redirects_to_its_new_address(asked, old, new):
    (event,) = of(asked.world, Kind.RENAME)
    assert asked.get(old, event.time - SECOND).status == 200
    assert asked.get(new, event.time - SECOND).status == 404
    reply = asked.get(old, event.time)
    assert (reply.status, reply.headers["Location"]) == (301, BASE + new)
    assert asked.get(new, event.time).status == 200


def test_the_menu_names_the_section_as_it_is_called(asked):
    (event,) = of(asked.world, Kind.RENAME)
    old, new = (path.removeprefix(BASE) for path in (event.address, event.detail))
    article = asked.world.headline(100).path
    for path in ("/", "/the-gioi-130ct0.htm", article, "/rss.htm"):
        assert f'href="{new}"' not in asked.text(path, event.time - SECOND)
        assert f'href="{old}"' not in asked.text(path, event.time)
    assert f'href="{new}"' in asked.text("/", event.time)


def test_articles_of_a_renamed_section_keep_their_addresses(asked):
    (event,) = of(asked.world, Kind.RENAME)
    moved = {e.n for e in asked.world.events()}
    for n in range(0, asked.world.count(event.time), 3):
        head = asked.world.headline(n)
        if head.section.id == 564 and n not in moved:
            assert asked.get(head.path, asked.world.end).status == 200


def test_old_and_new_articles_wear_the_new_template_after_the_redesign(asked):
    (event,) = of(asked.world, Kind.REDESIGN)
    names = ("detail-title", "article__title", "sapo", "cms-body", "boxdetail")
    for n in (0, 1, asked.world.count(event.time) - 1):
        path = asked.world.headline(n).path
        before = asked.text(path, event.time - SECOND)
        after = asked.text(path, event.time)
        assert any(f'class="{name}' in before for name in names)
        assert not any(name in after for name in names)
        assert 'class="v3-prose"' in after


def test_every_address_is_503_in_the_outage(asked):
    (event,) = of(asked.world, Kind.OUTAGE)
    article = asked.world.headline(0).path
    for path in ("/", article, NEWEST, MAP, "/robots.txt", "/khong-co.htm"):
        for at in (event.time, event.until - SECOND):
            assert asked.get(path, at).status == 503
        for at in (event.time - SECOND, event.until):
            assert asked.get(path, at).status != 503


def test_every_link_of_a_world_leads_somewhere(asked):
    at = START + timedelta(days=22, hours=10)
    starts = ["/", "/rss.htm", "/video.htm", "/anh.htm", "/y-te-564ct0.htm"]
    starts += [asked.world.headline(n).path for n in (0, 1, 8000)]
    found = {
        link
        for start in starts
        for link in html.fromstring(asked.text(start, at)).xpath("//a/@href")
        if link.startswith("/") and link != NEWEST
    }
    assert len(found) > 150
    broken = [a for a in found if asked.get(a, at).status not in {200, 301, 410}]
    assert not broken
