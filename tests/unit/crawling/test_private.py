"""Which addresses belong to this network."""

from __future__ import annotations

import pytest

from scraper.crawling.private import is_private


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.1.2.3:8080/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://intranet/",
        "http://printer.local/",
        "http://db.internal/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
    ],
)
def test_an_address_of_this_network_is_private(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize(
    "url", ["https://baotintuc.vn/", "http://8.8.8.8/", "http://[2606:4700::1]/"]
)
def test_an_address_of_the_web_is_not(url: str) -> None:
    assert not is_private(url)
