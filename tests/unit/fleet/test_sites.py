from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.crawling.run import load_spider
from scraper.errors import ConfigurationError
from scraper.fleet.task import all_of, in_turn, named
from scraper.storage import open_store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/articles.db") as opened:
        yield opened


def begin(store, job, hours) -> None:
    at = NOON + timedelta(hours=hours)
    store.jobs.end(store.jobs.begin(job, at), at, "")


def test_spiders_and_addresses_are_sites_each_once() -> None:
    names = ["baotintuc", "https://Bao.example/a", "bao.example", "baotintuc"]
    sites = named(names, {"since": "7d"})
    assert [site.job for site in sites] == ["baotintuc", "news https://bao.example"]
    assert sites[1].spider == "news"
    assert sites[1].arguments == {"since": "7d", "site": "https://bao.example"}


@pytest.mark.parametrize("portal", ["", "http://127.0.0.1:9/", "https://baotintuc.vn"])
def test_a_job_is_called_as_its_spider_calls_it(portal) -> None:
    arguments = {"portal": portal} if portal else {}
    for name in ("baotintuc", "bao.example"):
        (site,) = named([name], arguments if name == "baotintuc" else {})
        assert site.job == load_spider(site.spider)(**site.arguments).job


@pytest.mark.parametrize("name", ["khong-co", "ftp://bao.example"])
def test_what_is_neither_is_said(name) -> None:
    with pytest.raises(ConfigurationError, match="neither a spider"):
        named([name], {})


def test_the_one_that_waited_longest_comes_first(store) -> None:
    sites = named(["a.example", "b.example", "c.example"], {})
    for name, hours in (("a", 0), ("b", 1), ("a", 2)):
        begin(store, f"news https://{name}.example", hours)
    jobs = [site.job.removeprefix("news https://")[0] for site in in_turn(sites, store)]
    assert jobs == ["c", "b", "a"]


def test_all_are_those_with_a_spider_and_those_in_the_store(store) -> None:
    for job in ("news https://bao.example", "baotintuc", "baotintuc replay"):
        begin(store, job, 0)
    jobs = {site.job for site in all_of(store, {})}
    assert {"baotintuc", "news https://bao.example"} <= jobs
    assert not any("replay" in job for job in jobs)


def test_a_run_ahead_of_the_clock_lets_no_site_wait(store) -> None:
    begin(store, "news https://a.example", 24 * 900)
    begin(store, "news https://b.example", 0)
    sites = named(["b.example", "a.example"], {})
    assert [site.arguments["site"][8] for site in in_turn(sites, store)] == ["a", "b"]
