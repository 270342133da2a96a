"""What is true of baotintuc.vn."""

from __future__ import annotations

import pytest

from scraper.errors import ConfigurationError
from spiders.baotintuc import BaotintucSpider

HOME = "https://baotintuc.vn"


@pytest.fixture(scope="module")
def portal():
    return BaotintucSpider().portal


@pytest.mark.parametrize(
    "path",
    [
        "/an-ninh-trat-tu/khoi-to-14-doi-tuong-20250711113444917.htm",
        "/long-form/emagazine/bai-20250711113444917.htm",
        "/infographics/bai-20250711113444917.htm",
        "/anh/bai-20250711113444917.htm",
        "/khoi-to-14-doi-tuong-post123456.html",
    ],
)
def test_both_address_forms_are_articles(portal, path: str) -> None:
    assert portal.is_article(HOME + path)


@pytest.mark.parametrize(
    "path",
    [
        "/doanh-nghiep-san-pham-dich-vu/bai-20250711113444917.htm",
        "/video/bai-v20250711113444917.htm",
        "/khoi-to-n20250711113444917.htm",
        "/dong-su-kien/bai-e123.htm",
        "/tags/a+b.htm",
        "/thoi-su-472ct0.htm",
        "/rss.htm",
    ],
)
def test_advertorials_videos_prints_topics_and_tags_are_not(portal, path: str) -> None:
    assert not portal.is_article(HOME + path)


@pytest.mark.parametrize(
    ("path", "is_listing"),
    [
        ("/thoi-su-472ct0.htm", True),
        ("/an-ninh-trat-tu-476ct475/trang-12.htm", True),
        ("/thoi-su/d11-07-2025.htm", True),
        ("/thoi-su/bai-20250711113444917.htm", False),
    ],
)
def test_section_pages_are_told_by_their_path(path: str, is_listing: bool) -> None:
    assert bool(BaotintucSpider.section_path.search(path)) is is_listing


def test_a_wrong_argument_makes_no_spider() -> None:
    with pytest.raises(ConfigurationError, match="unknown section chinh-tri"):
        BaotintucSpider(section="chinh-tri")


def test_a_mirror_is_the_only_host_that_is_asked() -> None:
    spider = BaotintucSpider(portal="http://127.0.0.1:8000")
    assert spider.allowed_domains == ["127.0.0.1"]
    assert spider.portal.own_url(HOME + "/a.htm") == "http://127.0.0.1:8000/a.htm"
