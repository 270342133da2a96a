"""What the doctor says of a live site."""

from __future__ import annotations

import pytest

from scraper.demo import serving
from scraper.errors import ConfigurationError
from scraper.sites.doctor import check_site


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_healthy_site_passes_every_check_and_names_templates() -> None:
    with serving(size=12) as replica:
        checks = check_site("baotintuc", replica.base)
    host = ["tls", "robots", "date"]
    assert [check.name for check in checks] == [
        *host,
        "feed",
        "section",
        *["article"] * 3,
    ]
    assert all(check.ok for check in checks), checks
    details = "\n".join(check.detail for check in checks)
    assert "tin-moi-nhat.rss: 12 articles" in details
    assert "template 2020-2026" in details
    assert "fields title, lead, blocks, byline" in details


def test_a_site_of_which_nothing_is_known_is_looked_at_by_its_front_page() -> None:
    with serving(size=40) as replica:
        checks = check_site("sachthongtan", replica.base)
    assert [check.name for check in checks[3:]] == ["front page", *["article"] * 3]
    assert all(check.ok for check in checks), checks
    assert "template" not in checks[-1].detail


def test_a_site_that_changed_fails_and_says_what_is_missing(
    site, write_article, write_feed
) -> None:
    strange = site.put(
        "/a-20261101100000000.htm",
        "<html><body><h1>Trang</h1><p>Mới.</p></body></html>",
    )
    site.put("/tin-moi-nhat.rss", write_feed([strange]))
    site.put("/thoi-su-472ct0.htm", "<html><body><a href='/x.htm'>x</a></body></html>")
    feed, section, article = check_site("baotintuc", site.base)[-3:]
    assert feed.ok
    assert (section.ok, article.ok) == (False, False)
    assert "lists no URL of a known article form" in section.detail
    assert "template unknown" in article.detail
    assert "missing" in article.detail


def test_a_host_that_cannot_be_reached_is_checks_that_failed() -> None:
    checks = check_site("baotintuc", "http://127.0.0.1:9")
    assert not any(check.ok for check in checks)
    assert "refuses connections" in checks[0].detail


def test_an_unknown_spider_cannot_be_checked() -> None:
    with pytest.raises(ConfigurationError, match="no spider bao"):
        check_site("bao")
