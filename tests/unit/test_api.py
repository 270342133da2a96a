from __future__ import annotations

import pytest

import scraper
from scraper.errors import (
    ConfigurationError,
    ExtractionError,
    ExtractionTimeout,
    FetchRefused,
    UndecodablePage,
)
from scraper.sitemodel import SiteModel
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


def test_a_page_without_url_has_the_one_that_it_declares():
    link = f'<link rel="canonical" href="{ADDRESS}"></head>'.encode()
    body = PAGE.body.replace(b"</head>", link)
    assert scraper.extract(body) == scraper.extract(body, url=ADDRESS)
    assert scraper.extract(body.decode()) == scraper.extract(body)


@pytest.mark.parametrize(
    ("html", "url", "error", "reason"),
    [
        (None, "", TypeError, "html must be bytes or str, not NoneType"),
        (["<p>"], "", TypeError, "html must be bytes or str, not list"),
        (b"<p>", None, TypeError, "url must be str, not NoneType"),
        ("<p>\ud83d", "", ExtractionError, "html holds half a surrogate pair at .* 3"),
        (b"<p>", "http://a/\udcff", ExtractionError, "url holds half a surrogate pair"),
        (b"", "", ExtractionError, "^a page without URL: empty answer"),
        ("", ADDRESS, ExtractionError, f"^{ADDRESS}: empty answer"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(html, url, error, reason):
    with pytest.raises(error, match=reason):
        scraper.extract(html, url=url)


def test_a_page_is_read_within_limits_as_without():
    model = SiteModel(site="bao.example", pages=9)
    within = scraper.extract(PAGE.body, url=ADDRESS, model=model, timeout=30)
    assert within == scraper.extract(PAGE.body, url=ADDRESS, model=model)
    assert within.ledger


def test_a_page_that_takes_longer_than_its_limit_is_given_up():
    html = PAGE.body + b"<p>a <a href=/x>b</a> c" * 50_000
    with pytest.raises(ExtractionTimeout, match=r"took longer than 0\.05 s"):
        scraper.extract(html, url=ADDRESS, timeout=0.05)


def test_what_is_no_page_is_refused_within_limits_too():
    with pytest.raises(UndecodablePage, match="empty answer"):
        scraper.extract(b"", timeout=30)
    with pytest.raises(ConfigurationError, match="timeout"):
        scraper.extract(PAGE.body, timeout=-1)


@pytest.mark.parametrize(
    ("site", "version"), [("bao.example", True), ("a.example", False)]
)
def test_a_model_is_used_for_pages_of_its_own_site_alone(site, version):
    model = SiteModel(site=site, pages=9)
    found = scraper.extract(PAGE.body, url=ADDRESS, model=model).extraction
    assert bool(found.model_version) is version


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


def test_a_url_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="url must be str, not NoneType"):
        scraper.fetch(None)
