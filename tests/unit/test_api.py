from __future__ import annotations

import subprocess

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
from tests.warm import COLD

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
        ("<p>\ud83d", "", ExtractionError, "html holds an unpaired surrogate at .* 3"),
        (b"<p>", "http://a/\udcff", ExtractionError, "url holds an unpaired surrogate"),
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


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e308, 10**400])
def test_a_time_that_nobody_can_wait_is_refused(timeout):
    with pytest.raises(ConfigurationError, match=r"timeout is .* 86,400 at most"):
        scraper.extract(PAGE.body, timeout=timeout)


def test_a_time_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="timeout must be a number, not str"):
        scraper.extract(PAGE.body, timeout="5")  # type: ignore[arg-type]


_THREADS = """
import sys, threading, tinsach
html = sys.stdin.buffer.read()
gate, titles = threading.Barrier(8), []
def read():
    gate.wait()
    titles.append(tinsach.extract(html, timeout=60).title)
threads = [threading.Thread(target=read) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
print(len(titles), *set(titles))
"""
_DAEMONS = """
import multiprocessing, sys, threading, tinsach
def read(html):
    alone = tinsach.extract(html, timeout=60).title
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    assert tinsach.extract(html, timeout=60).title == alone
    return alone
with multiprocessing.get_context("fork").Pool(1) as pool:
    titles = pool.map(read, [sys.stdin.buffer.read()] * 8)
print(len(titles), *set(titles))
"""


@pytest.mark.parametrize("program", [_THREADS, _DAEMONS], ids=["threads", "daemons"])
def test_limits_hold_in_threads_and_in_workers_of_a_pool(program):
    done = subprocess.run(
        [COLD, "-c", program],
        input=PAGE.body,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.decode() == f"8 {TITLE}\n", done.stderr.decode()


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
