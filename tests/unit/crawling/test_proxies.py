"""A proxy of the environment is one that can be asked, and named if it fails."""

from __future__ import annotations

import pytest

from scraper.crawling.addresses import proxy_hosts
from scraper.crawling.downloader import Downloader
from scraper.errors import ConfigurationError

PAGE = "http://93.184.216.34/"


@pytest.fixture(autouse=True)
def environment(monkeypatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://127.0.0.1:1080",
        "ftp://127.0.0.1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://127.0.0.1:port",
        "http://[::1",
        "http://:3128",
        "http://",
    ],
)
def test_what_is_no_http_proxy_is_refused_before_any_page(monkeypatch, proxy) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(
        ConfigurationError, match=r"HTTP_PROXY is .*: write the address"
    ):
        Downloader()


def test_the_error_shows_no_password(monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://me:secret@proxy.example:1080")
    with pytest.raises(ConfigurationError) as error:
        proxy_hosts()
    assert "secret" not in str(error.value)


def test_proxies_are_named_with_or_without_a_scheme(monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "proxy.example:3128")
    monkeypatch.setenv("https_proxy", "http://me:secret@other.example:3128")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    monkeypatch.setenv("all_proxy", "socks5://third.example")  # Scrapy does not use it
    assert proxy_hosts() == {"proxy.example", "other.example"}


def test_a_proxy_that_refuses_is_named_without_its_password(monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:1")
    with Downloader() as downloader:
        why = downloader.submit(PAGE).result(60).refused
    assert "the host refuses connections" in why
    assert why.endswith("requested through the proxy http://127.0.0.1:1")
