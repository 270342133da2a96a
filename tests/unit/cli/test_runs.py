from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from scraper import clock
from scraper.monitoring.recorder import record_of
from scraper.monitoring.run_report import RunReport
from scraper.storage import open_store
from scraper.storage.jobs import Owner

NOON = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
REPORT = RunReport(
    spider="baotintuc",
    reason="finished",
    seconds=12.4,
    leased=20,
    sources=15,
    unchanged_sources=4,
    links=9,
    requested=7,
    given=7,
    revisited=3,
    same=2,
    gone=1,
    new=6,
    revised=1,
    failed={"http_500": 1},
    fields={"lead": 7, "byline": 5},
    followed=7,
    audited=4,
    agreement=0.9876,
    latency_minutes=4.5,
    latency_articles=6,
)


@pytest.fixture
def kept(home):
    """A store with one run that ended, two that were killed and one under way."""
    with open_store() as store:
        jobs = store.jobs
        first = jobs.begin("bao", NOON, owner=Owner("one:1"))
        jobs.end(first, NOON + timedelta(seconds=12), json.dumps(record_of(REPORT)))
        jobs.begin("bao", NOON + timedelta(hours=1), owner=Owner("one:2"))
        jobs.begin("bao", NOON + timedelta(hours=2), owner=Owner("one:3"))
        jobs.begin("other", clock.now(), owner=Owner("one:4"))


def test_runs_are_listed_the_newest_first(tinsach, kept) -> None:
    result = tinsach("runs")
    assert result.code == 0
    newest, *others = result.out.splitlines()
    assert newest.startswith("4\tother\t")
    assert newest.endswith("\t0\t0\t0\t0\tunder way")
    assert others == [
        "3\tbao\t2026-11-01 14:00:00+07:00\t0\t0\t0\t0\tkilled",
        "2\tbao\t2026-11-01 13:00:00+07:00\t0\t0\t0\t0\tkilled",
        "1\tbao\t2026-11-01 12:00:00+07:00\t12\t6\t1\t1\tdone",
    ]


def test_a_limit_bounds_the_runs_that_are_listed(tinsach, kept) -> None:
    result = tinsach("runs", "--limit", "1")
    assert (result.code, len(result.out.splitlines())) == (0, 1)
    refused = tinsach("runs", "--limit", "1", "show", "1")
    assert refused.code == 2
    assert "tinsach runs list --limit 1" in refused.err


def test_runs_of_a_job_as_json(tinsach, kept) -> None:
    result = tinsach("runs", "list", "bao", "--limit", "1", "--json")
    (line,) = result.out.splitlines()
    assert json.loads(line)["began"] == "2026-11-01T07:00:00+00:00"
    assert tinsach("runs", "list", "khac").out == ""


def test_a_run_is_shown_as_the_table_that_it_ended_with(tinsach, kept) -> None:
    out = tinsach("runs", "show", "1").out
    assert "baotintuc: done" in out
    for row in ("taken down", "with a byline", "5 (71%)", "4.5 (6 articles)", "98.8%"):
        assert row in out


def test_the_table_shows_what_is_not_zero_in_words(tinsach, home) -> None:
    counts = {"pages": 5, "new": 2, "requested": 3, "seconds": 1.25}
    reasons = {"rejected": {"not_an_article/listing": 1}, "dropped": {"link_only": 4}}
    report = RunReport(spider="bao", reason="finished", **counts, **reasons)
    with open_store() as store:
        run = store.jobs.begin("bao", NOON)
        store.jobs.end(run, NOON, json.dumps(record_of(report)))
    lines = tinsach("runs", "show", "1").out.splitlines()
    rows = [" ".join(line.strip("│").split()) for line in lines if "│" in line]
    assert rows == [
        "pages fetched │ 5",
        "new articles stored │ 2",
        "skipped: not an article, listing │ 1",
        "blocks kept │ 0",
        "blocks dropped │ 4",
        "by the rule link_only │ 4",
        "seconds │ 1.2",
    ]


def test_a_run_is_shown_as_json(tinsach, kept) -> None:
    record = json.loads(tinsach("runs", "show", "1", "--json").out)
    assert (record["verdict"], record["status"]) == ("done", 0)
    assert record["owner"] == "one:1"
    assert json.loads(tinsach("runs", "show", "2").out)["verdict"] == "killed"


def test_a_run_that_never_was_is_said(tinsach, kept) -> None:
    result = tinsach("runs", "show", "9")
    assert result.code == 1
    assert "there is no run 9" in result.err


def test_a_store_without_runs_is_said(tinsach, stored) -> None:
    result = tinsach("runs")
    assert (result.code, result.out) == (0, "")
    assert "no run is stored" in result.err


def test_what_was_wrong_with_a_run_stands_under_its_table(tinsach, home) -> None:
    counts = {"requested": 9, "given": 1, "new": 1, "failed": {"dns": 8}}
    ill = RunReport(spider="bao", reason="unreachable", **counts)
    with open_store() as store:
        run = store.jobs.begin("bao", NOON)
        store.jobs.end(run, NOON, json.dumps(record_of(ill)))
    lines = tinsach("runs", "show", "1").out.splitlines()
    assert lines[-2:] == [
        "no_source: the portal cannot be reached",
        "many_failed: 8 of 9 pages failed",
    ]
