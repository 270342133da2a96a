from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from scraper import clock
from scraper.cli.doctor import iter_store_checks
from scraper.monitoring.recorder import record_of
from scraper.monitoring.run_report import RunReport
from scraper.sitemodel import SiteModel
from scraper.storage import Address, Result, Visit, Wanted, open_store
from scraper.storage.jobs import Owner
from scraper.storage.migrate import HEAD

HOUR = timedelta(hours=1)
NOW = clock.now()
DONE = RunReport(spider="bao", reason="finished", new=1, requested=1, given=1)


@pytest.fixture
def job(home):
    """Make runs of a job, each as (hours ago, report, None for one that was killed)."""

    def make(*runs: tuple[int, RunReport | None]) -> None:
        with open_store() as store:
            for ago, report in runs:
                at = clock.now() - ago * HOUR
                run = store.jobs.begin("bao", at, owner=Owner("one:1"))
                if report is not None:
                    store.jobs.end(run, at, json.dumps(record_of(report)))

    return make


def check(name: str):
    (found,) = [each for each in iter_store_checks(None) if each.name == name]
    return found


def test_a_store_says_its_size_and_the_version_of_its_tables(stored) -> None:
    found = check("store")
    assert found.ok
    assert found.detail.startswith("3 articles, 0.")
    assert found.detail.endswith(f"MB, tables {HEAD}")


def test_a_store_that_cannot_be_written_fails(stored) -> None:
    path = Path("tinsach-home/articles.db").absolute()
    (found,) = iter_store_checks(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert not found.ok
    assert "articles.db" in found.detail


def test_a_store_without_runs_says_what_makes_one(stored) -> None:
    assert "`tinsach crawl SPIDER` starts one" in check("runs").detail


def test_the_newest_run_says_how_it_ended_and_how_long_ago_it_was(job) -> None:
    job((5, DONE), (3, DONE))
    found = check("runs")
    assert (found.ok, found.detail) == (True, "bao: run 2 started 3 hours ago: done")


def test_an_unhealthy_run_fails(job) -> None:
    job((3, RunReport(spider="bao", reason="unreachable")))
    found = check("runs")
    assert not found.ok
    assert "cannot be reached; `tinsach runs show 1` has the details" in found.detail


def test_a_run_of_another_spider_is_not_laid_to_the_one_asked_for(job) -> None:
    job((3, RunReport(spider="bao", reason="unreachable")))
    (own,) = [each for each in iter_store_checks(None, "bao") if each.name == "runs"]
    (other,) = [each for each in iter_store_checks(None, "tin") if each.name == "runs"]
    assert not own.ok
    assert (other.ok, other.detail.partition(";")[0]) == (True, "no recent run of tin")


def test_a_run_under_way_says_who_holds_the_job(job) -> None:
    job((3, DONE), (0, None))
    found = check("runs")
    assert found.ok
    assert "one:1 holds the job" in found.detail


def test_a_run_that_lost_its_job_was_killed(job) -> None:
    job((3, DONE), (2, None))
    assert check("runs").detail == "bao: run 2 started 2 hours ago: killed"


def test_runs_that_are_killed_again_and_again_fail(job) -> None:
    job((9, None), (8, None), (7, None), (6, DONE))
    assert check("runs").ok
    job((5, None), (4, DONE))
    found = check("runs")
    assert not found.ok
    assert "4 of the last 6 were killed" in found.detail


def test_a_run_in_the_future_is_the_clocks_fault(job) -> None:
    job((-5, DONE))
    found = check("runs")
    assert not found.ok
    assert "timedatectl" in found.detail


def model(audited: int, agreed: int) -> None:
    made = SiteModel("bao.example", 0, audited=audited, agreed=agreed)
    with open_store() as store:
        store.models.save_model(
            made.site, made.version, made.to_json(), pages=made.pages
        )


def test_a_model_says_its_age_and_its_worth(home) -> None:
    model(20, 20)
    found = check("model")
    assert found.ok
    said = r"bao\.example: 0 pages, \d+ seconds old, 20 of 20 audits agreed"
    assert re.search(said, found.detail)


def test_a_model_that_fits_no_more_fails(home) -> None:
    model(20, 15)
    found = check("model")
    assert not found.ok
    assert "the next crawl learns a new one" in found.detail
    with open_store() as store:
        (listed,) = store.models.list_models()
        store.models.pin("bao.example", listed.version)
    assert "`tinsach model unpin bao.example`" in check("model").detail


def test_a_model_that_cannot_be_read_says_how_to_be_rid_of_it(home) -> None:
    with open_store() as store:
        store.models.save_model("bao.example", "1234", "[]", pages=0)
    found = check("model")
    assert not found.ok
    assert "`tinsach doctor --repair` removes this version" in found.detail


def test_times_ahead_of_the_clock_are_counted_until_the_next_crawl(home) -> None:
    ahead = clock.now() + timedelta(days=900)
    with open_store() as store:
        run = store.jobs.begin("bao", ahead)
        store.jobs.add("bao", [Address("https://bao.example/a.htm")], at=ahead)
        (lease,) = store.jobs.lease(
            "bao", Wanted(run=run, began=ahead, at=ahead, limit=1)
        )
        visit = Visit(position=lease.position, at=ahead, result=Result.FAILED)
        store.jobs.settle("bao", [visit], run=run, at=ahead)
    found = check("times")
    assert not found.ok
    assert "1 URLs have times ahead of" in found.detail
    assert "timedatectl" in found.detail
    with open_store() as store:
        assert store.jobs.set_due("bao", clock.now()) == 1
        assert store.jobs.count_beyond(ahead) == 0


def test_a_model_learned_while_the_clock_was_ahead_has_no_age(home) -> None:
    with clock.simulated(lambda: NOW + timedelta(days=900)):
        model(20, 20)
    assert "0 pages, learned while the clock was ahead, 20 of" in check("model").detail


def test_what_grows_is_counted_beside_its_bound(job, monkeypatch) -> None:
    job((5, DONE), (3, DONE))
    model(20, 20)
    monkeypatch.setenv("TINSACH_KEEP_RUNS", "30")
    assert check("kept").detail == (
        "2 runs (30 days); 0 URLs (90 days after they were last listed);"
        " at most 1 versions of a model (5 versions)"
    )
