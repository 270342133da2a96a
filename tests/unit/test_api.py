from __future__ import annotations

import pytest

import scraper
from scraper.errors import ExtractionError, FetchRefused
from tests.unit.extraction.kit import ADDRESS, LEAD, TITLE, paragraphs, story

PAGE = story(paragraphs())


def test_a_page_of_bytes_gives_its_article():
    article = scraper.extract(PAGE.body, url=ADDRESS)
    assert (article.title, article.lead) == (TITLE, LEAD)
    assert article.canonical_url == ADDRESS


def test_a_page_of_text_gives_the_same_article():
    text = PAGE.body.decode()
    assert scraper.extract(text, url=ADDRESS) == scraper.extract(PAGE.body, url=ADDRESS)


def test_text_is_taken_as_it_is_whatever_the_page_declares():
    text = PAGE.body.decode().replace('charset="utf-8"', 'charset="iso-8859-1"')
    assert scraper.extract(text).title == TITLE


def test_half_a_surrogate_pair_in_text_is_replaced():
    text = PAGE.body.decode().replace(TITLE, f"{TITLE} \ud83d")
    assert scraper.extract(text).title == f"{TITLE} ?"


def test_a_page_needs_no_address():
    article = scraper.extract(PAGE.body)
    assert (article.url, article.title) == ("", TITLE)


def test_bytes_that_are_no_page_are_refused():
    with pytest.raises(ExtractionError, match="a PDF"):
        scraper.extract(b"%PDF-1.7", url=ADDRESS)


@pytest.mark.parametrize("url", ["ftp://bao.example/a", "not an address"])
def test_an_address_that_is_not_fetched_is_refused(url):
    with pytest.raises(FetchRefused):
        scraper.fetch(url)
