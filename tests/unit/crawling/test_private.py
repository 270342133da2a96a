"""Which addresses belong to this network, and that none is connected to."""

from __future__ import annotations

import ipaddress
import socket
from types import SimpleNamespace

import pytest

from scraper.crawling.addresses import SPECIAL, is_private, is_private_address
from scraper.crawling.connections import PublicResolver, addresses_of

_OUTSIDE = (
    *("::/128", "::1/128", "100::/64", "100:0:0:1::/64", "64:ff9b:1::/48"),
    *("5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
)
"""Special ranges that lie outside of 2000::/3."""


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
        "http://127.1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://192.168.1.1/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://168.63.129.16/",
        "http://metadata.google.internal/",
        "http://100.100.100.200/",
        "http://192.0.0.192/opc/v2/",
        "http://[fec0::1]/",
        "http://[::127.0.0.1]/",
    ],
)
def test_an_address_of_this_network_is_private(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize(
    "url", ["https://baotintuc.vn/", "http://8.8.8.8/", "http://[2606:4700::1]/"]
)
def test_an_address_of_the_web_is_not(url: str) -> None:
    assert not is_private(url)


def test_no_special_range_of_iana_is_public() -> None:
    for network in map(ipaddress.ip_network, (*SPECIAL, *_OUTSIDE)):
        for address in (network[0], network[network.num_addresses // 2], network[-1]):
            assert is_private_address(str(address)), f"{address} of {network}"


@pytest.mark.parametrize(
    "address",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"),
        *("126.0.0.1", "128.0.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.0"),
        *("192.167.0.1", "192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255"),
        *("2001:200::1", "2400:cb00::1", "2606:4700::1", "2a00:1450::1", "2c0f::1"),
        *("::ffff:8.8.8.8", "64:ff9b::808:808"),
    ],
)
def test_an_address_beside_a_special_range_is_public(address: str) -> None:
    assert not is_private_address(address)


def found_by(resolver: PublicResolver, name: str) -> list[str] | None:
    """Return the addresses that a connection to *name* would try."""
    receiver = SimpleNamespace(found=[], complete=False)
    receiver.resolutionBegan = lambda _: None
    receiver.addressResolved = lambda each: receiver.found.append(each.host)
    receiver.resolutionComplete = lambda: setattr(receiver, "complete", True)
    resolver.resolveHostName(receiver, name, 80)
    assert receiver.complete
    return receiver.found


@pytest.fixture
def resolver(monkeypatch):
    """Return a resolver whose cache has these addresses for every name."""
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")

    def make(*addresses: str, guards: bool = True) -> PublicResolver:
        made = PublicResolver(None, 10, 1.0, guards=guards)
        for name in ("site.example", "proxy.example"):
            made._cache[name] = list(addresses)
        return made

    return make


def test_a_name_resolves_to_all_its_public_addresses(resolver) -> None:
    public = ["93.184.216.34", "2606:4700::1"]
    assert found_by(resolver(*public), "site.example") == public


@pytest.mark.parametrize("inner", ["127.0.0.1", "fec0::1", "192.0.0.192"])
def test_a_name_that_leads_into_this_network_does_not_resolve(resolver, inner) -> None:
    assert found_by(resolver("93.184.216.34", inner), "site.example") == []


def test_the_proxy_of_the_environment_is_reached_wherever_it_is(resolver) -> None:
    assert found_by(resolver("10.0.0.9"), "proxy.example") == ["10.0.0.9"]


def test_where_private_addresses_are_allowed_every_name_resolves(resolver) -> None:
    allowed = resolver("127.0.0.1", guards=False)
    assert found_by(allowed, "site.example") == ["127.0.0.1"]


def test_ipv4_is_tried_before_ipv6(monkeypatch) -> None:
    places = [("", "", "", "", (each, 0)) for each in ("::2", "192.0.2.1", "::1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    assert addresses_of("site.example") == ["192.0.2.1", "::2", "::1"]
