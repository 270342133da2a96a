from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scraper.monitoring.recorder import REPEATED, record_of
from scraper.monitoring.report import HOURS, WEEKS, past_of, report_of, spans_before
from scraper.storage import open_store
from scraper.storage.jobs import StoredRun
from tests.unit.monitoring.kit import NOON, after, idle, run

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/articles.db") as opened:
        yield opened


def stored(before: timedelta, report: object | None) -> StoredRun:
    began = NOON - before
    record = "" if report is None else json.dumps(record_of(report))
    return StoredRun(1, "x", "one:1", began, None, record)


def test_the_hours_before_are_those_of_the_same_weekday() -> None:
    spans = spans_before(NOON)
    assert len(spans) == WEEKS + 1
    assert spans[0] == (NOON - HOURS, NOON)
    assert spans[1] == (NOON - HOURS - timedelta(days=7), NOON - timedelta(days=7))


def test_new_articles_are_counted_by_week() -> None:
    week = timedelta(days=7)
    hours = [
        stored(HOUR, run(new=3)),
        stored(2 * HOUR, run(new=4)),
        stored(HOURS + HOUR, run(new=99)),
        stored(2 * week + HOUR, run(new=5)),
    ]
    past = past_of([], hours, began=NOON, at=NOON)
    assert list(past.lately) == [3, 4]
    assert [list(each) for each in past.weeks] == [[], [5], [], [], [], []]


def test_runs_without_a_record_are_passed_over() -> None:
    killed, ended = stored(HOUR, None), stored(2 * HOUR, run(new=7))
    past = past_of([killed, ended], [killed], began=NOON, at=NOON)
    assert [each.report.new for each in past.runs] == [7]
    assert list(past.lately) == []


def test_a_record_tells_the_next_run_what_was_found_sent_and_seen() -> None:
    report = run("unreachable")
    record = record_of(report, alerted=["no_source"])
    began = NOON - HOUR
    kept = StoredRun(1, "x", "one:1", began, began, json.dumps(record))
    past = past_of([kept], [], began=NOON, at=NOON)
    (last,) = past.runs
    assert (last.found, last.alerted) == ({"no_source"}, {"no_source"})
    assert last.report.new == 20
    assert set(past.sources) == {"", "/a.rss", "/b.rss", "/c"}


def test_a_record_of_an_older_version_is_read() -> None:
    kept = StoredRun(1, "x", "one:1", NOON, NOON, '{"spider": "x", "reason": "y"}')
    (last,) = past_of([kept], [], began=NOON, at=NOON).runs
    assert (last.report.new, last.found) == (0, frozenset())


def test_what_each_source_told_is_in_the_states_and_not_kept_twice() -> None:
    record = record_of(run(), past=after())
    assert "by_source" not in record
    assert record["source_states"]["/a.rss"]["days"] == 1


def test_what_is_known_of_the_sources_is_written_where_it_changed() -> None:
    states = record_of(run(), past=after())["source_states"]
    assert "source_states" not in record_of(idle(), past=after(sources=states))
    old = after(sources=states, sources_age=REPEATED)
    assert record_of(idle(), past=old)["source_states"] == states


def test_what_is_known_of_the_sources_is_that_of_the_run_that_wrote_it_last() -> None:
    began = [NOON - hours * HOUR for hours in (1, 2, 3)]
    records = [record_of(idle()), record_of(run()), record_of(run(by_source={"/x": 1}))]
    kept = [
        StoredRun(3 - n, "x", "one:1", began[n], began[n], json.dumps(record))
        for n, record in enumerate(records)
    ]
    past = past_of(kept, [], began=NOON, at=NOON)
    assert past.sources_age == 1
    assert set(past.sources) == {"", "/a.rss", "/b.rss", "/c"}
    assert past.sources == records[1]["source_states"]


def test_the_time_without_anything_due_is_handed_on_until_something_is() -> None:
    record = record_of(idle(repeated=2), past=after())
    kept = StoredRun(1, "x", "one:1", NOON, NOON, json.dumps(record))
    past = past_of([kept], [], began=NOON, at=NOON + HOUR)
    assert past.idle_since == NOON
    assert record_of(idle(repeated=2), past=past)["idle_since"] == NOON.isoformat()
    assert "idle_since" not in record_of(run(repeated=2), past=past)


def test_a_record_keeps_what_is_no_default_and_gives_all_of_it_back() -> None:
    report = idle(pages=3, failed={"dns": 1})
    record = json.loads(json.dumps(record_of(report)))
    assert "new" not in record
    assert "rejected" not in record
    assert report_of(record) == report


def test_what_became_of_the_sources_is_kept_once(store) -> None:
    for number in range(3):
        at = NOON + number * 24 * HOUR
        past = past_of(store.jobs.list_runs("x"), [], began=at, at=at)
        record = record_of(run(by_source={"/a.rss": 1 + number}), past=past)
        text, outdated = json.dumps(record), past.outdated
        store.jobs.end(store.jobs.begin("x", at), at, text, outdated=outdated)
    records = [json.loads(each.record) for each in store.jobs.list_runs("x")]
    assert ["source_states" in each for each in records] == [True, False, False]
    assert all(each["new"] == 20 for each in records)
