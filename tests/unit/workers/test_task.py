from __future__ import annotations

import itertools
import pickle
import signal
import sys

import pytest
import worker_tasks
from htmldate import meta

from scraper.discovery import parse_links
from scraper.errors import (
    DiscoveryError,
    ExtractionError,
    NoMainContent,
    UndecodablePage,
)
from scraper.items import Kind, Page
from scraper.workers import ReaderPool, task
from scraper.workers.process import worker_context
from scraper.workers.task import Failure, read_page, run, run_all

TEXT = "Đây là một đoạn văn đủ dài để được nhận ra là nội dung chính của trang. " * 8
BODY = f"""<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Tin</title>
</head><body><article><h1>Bản tin buổi sáng</h1><p>{TEXT}</p></article></body></html>"""
PAGE = Page("https://example.org/a.htm", BODY.encode(), content_type="text/html")


def test_a_page_is_read_without_its_ledger():
    article = read_page(PAGE)
    assert TEXT.strip() in article.text
    assert article.ledger == ()


def test_a_worker_reads_as_the_parent_does():
    with ReaderPool(workers=1) as pool:
        assert pool.submit(PAGE).result(300) == read_page(PAGE)


def test_a_page_that_is_no_html_is_said_so_by_a_worker():
    with ReaderPool(workers=1) as pool:
        error = pool.submit(Page(PAGE.url, b"%PDF-1.7")).exception(300)
    assert isinstance(error, UndecodablePage)
    assert PAGE.url in str(error)


def test_an_article_crosses_the_border_small():
    assert len(pickle.dumps(read_page(PAGE))) < len(BODY.encode()) + 2_000


def test_htmldates_caches_are_emptied_now_and_then(monkeypatch):
    emptied = []
    monkeypatch.setattr(meta, "reset_caches", lambda: emptied.append(True))
    monkeypatch.setattr(task, "_pages_read", itertools.count(task.PAGES_PER_RESET - 1))
    read_page(PAGE)
    assert emptied == []
    read_page(PAGE)
    assert emptied == [True]


def test_an_article_is_answered_pickled():
    answer = run(worker_tasks.behave, Page("https://example.org/good", b""))
    assert isinstance(answer, bytes)
    assert pickle.loads(answer).kind is Kind.ARTICLE


@pytest.mark.parametrize(
    ("verbs", "exitcode"),
    [(["good", "hang_in_c", "good"], -signal.SIGALRM), (["nap"] * 5, 0)],
)
def test_each_page_of_a_message_has_its_own_time_out(verbs, exitcode):
    pages = [Page(f"https://example.org/{verb}", b"") for verb in verbs]
    errands = [(worker_tasks.behave, page) for page in pages]
    process = worker_context().Process(target=run_all, args=(errands, 0.8))
    process.start()
    process.join()
    assert process.exitcode == exitcode


def test_an_error_about_the_page_is_answered_by_its_class_and_message():
    answer = run(worker_tasks.behave, Page("https://example.org/no_article", b""))
    assert answer == Failure(NoMainContent, "https://example.org/no_article: no text")


def test_links_are_found_in_a_worker():
    listing = Page(PAGE.url, b"<p><a href=/b.htm>B</a>", encoding="utf-8")
    with ReaderPool(workers=1) as pool:
        found = pool.find_links(listing, parse_links, encoding="utf-8").result(300)
        error = pool.find_links(Page(PAGE.url, b"%PDF-1.7"), parse_links).exception(300)
    assert found == parse_links(listing.body, url=PAGE.url)
    assert [link.url for link in found] == ["https://example.org/b.htm"]
    assert type(error) is DiscoveryError


def test_any_other_error_is_answered_with_its_traceback():
    answer = run(worker_tasks.behave, Page("https://example.org/raises", b""))
    assert isinstance(answer, Failure)
    assert answer.harmful
    assert answer.error is ExtractionError
    assert "in raises" in answer.traceback


def test_a_worker_out_of_memory_exits(monkeypatch):
    def leave(code):
        raise SystemExit(code)

    def eat(page):
        raise MemoryError

    monkeypatch.setattr(task.os, "_exit", leave)
    with pytest.raises(SystemExit, match=str(task.OUT_OF_MEMORY)):
        run(eat, PAGE)


@pytest.fixture
def fresh(monkeypatch):
    """The preloaded module, to be loaded again, but for what it does to the process."""
    monkeypatch.setattr("scraper.workers.process.tune_heap", lambda: None)
    monkeypatch.delitem(sys.modules, "scraper.workers.preload", raising=False)


@pytest.mark.usefixtures("fresh")
def test_the_fork_server_loads_the_reader(monkeypatch):
    monkeypatch.setattr(task, "_pages_read", itertools.count(1))
    __import__("scraper.workers.preload")
    assert next(task._pages_read) == 2


@pytest.mark.usefixtures("fresh")
def test_a_reader_that_fails_does_not_take_the_fork_server_along(monkeypatch):
    monkeypatch.setattr(task, "read_page", lambda page: 1 / 0)
    __import__("scraper.workers.preload")
