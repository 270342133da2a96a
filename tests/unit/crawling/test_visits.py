"""Answers of the downloader as pages."""

from __future__ import annotations

from scrapy.http import Response

from scraper.crawling.visits import page_of


def answer(body: bytes, content_type: str | None = None) -> Response:
    headers = {"Content-Type": content_type} if content_type else {}
    return Response("http://x/a.htm", body=body, headers=headers)


def test_the_encoding_is_the_headers_alone() -> None:
    body = b'<meta charset="utf-16">'
    assert page_of(answer(body)).encoding is None
    assert page_of(answer(body, "text/html")).encoding is None
    assert page_of(answer(body, "text/html; charset=UTF-8")).encoding == "utf-8"


def test_a_page_has_the_address_the_bytes_and_the_moment() -> None:
    page = page_of(answer(b"<html>", "text/html"))
    assert (page.url, page.body, page.status) == ("http://x/a.htm", b"<html>", 200)
    assert page.content_type == "text/html"
    assert page.fetched_at.tzinfo is not None
