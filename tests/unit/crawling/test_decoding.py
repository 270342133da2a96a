"""Compressed bodies: whole, or refused with the reason."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from scraper.crawling.decoding import decode
from scraper.crawling.failures import Refused

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
    with pytest.raises(Refused, match=f"the {name} does not unpack") as refusal:
        decode(PACKED[name][:-9], [name], len(TEXT))
    assert refusal.value.key == "damaged"


@pytest.mark.parametrize("name", PACKED)
def test_what_unpacks_to_more_than_is_taken_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="unpacks to more than 1,000 bytes") as refusal:
        decode(PACKED[name], [name], 1000)
    assert refusal.value.key == "too_large"


@pytest.mark.parametrize("name", PACKED)
def test_what_is_something_else_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="does not unpack"):
        decode(b"<html>no such thing", [name], 1000)


def test_deflate_without_a_header_is_read_as_old_servers_send_it() -> None:
    assert decode(RAW, ["deflate"], len(TEXT)) == TEXT


def test_gzip_of_several_members_is_one_and_what_follows_belongs_to_nothing() -> None:
    two = gzip.compress(b"a") + gzip.compress(b"b") + b"\x00\x00"
    assert decode(two, ["gzip"], 10) == b"ab"


def test_two_layers_are_taken_off_the_last_one_first() -> None:
    assert decode(brotli.compress(PACKED["gzip"]), ["gzip", "br"], len(TEXT)) == TEXT


def test_more_layers_are_refused() -> None:
    with pytest.raises(Refused, match="packed 3 times over"):
        decode(b"", ["gzip"] * 3, 10)


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused, match="packed as 'snappy', which nobody knows"):
        decode(b"x", ["snappy"], 10)
