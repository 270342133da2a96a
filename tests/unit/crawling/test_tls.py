"""Old handshakes for the hosts that need them, certificates verified for all."""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _load_context_factory_from_settings
from scrapy.utils.test import get_crawler

from scraper.crawling.tls import OP_LEGACY_SERVER_CONNECT, LegacyTlsPolicy, context_of


@pytest.fixture
def policy() -> LegacyTlsPolicy:
    crawler = get_crawler(settings_dict={"DOWNLOAD_VERIFY_CERTIFICATES": True})
    return LegacyTlsPolicy(_load_context_factory_from_settings(crawler), {"bao.vn"})


def options_for(policy: LegacyTlsPolicy, host: bytes) -> int:
    return context_of(policy.creatorForNetloc(host, 443)).set_options(0)


def test_a_named_host_may_have_the_old_handshake(policy) -> None:
    assert options_for(policy, b"BAO.vn") & OP_LEGACY_SERVER_CONNECT


def test_another_host_may_not(policy) -> None:
    assert not options_for(policy, b"other.vn") & OP_LEGACY_SERVER_CONNECT


@pytest.mark.parametrize("host", [b"bao.vn", b"other.vn"])
def test_the_certificate_is_verified_for_every_host(policy, host: bytes) -> None:
    context = context_of(policy.creatorForNetloc(host, 443))
    assert context.get_verify_mode() & SSL.VERIFY_PEER
