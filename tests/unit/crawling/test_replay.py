"""Saved pages by address."""

from __future__ import annotations

import pytest

from scraper.crawling.replay import SavedPages
from scraper.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b"):
        head = f'<link rel="canonical" href="https://bao.vn/{name}.htm">'
        (tmp_path / f"{name}.html").write_text(head * 100, "utf-8")
    (tmp_path / "no-address.html").write_text("<p>x</p>", "utf-8")
    return tmp_path


def test_pages_are_found_by_any_spelling_of_their_address(folder) -> None:
    pages = SavedPages(folder)
    assert pages.urls() == ["https://bao.vn/a.htm", "https://bao.vn/b.htm"]
    assert "https://BAO.vn/a.htm?utm_source=x#y" in pages
    assert len(pages) == 2
    pages.close()


def test_a_page_comes_back_as_it_was_saved(folder) -> None:
    pages = SavedPages(folder)
    page = pages.load("https://bao.vn/b.htm")
    assert page.body == (folder / "b.html").read_bytes()
    assert pages.load("https://bao.vn/c.htm") is None
    pages.close()


def test_a_page_without_address_is_an_error_line(folder) -> None:
    pages = SavedPages(folder)
    assert pages.errors == ["no-address: states no URL"]
    pages.close()


def test_a_folder_without_any_page_cannot_be_replayed(tmp_path) -> None:
    (tmp_path / "x.html").write_text("<p>x</p>", "utf-8")
    with pytest.raises(ConfigurationError, match="no saved page to replay"):
        SavedPages(tmp_path)
