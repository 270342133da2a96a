"""Which IP addresses and host names are private: of this network, not of the internet."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from urllib.parse import urlsplit
from urllib.request import getproxies

from scraper.errors import ConfigurationError
from scraper.urls import masked


def proxy_hosts() -> frozenset[str]:
    """Return the host names of the environment's proxies for http and https.

    Raises ConfigurationError for anything but the URL of an HTTP proxy.
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


_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
SPECIAL = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private use",
    "100.64.0.0/10": "shared by a carrier's customers",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "metadata of Azure, public by its number",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private use",
    "192.0.0.0/24": "IETF protocols; 192.0.0.192 is metadata of Oracle",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "AS112",
    "192.52.193.0/24": "AMT",
    "192.88.99.0/24": "6to4 relays",
    "192.168.0.0/16": "private use",
    "192.175.48.0/24": "AS112",
    "198.18.0.0/15": "benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/3": "multicast, reserved, broadcast",
    "2001::/23": "IETF protocols, Teredo",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "AS112",
    "3fff::/20": "documentation",
}
"""The special-purpose registries of IANA (RFC 6890), as of 2025-10, with what each is for.

A table, since ``is_global`` of :mod:`ipaddress` differs between patch releases of Python
3.11 to 3.13. IPv6 addresses outside of 2000::/3 need no row: none is global unicast
 (::1, 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10, ff00::/8).
"""
_SPECIAL = tuple(map(ipaddress.ip_network, SPECIAL))
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV4_BITS = 0xFFFFFFFF


def is_private(url: str) -> bool:
    """Return True if the host of *url* is an address or a name of this network."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if _address(host) is not None:
        return is_private_address(host)
    return "." not in host or host.endswith(_PRIVATE_NAMES)


def is_private_address(text: str) -> bool:
    """Return True if *text* is an address, in any spelling, outside the public internet.

    An IPv6 address that maps an IPv4 one, or is for NAT64, is judged by the IPv4 address.
    """
    address = _address(text)
    return address is not None and not _is_public(_meant(address))


def _is_public(address: _IPAddress) -> bool:
    if address.version == _GLOBAL_UNICAST.version and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _SPECIAL)


def _meant(address: _IPAddress) -> _IPAddress:
    """Return the IPv4 address that *address* stands for, else *address*."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _IPV4_BITS)
    return address.ipv4_mapped or address


def _address(host: str) -> _IPAddress | None:
    """Return the address that *host* spells, such as 0x7f.1; None for a name."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    with contextlib.suppress(OSError, UnicodeError):
        return ipaddress.IPv4Address(socket.inet_aton(host))
    return None
