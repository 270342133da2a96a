"""What a front page and robots.txt tell of a site's sources."""

from __future__ import annotations

from scraper.discovery import LinkKind
from scraper.discovery.pages import (
    MOST_SECTIONS,
    FoundBy,
    candidates_of,
    feed_pages_of,
    feeds_listed,
)

HOME = "https://bao.example/"


def found(body: str, robots: str = "") -> dict[str, tuple[str, str]]:
    """Return kind and way of each candidate by its path; common ones are left out."""
    page = f"<html><head><title>Báo</title></head><body>{body}</body></html>"
    return {
        each.url.removeprefix(HOME): (each.kind.value, each.found_by.value)
        for each in candidates_of(page.encode(), robots.encode(), url=HOME)
        if each.found_by is not FoundBy.COMMON
    }


def test_robots_names_sitemaps() -> None:
    robots = "User-agent: *\nCrawl-delay: 3\nSitemap: /map.xml\n"
    assert found("", robots) == {"map.xml": ("sitemap", "robots.txt")}


def test_a_feed_is_declared_or_linked() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/tin.rss">'
    assert found(f'{head}<a href="/kinh-te.rss">Kinh tế</a>') == {
        "tin.rss": ("feed", "declared"),
        "kinh-te.rss": ("feed", "linked"),
    }


def test_a_page_that_lists_feeds_is_read_for_them() -> None:
    page = b'<html><body><a href="/rss.htm">RSS</a><a href="/a.rss">A</a></body></html>'
    assert feed_pages_of(page, url=HOME) == [f"{HOME}rss.htm"]
    assert [each.url for each in feeds_listed(page, url=HOME)] == [f"{HOME}a.rss"]


def test_what_is_linked_with_a_short_name_may_be_a_section() -> None:
    links = (
        '<a href="/kinh-te.htm">Kinh tế</a><a href="/">Trang chủ</a>'
        '<a href="/dang-nhap">Đăng nhập</a><a href="https://khac.example/a">Khác</a>'
        '<a href="/kinh-te/gia-vang-tang-manh-20250711113444917.htm">Giá vàng</a>'
        '<a href="/x.htm">Một cái tên rất dài không thể là chuyên mục</a>'
    )
    assert found(links) == {"kinh-te.htm": ("listing", "linked")}


def test_a_menu_of_thousands_ends() -> None:
    links = "".join(f'<a href="/muc-{n}">Mục</a>' for n in range(200))
    assert len(found(f"<nav>{links}</nav>")) == MOST_SECTIONS


def test_common_paths_are_tried_where_nothing_else_is_known() -> None:
    page = b"<html><body><p>x</p></body></html>"
    kinds = [each.kind for each in candidates_of(page, b"", url=HOME)]
    assert {LinkKind.FEED, LinkKind.SITEMAP} == set(kinds)
    robots = b"Sitemap: https://bao.example/map.xml"
    named = candidates_of(page, robots, url=HOME)
    assert [each.url for each in named if each.kind is LinkKind.SITEMAP] == [
        f"{HOME}map.xml"
    ]
