"""Answers of the downloader as pages."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from scraper.crawling.pages import is_html, page_of


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


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"<html>", "text/html; charset=utf-8", True),
        (b"<html>", "application/xhtml+xml", True),
        (b"<html>", None, True),
        (b"<html>", "application/pdf", False),
        (b"%PDF-1.7", "text/html", False),
        (b"\x89PNG\r\n", None, False),
        (b'{"a": 1}', "text/plain", False),
        (b" \n ", "text/html", False),
        (b"", "text/html", False),
    ],
)
def test_html_is_told_by_the_header_and_the_first_bytes(
    body, content_type, expected
) -> None:
    assert is_html(answer(body, content_type)) is expected
