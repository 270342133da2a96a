"""The counts of a run as a report."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scraper.monitoring.recorder import REPEATED, record_of
from scraper.monitoring.run_report import (
    HOURS,
    WEEKS,
    build_report,
    count_sources,
    iter_dead,
    iter_lost,
    next_states,
    past_of,
    report_of,
    spans_before,
)
from scraper.storage import open_store
from scraper.storage.jobs import StoredRun
from tests.unit.monitoring.kit import NOON, after, idle, run

STATS = {
    "elapsed_time_seconds": 4.0,
    "downloader/response_count": 40,
    "sources/read/feed": 2,
    "sources/read/section": 3,
    "sources/failed/http_404": 1,
    "links/articles": 30,
    "links/known": 5,
    "links/out_of_range": 4,
    "articles/requested": 21,
    "pages/failed/http_500": 1,
    "pages/failed/dns": 2,
    "read/failed/ExtractionTimeout": 1,
    "store/new": 10,
    "store/changed": 2,
    "store/unchanged": 3,
    "validate/dropped/no_title": 1,
    "deduplicate/dropped/duplicate": 2,
    "model/followed": 9,
    "model/read_again": 5,
    "model/limited/drops_too_much": 1,
    "model/fast": 7,
    "model/audited": 2,
    "model/agreement": 1.5,
    "model/forgotten": 1,
    "sources/at/https://bao.example/a.rss": 3,
    "sources/at/https://bao.example/b.rss": "http_404",
    "model/differed": 1,
    "model/careful/unknown_block": 1,
    "model/careful/no_container": 2,
    "blocks/kept": 90,
    "blocks/dropped/after_byline": 10,
    "blocks/dropped/outside_container": 300,
}


def test_a_report_holds_every_count() -> None:
    report = build_report(STATS, spider="x", reason="finished")
    assert (report.sources, report.links, report.known) == (5, 30, 5)
    assert (report.out_of_range, report.requested, report.pages) == (4, 21, 40)
    assert (report.new, report.changed, report.unchanged) == (10, 2, 3)
    assert (report.seconds, report.blocks_kept) == (4.0, 90)
    assert (report.followed, report.read_again) == (9, 5)
    assert report.model_limited == {"drops_too_much": 1}
    assert (report.fast, report.audited, report.differed) == (7, 2, 1)
    assert (report.agreement, report.models_forgotten) == (0.75, 1)
    assert report.by_source == {
        "https://bao.example/a.rss": 3,
        "https://bao.example/b.rss": "http_404",
    }
    assert list(report.careful.items()) == [("no_container", 2), ("unknown_block", 1)]
    assert report.source_failures == {"http_404": 1}
    assert report.rejected == {"no_title": 1, "duplicate": 2}
    assert report.failed == {"dns": 2, "http_500": 1, "ExtractionTimeout": 1}


def test_sums_follow_from_the_counts() -> None:
    report = build_report(STATS, spider="x", reason="finished")
    assert report.articles == 15
    assert report.blocks_dropped == 310


def test_rules_come_by_how_often_they_dropped() -> None:
    report = build_report(STATS, spider="x", reason="finished")
    assert list(report.dropped) == ["outside_container", "after_byline"]


def test_a_run_that_counted_nothing_is_all_zero() -> None:
    report = build_report({}, spider="x", reason="shutdown")
    assert (report.articles, report.seconds, report.failed) == (0, 0.0, {})
    assert report.agreement is None


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


DAY = timedelta(days=1)


def see(states: dict, day: int, **told: object) -> dict:
    by_source = {f"/{name}": what for name, what in told.items()}
    return next_states(states, idle(by_source=by_source), NOON + day * DAY)


def days(count: int, **told: object) -> dict:
    """The states after *count* days on which all of *told* was seen."""
    states: dict = {}
    for day in range(count):
        states = see(states, day, **told)
    return states


def dead(states: dict, day: int) -> list[str]:
    return list(iter_dead(states, NOON + day * DAY, DAY))


def test_a_source_that_fails_for_a_day_is_told_with_its_reason() -> None:
    states = see(days(2, a=3, b=2), 2, a=3, b="http_404")
    assert dead(states, 2) == []
    states = see(states, 3, a=3, b="http_410")
    assert dead(states, 3) == ["/b fails since 2026-11-27 12:00+07:00 (http_410)"]


def test_a_source_that_is_not_asked_stays_lost() -> None:
    states = see(days(2, a=3, b=2), 2, b="http_404")
    assert dead(see(states, 4, a=1), 4)
    assert list(iter_lost(states)) == ["/b"]


def test_a_source_that_answers_again_is_not_told_of() -> None:
    states = see(days(2, a=3, b=2), 2, b="http_503")
    states = see(states, 3, b=0)
    assert dead(states, 9) == []
    assert list(iter_lost(states)) == []


def test_a_source_that_never_answered_is_not_told_of() -> None:
    assert dead(days(9, a=3, b="http_404"), 9) == []


def test_a_source_that_used_to_bring_and_is_silent_is_told() -> None:
    states = days(7, a=3, b=1)
    for day in range(7, 10):
        states = see(states, day, a=2, b=0)
    assert dead(states, 10) == []
    assert dead(see(states, 10, a=2), 10) == ["/b has listed nothing new for 4 days"]


def test_a_source_that_brings_something_now_and_then_has_its_own_patience() -> None:
    states: dict = {}
    for day in range(21):
        states = see(states, day, a=2, b=int(day % 4 == 0))
    for day in range(21, 30):
        states = see(states, day, a=2, b=0)
    assert dead(states, 30) == []
    for day in range(30, 34):
        states = see(states, day, a=2, b=0)
    assert dead(states, 34) != []


def test_a_source_that_hardly_ever_brought_anything_is_not_told_of() -> None:
    states = days(4, a=3, b=1)
    for day in range(4, 20):
        states = see(states, day, a=3, b=0)
    assert dead(states, 20) == []


def test_days_without_anything_new_anywhere_do_not_count() -> None:
    states = days(7, a=3, b=1)
    for day in range(7, 30):
        states = see(states, day, a=0, b=0)
    assert dead(see(states, 30, a=1), 30) == []


def test_what_is_known_does_not_grow_with_the_runs() -> None:
    states = days(7, a=3, b=1)
    assert count_sources(states) == 2
    for day in range(7, 80):
        states = see(states, day, a=1)
    assert count_sources(states) == 1


def test_a_loss_that_lies_ahead_of_the_clock_begins_now() -> None:
    states = see(days(2, a=3, b=2), 900, a=3, b="http_404")
    states = see(states, 3, a=3, b="http_404")
    assert dead(states, 3) == []
    assert dead(see(states, 4, a=3, b="http_404"), 4)
