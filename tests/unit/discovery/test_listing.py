from __future__ import annotations

import pytest

from scraper.discovery import LinkKind, parse_listing
from scraper.errors import DiscoveryError
from tests.fuzz.test_long_runs import assert_in_proportion

URL = "https://bao.example/"


def kinds(html: str, url: str = URL) -> dict[str, LinkKind]:
    links = parse_listing(f"<html><body>{html}</body></html>".encode(), url=url)
    return {link.url.removeprefix("https://bao.example"): link.kind for link in links}


def test_a_headline_leads_to_an_article_and_a_short_name_to_a_listing() -> None:
    found = kinds(
        '<a href="/kinh-te">Kinh tế</a>'
        '<a href="/a.asp?id=1">Giá vàng hôm nay tăng mạnh</a>'
        '<a href="/gia-vang-hom-nay-4712345.html"><img src="a.jpg"></a>'
        '<a href="/khoa-hoc-cong-nghe/?p=2">Trang trước</a>'
    )
    assert found == {
        "/kinh-te": LinkKind.LISTING,
        "/a.asp?id=1": LinkKind.ARTICLE,
        "/gia-vang-hom-nay-4712345.html": LinkKind.ARTICLE,
        "/khoa-hoc-cong-nghe/?p=2": LinkKind.LISTING,
    }


@pytest.mark.parametrize(
    "chrome",
    [
        "<nav>{}</nav>",
        '<div class="main-menu">{}</div>',
        "<footer>{}</footer>",
        '<div id="site-footer">{}</div>',
    ],
)
def test_a_headline_in_the_chrome_is_no_article_by_its_words(chrome) -> None:
    link = '<a href="/bao-mat">Chính sách bảo mật thông tin</a>'
    short = '<a href="/kinh-te">Kinh tế</a><a href="/van-hoa">Văn hóa</a>'
    assert kinds(short + link)["/bao-mat"] is LinkKind.ARTICLE
    assert kinds(chrome.format(short + link))["/bao-mat"] is LinkKind.OTHER


def test_a_box_of_headlines_is_no_menu_by_its_name() -> None:
    links = "".join(
        f'<a href="/bai-{n}">Giá vàng hôm nay lại tăng {n}</a>' for n in "ab"
    )
    assert set(kinds(f'<div class="menu">{links}</div>').values()) == {LinkKind.ARTICLE}


def test_menus_in_one_another_are_read_in_proportion() -> None:
    def read(share: int) -> None:
        links = "<a href=/b.htm>một hai ba bốn năm sáu</a>" * (8_000 // share)
        parse_listing(("<nav>" * (1_900 // share) + links).encode(), url=URL)

    assert_in_proportion(read)


def test_of_menus_in_one_another_every_link_is_in_one() -> None:
    inner = "<ul class=menu><li><a href=/b>Một bài dài hơn năm chữ đó</a></ul>"
    body = f"<nav><a href=/a>Một</a><a href=/c>Hai</a><div>{inner}</div></nav>"
    assert {link.kind for link in parse_listing(body.encode(), url=URL)} == {
        LinkKind.LISTING,
        LinkKind.OTHER,
    }


def test_the_next_page_and_feeds_are_told() -> None:
    found = kinds(
        '<a href="/kinh-te/trang-2">Tiếp</a><a href="/rss/kinh-te.rss">Nguồn tin</a>'
    )
    assert found == {
        "/kinh-te/trang-2": LinkKind.NEXT,
        "/rss/kinh-te.rss": LinkKind.FEED,
    }


@pytest.mark.parametrize(
    "href", ["/anh.jpg", "/bao-cao.pdf", "https://facebook.example/bao", "/a.xml"]
)
def test_what_is_no_page_of_the_site_is_left_out(href) -> None:
    assert kinds(f'<a href="{href}">Báo cáo của ngành năm nay</a>') == {}


@pytest.mark.parametrize("path", ["/dang-nhap", "/tim-kiem.html", "/search?q=a"])
def test_forms_and_searches_are_no_listings(path) -> None:
    assert kinds(f'<a href="{path}">Tìm</a>') == {path: LinkKind.OTHER}


def test_what_is_no_html_is_refused() -> None:
    with pytest.raises(DiscoveryError):
        parse_listing(b"%PDF-1.7 " + bytes(range(256)), url=URL)
