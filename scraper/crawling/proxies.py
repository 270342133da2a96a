"""The HTTP proxies that the environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from scraper.errors import ConfigurationError
from scraper.urls import masked

if TYPE_CHECKING:
    from scrapy import Request


class ProxyNotes:
    """Downloader middleware: a failure says through which proxy the page was asked for."""

    def process_exception(self, request: Request, exception: Exception) -> None:
        if proxy := request.meta.get("proxy"):
            exception.add_note(f"asked through the proxy {masked(proxy)}")


def proxy_hosts() -> frozenset[str]:
    """Return the host names of the environment's proxies for http and https.

    Raises ConfigurationError for what is not the address of an HTTP proxy.
    """
    proxies = getproxies()
    named = (name for name in ("http", "https") if proxies.get(name))
    return frozenset(_proxy_host(name, proxies[name]) for name in named)


def _proxy_host(name: str, proxy: str) -> str:
    """Return the host of *proxy*; one without a scheme has that of the proxied URL."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"{name}://{proxy}")
        is_http = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        is_http = False
    if not is_http or not parts.hostname:
        raise ConfigurationError(
            f"{name.upper()}_PROXY is {masked(proxy)!r}: write the address of an HTTP"
            " proxy, such as http://proxy.example:3128"
        )
    return parts.hostname
