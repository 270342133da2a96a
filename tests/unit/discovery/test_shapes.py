from __future__ import annotations

import pytest

from scraper.discovery.links import shape_of

BASE = "https://bao.example"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/kinh-te/gia-vang-hom-nay-tang-4712345.html", "/w/*9.html"),
        ("/the-thao/chelsea-4700001.html", "/w/*9.html"),
        ("/khoa-hoc-cong-nghe/sao-hoa-4712345.html", "/w/*9.html"),
        ("/2026/11/gia-vang-hom-nay-tang", "/Y/9/s"),
        ("/lich/2031/05/", "/w/Y/9"),
        ("/kinh-te/", "/w"),
        ("/thoi-su-472ct0.htm", "/s.htm"),
        ("/comment-le-phare-a-change/683.html", "/w/9.html"),
        ("/138-personnes-pour-le-phare/683.html", "/w/9.html"),
        ("/kinh-te/trang-2.html", "/w/w9.html"),
        ("/tin.asp?id=7&cat=2", "/w.asp?cat&id"),
        ("/kinh-te.html?p=", "/w.html?p"),
        ("/", "/"),
    ],
)
def test_addresses_of_one_kind_have_one_shape(path, shape) -> None:
    assert shape_of(BASE + path) == shape


def test_what_is_escaped_has_the_shape_of_what_is_not() -> None:
    assert shape_of(f"{BASE}/t%E1%BA%BF/a") == shape_of(f"{BASE}/tế/a")
