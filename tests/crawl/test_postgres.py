"""Crawls into a PostgreSQL store: as into a file, and a server that crashes loses nothing."""

from __future__ import annotations

import json
import time

import pytest

from scraper.demo import serving as replica_serving
from scraper.monitoring.run_report import RunReport
from scraper.storage import open_store
from worlds.postgres import serving

SIZE = 150


@pytest.fixture
def replica():
    with replica_serving(size=SIZE, seed=3) as served:
        yield served


@pytest.fixture
def server():
    with serving() as postgres:
        yield postgres


def test_a_crawl_and_the_next_one_store_into_postgresql(postgres, new_crawls) -> None:
    url = postgres.new_database()
    new_crawls.environment["TINSACH_STORE"] = url
    with replica_serving(size=12, seed=3) as replica:
        found = new_crawls(arguments={"portal": replica.base})
        assert found.report["new"] == 12
        assert new_crawls(arguments={"portal": replica.base}).verdict == "nothing new"
    with open_store(url) as store:
        assert store.count() == 12


@pytest.mark.slow(first=True)
def test_a_server_that_crashes_under_a_crawl_loses_no_article(
    replica, server, new_crawls
) -> None:
    url = server.new_database()
    new_crawls.environment["TINSACH_STORE"] = url
    open_store(url).close()
    crawl = new_crawls.start(arguments={"portal": replica.base})
    _wait_for_some(url)
    server.crash()
    time.sleep(1.5)
    server.start()
    out, err = crawl.communicate(timeout=300)
    assert crawl.returncode == 0, err
    outcome = json.loads(out)
    assert "trying again" in err
    assert RunReport(**outcome["report"]).unaccounted == 0
    assert RunReport(**outcome["report"]).lost == 0
    with open_store(url) as store:
        articles = list(store.iter_articles())
        (run,) = store.jobs.list_runs()
    assert len({article.url for article in articles}) == len(articles) == SIZE
    assert run.record
    assert new_crawls(arguments={"portal": replica.base}).verdict == "nothing new"


def _wait_for_some(url: str) -> None:
    with open_store(url) as store:
        until = time.monotonic() + 300
        while store.count() < 20:
            assert time.monotonic() < until
            time.sleep(0.05)
