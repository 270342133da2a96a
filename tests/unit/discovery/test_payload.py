"""What is unpacked is bounded, whatever it unpacks to."""

from __future__ import annotations

import gzip
import tracemalloc

import pytest

from scraper.discovery.payload import MAX_BYTES, unpack
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
