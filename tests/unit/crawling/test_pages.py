"""Answers of the downloader as pages."""

from __future__ import annotations

from scrapy.http import HtmlResponse, Response

from scraper.crawling.pages import addresses_in, page_of


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


LISTING = b"""<base href="http://x/y/"><ul>
<li><a href=" a.htm#top ">1</a><li><a href="/b.htm?utm_source=z">2</a>
<li><a href="http://[bad">3</a><li><a href="mailto:z@x">4</a></ul>
<p><a href="/c.htm">5</a>"""


def test_the_addresses_within_a_place_are_spelt_as_the_store_spells_them() -> None:
    page = HtmlResponse("http://x/a.htm", body=LISTING, encoding="utf-8")
    assert addresses_in(page, ("ul",)) == {"http://x/y/a.htm", "http://x/b.htm"}
    assert addresses_in(page, ("ol", "p")) == {"http://x/c.htm"}


def test_where_no_place_is_found_there_is_no_telling() -> None:
    page = HtmlResponse("http://x/a.htm", body=LISTING, encoding="utf-8")
    assert addresses_in(page, ("ol",)) is None
    assert addresses_in(page, ()) is None
    assert addresses_in(answer(b"%PDF-"), ("ul",)) is None
