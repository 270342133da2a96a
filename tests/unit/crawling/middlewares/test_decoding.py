"""Compressed bodies: whole, or refused with the reason."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from scrapy.http import HtmlResponse, Request
from scrapy.utils.test import get_crawler

from scraper.crawling.failures import Refused
from scraper.crawling.middlewares.decoding import DecodingMiddleware, decode

try:
    from compression import zstd
except ImportError:
    from backports import zstd

TEXT = "Tiếng Việt, bài thứ nhất. ".encode() * 5000
RAW = zlib.compress(TEXT)[2:-4]
PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
}


@pytest.mark.parametrize("name", PACKED)
def test_every_encoding_is_undone(name: str) -> None:
    assert decode(PACKED[name], [name], len(TEXT)) == TEXT


@pytest.mark.parametrize("name", PACKED)
def test_what_is_cut_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=f"the {name} cannot be decompressed") as refusal:
        decode(PACKED[name][:-9], [name], len(TEXT))
    assert refusal.value.key == "damaged"


@pytest.mark.parametrize("name", PACKED)
def test_what_unpacks_to_more_than_is_taken_is_refused(name: str) -> None:
    with pytest.raises(
        Refused, match="decompresses to more than 1,000 bytes"
    ) as refusal:
        decode(PACKED[name], [name], 1000)
    assert refusal.value.key == "too_large"


@pytest.mark.parametrize("name", PACKED)
def test_what_is_something_else_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="cannot be decompressed"):
        decode(b"<html>\0\1no such thing", [name], 1000)


PLAIN = (
    *("<html>Tiếng Việt".encode(), "  <html>é".encode("latin-1"), b"User-agent: *\n"),
    *("<p>Việt".encode("utf-16"), "﻿<rss>".encode()),
)


@pytest.mark.parametrize("body", PLAIN)
@pytest.mark.parametrize("name", PACKED)
def test_what_is_plain_stays_so_whatever_the_header_says(
    name: str, body: bytes
) -> None:
    assert decode(body, [name], 1000) == body
    assert decode(PACKED[name], [name, name], len(TEXT)) == TEXT


@pytest.fixture
def middleware():
    return DecodingMiddleware(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 10**6}))


def answered(middleware, body: bytes, url: str = "http://x.vn/page", **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = HtmlResponse(url, headers=named, body=body)
    return middleware.process_response(Request(url), response)


@pytest.mark.parametrize(
    "name",
    ["", "none", "NONE", "identity, none", "utf-8", "UTF-8", "iso-8859-1", "text/html"],
)
def test_a_header_that_names_no_packing_means_none(middleware, name: str) -> None:
    body = "<html>Việt".encode()
    response = answered(middleware, body, Content_Encoding=name)
    assert (response.body, response.text) == (body, "<html>Việt")
    assert b"Content-Encoding" not in response.headers
    packed = answered(middleware, gzip.compress(body), Content_Encoding=name)
    assert packed.text == "<html>Việt"


def test_gzip_that_no_header_names_is_unpacked(middleware) -> None:
    assert answered(middleware, gzip.compress(TEXT)).body == TEXT


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://x.vn/sitemap.xml.gz", "text/xml"),
        ("http://x.vn/sitemap", "application/x-gzip"),
        ("http://x.vn/sitemap", "application/gzip; x=y"),
    ],
)
def test_a_file_that_is_gzip_stays_so(middleware, url: str, kind: str) -> None:
    packed = gzip.compress(TEXT)
    assert answered(middleware, packed, url, Content_Type=kind).body == packed


@pytest.mark.parametrize(
    "body", [gzip.compress(TEXT)[:-9], gzip.compress(bytes(2 * 10**6))]
)
def test_gzip_that_no_header_names_is_unpacked_whole_or_not(middleware, body) -> None:
    assert answered(middleware, body).body == body


def test_deflate_without_a_header_is_read_as_old_servers_send_it() -> None:
    assert decode(RAW, ["deflate"], len(TEXT)) == TEXT


def test_gzip_of_several_members_is_one_and_what_follows_belongs_to_nothing() -> None:
    two = gzip.compress(b"a") + gzip.compress(b"b") + b"\x00\x00"
    assert decode(two, ["gzip"], 10) == b"ab"


def test_two_layers_are_taken_off_the_last_one_first() -> None:
    assert decode(brotli.compress(PACKED["gzip"]), ["gzip", "br"], len(TEXT)) == TEXT


def test_more_layers_are_refused() -> None:
    with pytest.raises(Refused, match="compressed 3 times"):
        decode(b"", ["gzip"] * 3, 10)


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="compressed as 'snappy', which is unknown"):
        decode(b"x", ["snappy"], 10)


def test_a_part_that_nobody_asked_for_is_refused(middleware) -> None:
    part = HtmlResponse("http://x.vn/page", status=206, body=b"<p>A half")
    with pytest.raises(Refused, match="only a part of the page") as refusal:
        middleware.process_response(Request(part.url), part)
    assert refusal.value.key == "part"
