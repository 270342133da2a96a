"""Addresses of articles, told by themselves."""

from __future__ import annotations

import pytest

from scraper.discovery.links import is_article_address


@pytest.mark.parametrize(
    "path",
    [
        "/thoi-su/gia-vang-tang-20250711113444917.htm",
        "/gia-vang-tang-manh-trong-phien-sang.html",
        "/kinh-te/gia-vang-4767542.html",
        "/2025/07/11/gold-rises/",
        "/gia-vang-post1234567.vnp",
    ],
)
def test_a_headline_a_time_or_a_number_makes_an_article(path: str) -> None:
    assert is_article_address(f"https://bao.example{path}")


@pytest.mark.parametrize(
    "path",
    ["/", "/kinh-te", "/thoi-su-472ct0.htm", "/2025/07/11/", "/trang-2", "/anh.htm"],
)
def test_sections_days_and_pages_are_none(path: str) -> None:
    assert not is_article_address(f"https://bao.example{path}")
