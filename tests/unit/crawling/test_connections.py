"""Old handshakes for the hosts that need them, certificates verified for all."""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from scraper.crawling import download_process
from scraper.crawling.connections import (
    OP_LEGACY_SERVER_CONNECT,
    LegacyTlsPolicy,
    context_of,
)
from scraper.crawling.download_process import RequestedPages


@pytest.fixture
def policy() -> LegacyTlsPolicy:
    crawler = get_crawler(settings_dict={"DOWNLOAD_VERIFY_CERTIFICATES": True})
    return LegacyTlsPolicy(_load_context_factory_from_settings(crawler), {"bao.vn"})


def options_for(policy: LegacyTlsPolicy, host: bytes) -> int:
    return context_of(policy.creatorForNetloc(host, 443)).set_options(0)


def test_a_named_host_may_have_the_old_handshake(policy) -> None:
    assert options_for(policy, b"BAO.vn") & OP_LEGACY_SERVER_CONNECT


def test_a_host_may_be_named_later() -> None:
    crawler = get_crawler(settings_dict={"DOWNLOAD_VERIFY_CERTIFICATES": True})
    hosts: set[str] = set()
    policy = LegacyTlsPolicy(_load_context_factory_from_settings(crawler), hosts)
    assert not options_for(policy, b"bao.vn") & OP_LEGACY_SERVER_CONNECT
    hosts.add("bao.vn")
    assert options_for(policy, b"bao.vn") & OP_LEGACY_SERVER_CONNECT


def test_a_handshake_that_failed_is_tried_again_once_where_a_spider_names_the_host(
    monkeypatch,
) -> None:
    monkeypatch.setattr(RequestedPages, "legacy_tls_hosts", set())
    spider = RequestedPages(iter(()), 1.0)
    failure = Failure(SSL.Error([("SSL", "", "unsafe legacy renegotiation disabled")]))
    answers = []
    monkeypatch.setattr(
        download_process, "_write", lambda *given: answers.append(given)
    )
    for host in ("baotintuc.vn", "other.vn"):
        failure.request = Request(f"https://{host}/", cb_kwargs={"number": 1})
        again = spider.refuse(failure)
        assert (again is None) == (host == "other.vn")
        assert spider.refuse(failure) is None
    assert [answer["refused"][:17] for answer, _ in answers] == [
        "the TLS handshake"
    ] * 3


def test_another_host_may_not(policy) -> None:
    assert not options_for(policy, b"other.vn") & OP_LEGACY_SERVER_CONNECT


@pytest.mark.parametrize("host", [b"bao.vn", b"other.vn"])
def test_the_certificate_is_verified_for_every_host(policy, host: bytes) -> None:
    context = context_of(policy.creatorForNetloc(host, 443))
    assert context.get_verify_mode() & SSL.VERIFY_PEER
