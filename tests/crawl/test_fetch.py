"""One page through the crawl's downloader."""

from __future__ import annotations

import gzip
import os
import signal
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from scraper.crawling.downloader import Downloader
from scraper.crawling.fetch import fetch_page
from scraper.errors import FetchRefused

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_page_comes_as_it_was_sent_from_where_it_was_found(site, answer) -> None:
    body = "<html>Tiếng Việt".encode()
    compressed = answer(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    target = site.put("/ok.htm", compressed)
    old = site.put("/old.htm", answer(status=301, headers={"Location": "/ok.htm"}))
    page = fetch_page(old)
    assert (page.url, page.body, page.status) == (target, body, 200)
    assert (page.content_type, page.encoding) == ("text/html; charset=utf-8", "utf-8")
    assert page.fetched_at.tzinfo is not None


def test_robots_txt_is_not_asked_for_a_page_a_person_wants(site, answer) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n")
    assert fetch_page(site.put("/hidden.htm", "<html>x")).body == b"<html>x"
    assert "/robots.txt" not in site.hits


@pytest.mark.parametrize(
    ("path", "answer_fields", "said"),
    [
        ("/404", {"status": 404}, "HTTP 404 Not Found; no such page"),
        (
            "/429",
            {"status": 429, "headers": {"Retry-After": "60"}},
            "HTTP 429 Too Many Requests; too many requests; Retry-After: 60",
        ),
        ("/big", {"declared_length": 50_000_000}, "larger than the limit, not read"),
        ("/slow", {"stall": 20.0}, "no response in time"),
        (
            "/away",
            {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
            "redirects to file:///etc/passwd: not http or https",
        ),
    ],
)
def test_an_answer_that_is_no_page_is_refused_with_the_reason(
    site, answer, path, answer_fields, said
) -> None:
    url = site.put(path, answer(**answer_fields))
    with pytest.raises(FetchRefused) as refusal:
        fetch_page(url, timeout=1.5 if "stall" in answer_fields else 300)
    assert str(refusal.value).startswith(f"{url}: ")
    assert said in str(refusal.value)
    assert site.count(path) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "thoi-su", ""])
def test_what_is_no_web_address_is_refused_without_a_try(url: str) -> None:
    with pytest.raises(FetchRefused, match="not an http or https URL"):
        fetch_page(url)


def test_a_host_that_refuses_is_named() -> None:
    with pytest.raises(FetchRefused, match="refuses connections"):
        fetch_page("http://127.0.0.1:9/")


def test_pages_are_fetched_from_any_thread(site) -> None:
    url = site.put("/thread.htm", "<html>x")
    found = []
    thread = threading.Thread(target=lambda: found.append(fetch_page(url).body))
    thread.start()
    thread.join(300)
    assert found == [b"<html>x"]


@pytest.fixture(scope="module")
def downloader() -> Iterator[Downloader]:
    with Downloader(allow_private=True) as opened:
        yield opened


def test_one_process_answers_one_address_after_the_other(site, downloader) -> None:
    urls = [site.put(f"/one-{n}.htm", f"<html>{n}" * 50_000) for n in range(3)]
    bodies = [downloader.fetch(url).body for url in urls]
    assert bodies == [f"<html>{n}".encode() * 50_000 for n in range(3)]


def test_addresses_asked_at_once_do_not_wait_and_others_of_a_host_do(
    make_site, downloader
) -> None:
    sites = [make_site(), make_site()]
    urls = [site.put(f"/{n}", "<html>x") for n in range(3) for site in sites]
    for at_once in (True, False):
        asked = [downloader.submit(url, at_once=at_once) for url in urls]
        assert all(future.result().status == 200 for future in asked)
    for site in sites:
        at = [moment for _, moment in site.times]
        assert at[2] - at[0] < 0.9
        assert all(later - earlier > 0.9 for earlier, later in pairwise(at[3:]))
        assert at[-1] - at[3] < 10


def test_a_downloader_that_died_says_so_and_starts_again(site, answer) -> None:
    slow = site.put("/dies.htm", answer(stall=20.0))
    with Downloader(allow_private=True) as downloader:
        asked = downloader.submit(slow)
        while "/dies.htm" not in site.hits:
            time.sleep(0.05)
        downloader._child._process.kill()
        assert asked.result(60).refused.startswith("the downloader failed (")
        page = downloader.fetch(site.put("/lives.htm", "<html>x"))
    assert page.body == b"<html>x"


def test_a_downloader_that_is_silent_for_too_long_is_ended(site, monkeypatch) -> None:
    monkeypatch.setattr("scraper.crawling.downloader._START_UP", 2.0)
    with Downloader(timeout=0.1, allow_private=True) as downloader:
        os.kill(downloader._child._process.pid, signal.SIGSTOP)
        answer = downloader.submit(site.put("/silent.htm", "<html>x")).result(60)
    assert "no response within" in answer.refused


def test_what_is_still_open_when_it_is_closed_is_refused(site, answer) -> None:
    slow = site.put("/late.htm", answer(stall=20.0))
    with Downloader(allow_private=True) as downloader:
        asked = downloader.submit(slow)
    assert asked.result(60).refused == "the downloader was closed"


def test_an_address_that_is_none_stops_no_other(site, downloader) -> None:
    asked = downloader.submit("http://[::1")
    assert "not an http or https URL" in asked.result(60).refused
    assert downloader.fetch(site.put("/after.htm", "<html>x")).status == 200
