"""One page through the crawl's downloader."""

from __future__ import annotations

import gzip
import threading

import pytest

from scraper.crawling.fetch import fetch_page
from scraper.errors import FetchRefused


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
        ("/slow", {"stall": 20.0}, "no answer in time"),
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
    with pytest.raises(FetchRefused, match="not an http or https address"):
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
