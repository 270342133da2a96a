"""Which addresses belong to this network, and that none is connected to."""

from __future__ import annotations

import pytest
from scrapy.resolver import dnscache
from twisted.internet import defer
from twisted.internet.base import ThreadedResolver
from twisted.internet.error import DNSLookupError

from scraper.crawling.private import PublicResolver, is_private


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
    ],
)
def test_an_address_of_this_network_is_private(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize(
    "url", ["https://baotintuc.vn/", "http://8.8.8.8/", "http://[2606:4700::1]/"]
)
def test_an_address_of_the_web_is_not(url: str) -> None:
    assert not is_private(url)


@pytest.fixture
def resolver(monkeypatch):
    """Return what resolves every name to the addresses given, one after the other."""
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")

    def make(*addresses: str, guards: bool = True) -> PublicResolver:
        answers = iter(addresses)
        monkeypatch.setattr(
            ThreadedResolver,
            "getHostByName",
            lambda *_: defer.succeed(next(answers)),
        )
        return PublicResolver(None, 0, 1.0, guards=guards)

    return make


def outcome(deferred):
    found = []
    deferred.addBoth(found.append)
    return getattr(found[0], "value", found[0])


def test_a_name_that_resolves_into_this_network_does_not_resolve(resolver) -> None:
    error = outcome(resolver("10.0.0.1").getHostByName("rebound.example"))
    assert isinstance(error, DNSLookupError)
    assert "10.0.0.1" in str(error)


def test_a_name_is_judged_each_time_it_is_resolved(resolver) -> None:
    rebinding = resolver("93.184.216.34", "127.0.0.1")
    assert outcome(rebinding.getHostByName("rebound.example")) == "93.184.216.34"
    second = outcome(rebinding.getHostByName("rebound.example"))
    assert isinstance(second, DNSLookupError)


def test_what_the_cache_holds_is_judged_too(resolver, monkeypatch) -> None:
    monkeypatch.setattr(dnscache, "limit", 10)
    monkeypatch.setitem(dnscache, "cached.example", "127.0.0.1")
    assert isinstance(
        outcome(resolver().getHostByName("cached.example")), DNSLookupError
    )


def test_the_proxy_of_the_environment_is_reached_wherever_it_is(resolver) -> None:
    assert outcome(resolver("10.0.0.9").getHostByName("proxy.example")) == "10.0.0.9"


def test_where_private_addresses_are_allowed_every_name_resolves(resolver) -> None:
    allowed = resolver("127.0.0.1", guards=False)
    assert outcome(allowed.getHostByName("own.example")) == "127.0.0.1"
