from __future__ import annotations

import pytest

from scraper.discovery.pages import follows, may_have_parts, parse_parts
from scraper.errors import DiscoveryError

BASE = "https://bao.example"
SECOND = [
    ("/kinh-te/gia-vang-4712345.html", "/kinh-te/gia-vang-4712345-p2.html"),
    ("/kinh-te/gia-vang-4712345.html", "/kinh-te/gia-vang-4712345.html?page=2"),
    ("/tin.asp?id=7", "/tin.asp?id=7&trang=2"),
    ("/2026/11/25/gia-vang/", "/2026/11/25/gia-vang/2/"),
    ("/gia-vang", "/gia-vang/trang-2"),
    ("/gia-vang", "/gia-vang/page/2"),
    ("/gia-vang/trang-2", "/gia-vang/trang-3"),
    ("/gia-vang?p=2", "/gia-vang?p=3"),
    ("/bai-viet-2", "/bai-viet-2?p=2"),
]
OTHER = [
    ("/gia-vang-4712345.html", "/gia-vang-4712346.html"),
    ("/gia-vang", "/gia-bac?p=2"),
    ("/gia-vang", "/gia-vang?p=3"),
    ("/gia-vang?p=2", "/gia-vang"),
    ("/tin.asp?id=7", "/tin.asp?id=8&trang=2"),
    ("/gia-vang", "/gia-vang-hom-nay-2.html"),
]


@pytest.mark.parametrize(("first", "second"), SECOND)
def test_the_next_part_has_the_address_of_the_article_and_a_number(
    first, second
) -> None:
    assert follows(BASE + first, BASE + second)
    page = f'<html><body><p>x</p><a href="{second}">Sau</a></body></html>'.encode()
    assert may_have_parts(page, BASE + first)
    (link,) = parse_parts(page, url=BASE + first)
    assert link.url == BASE + second


@pytest.mark.parametrize(("first", "other"), OTHER)
def test_another_article_is_no_part(first, other) -> None:
    assert not follows(BASE + first, BASE + other)
    page = f'<html><body><a rel="next" href="{other}">Tiếp</a></body></html>'.encode()
    assert parse_parts(page, url=BASE + first) == []


def test_another_host_is_no_part() -> None:
    assert not follows(f"{BASE}/gia-vang", "https://khac.example/gia-vang?p=2")


def test_most_pages_are_not_parsed() -> None:
    page = b'<a href="/gia-vang-4712345.html">x</a><i class="col-2">2</i>'
    assert not may_have_parts(page, f"{BASE}/gia-vang-4712345.html")
    assert may_have_parts(b'<a href="?page=2">2</a>', f"{BASE}/gia-vang")


def test_what_is_no_html_is_refused() -> None:
    with pytest.raises(DiscoveryError):
        parse_parts(b"%PDF-1.7 " + bytes(range(256)), url=BASE)
