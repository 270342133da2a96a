"""What is unpacked is bounded, whatever it unpacks to."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from scraper.discovery.markup import MAX_BYTES, unpack
from scraper.errors import DiscoveryError

URL = "https://site.example/feed.xml"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = b"".join(gzip.compress(bytes(30_000_000)) for _ in range(10))
    tracemalloc.start()
    try:
        with pytest.raises(DiscoveryError, match="more than 50,000,000 bytes"):
            unpack(bomb, url=URL)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * MAX_BYTES


LINES = b"".join(b"https://site.example/%d\n" % (n * 7919) for n in range(5000))


@pytest.mark.parametrize("times", [1, 2])
def test_gzip_is_unpacked_also_twice_over(times: int) -> None:
    body = LINES
    for _ in range(times):
        body = gzip.compress(body)
    assert unpack(body, url=URL) == LINES


@pytest.mark.parametrize("at", [2000, 9000, 15000])
def test_of_damaged_gzip_what_stands_before_the_fault_is_kept(at: int) -> None:
    body = gzip.compress(LINES)
    found = unpack(body[:at] + b"\xff" * 3000 + body[at + 3000 :], url=URL)
    assert LINES.startswith(found[: len(found) // 2])
    assert len(found) > at


def test_a_wrong_check_sum_costs_nothing() -> None:
    assert unpack(gzip.compress(LINES)[:-8] + bytes(8), url=URL) == LINES


def test_what_follows_the_gzip_is_passed_over() -> None:
    assert unpack(gzip.compress(LINES) + b"\0" * 600, url=URL) == LINES
