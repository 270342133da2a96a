"""What the doctor says of a host before it asks for a page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scraper import clock
from scraper.sites.doctor import MOST_APART, check_date, iter_host_checks


@pytest.fixture
def ask(make_site, answer, monkeypatch):
    """Look at a site whose robots.txt is this."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def ask(body: str, status: int = 200, **headers: str):
        site = make_site()
        site.put("/robots.txt", answer(body, status=status, headers=headers))
        addresses = [f"{site.base}/a.rss", f"{site.base}/tin/b.rss"]
        checks = list(iter_host_checks(site.base, addresses))
        return {check.name: check for check in checks}

    return ask


def test_a_host_that_allows_everything_passes(ask) -> None:
    checks = ask("User-agent: *\nDisallow: /admin")
    assert set(checks) == {"tls", "robots", "date"}
    assert all(check.ok for check in checks.values())
    assert "answers without TLS" in checks["tls"].detail
    assert checks["robots"].detail == "allows tinsach all 2 sources"


def test_sources_that_robots_txt_forbids_fail(ask) -> None:
    robots = ask("User-agent: tinsach\nDisallow: /tin/")["robots"]
    assert not robots.ok
    assert "it forbids 1 of 2 sources, such as http://127.0.0.1" in robots.detail
    assert "/tin/b.rss" in robots.detail


def test_no_robots_txt_allows_everything(ask) -> None:
    robots = ask("", 404)["robots"]
    assert (robots.ok, robots.detail) == (True, "no robots.txt: everything is allowed")


@pytest.mark.parametrize("status", [401, 403])
def test_another_4xx_allows_everything_and_is_reported(ask, status) -> None:
    robots = ask("User-agent: *\nDisallow: /", status)["robots"]
    assert robots.ok
    assert robots.detail.startswith(
        f"no robots.txt: everything is allowed (HTTP {status}"
    )


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_is_unreachable_fails(ask, status) -> None:
    checks = ask("", status)
    assert checks["tls"].ok
    assert not checks["robots"].ok
    assert f"HTTP {status}" in checks["robots"].detail
    assert "a crawl requests nothing from this host" in checks["robots"].detail


def test_a_host_without_an_answer_is_one_check_that_failed() -> None:
    (tls,) = iter_host_checks("http://127.0.0.1:9", [])
    assert (tls.name, tls.ok) == ("tls", False)
    assert "refuses connections" in tls.detail


def test_what_a_cache_kept_for_an_hour_is_an_hour_older(ask) -> None:
    date = ask("", Age="3600")["date"]
    assert not date.ok
    assert "this machine is 3600 s behind" in date.detail or "359" in date.detail


@pytest.mark.parametrize(("seconds", "said"), [(-200, "ahead of"), (200, "behind")])
def test_clocks_that_are_apart_fail_and_say_which_way(seconds, said) -> None:
    check = check_date(clock.now() + timedelta(seconds=seconds))
    assert not check.ok
    assert said in check.detail
    assert "timedatectl" in check.detail
    within = clock.now() + timedelta(seconds=(MOST_APART - 20) * (seconds // 200))
    assert check_date(within).ok
