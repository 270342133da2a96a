"""What leaves the store by itself, and what does not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from scraper.storage import Address, AddressKind, Result, Visit, Wanted
from scraper.storage.jobs import OLDEST, WINDOW

NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
JOB = "bao"
FEED = Address("https://example.vn/tin.rss", AddressKind.FEED)
OLD_DAY = Address("https://example.vn/2024-01-01", AddressKind.DAY)


def story(n: int) -> Address:
    return Address(f"https://example.vn/tin-{n}.htm")


@pytest.fixture
def began(store):
    """Begin and end a run of the job at each of some days; return the numbers."""

    def make(*days: int) -> list[int]:
        numbers = []
        for day in days:
            at = NOON + day * DAY
            numbers.append(store.jobs.begin(JOB, at))
            store.jobs.end(numbers[-1], at, "{}")
        return numbers

    return make


def prune(store, run, *, day: int, runs: int = 400, urls: int = 90):
    at = NOON + day * DAY
    before = {"runs_before": at - runs * DAY, "addresses_before": at - urls * DAY}
    return store.jobs.prune(run, **before)


def visit(store, addresses, *, day: int, result=Result.DROPPED) -> int:
    """Visit *addresses* in a run of their own; return its number."""
    at = NOON + day * DAY
    run = store.jobs.begin(JOB, at)
    store.jobs.add(JOB, addresses, at=at)
    for lease in store.jobs.lease(JOB, Wanted(run=run, began=at, at=at, limit=9999)):
        done = Visit(position=lease.position, at=at, result=result)
        store.jobs.settle(JOB, [done], run=run, at=at)
    store.jobs.end(run, at, "{}")
    return run


def test_runs_that_began_before_are_removed_the_others_stay(store, began) -> None:
    began(0, 1, 300)
    (last,) = began(401)
    assert prune(store, last, day=401).runs == 1
    assert [run.started_at - NOON for run in store.jobs.list_runs()] == [
        401 * DAY,
        300 * DAY,
        DAY,
    ]


def test_a_run_ahead_of_the_clock_is_as_old_as_the_one_after_it(store, began) -> None:
    ahead, _, last = began(2000, 0, 401)
    assert prune(store, last, day=401).runs == 2
    assert store.jobs.load_run(ahead) is None


def test_a_run_looks_at_a_bounded_number_of_old_ones(store, began) -> None:
    began(*[0] * (OLDEST + 1))
    (last,) = began(401)
    assert [prune(store, last, day=401).runs for _ in range(3)] == [OLDEST, 1, 0]


def test_an_article_that_no_source_lists_and_no_visit_asks_for_goes(store) -> None:
    visit(store, [story(1)], day=0)
    run = visit(store, [story(2)], day=50)
    assert prune(store, run, day=91).addresses == 1
    assert store.jobs.add(JOB, [story(1), story(2)], at=NOON + 91 * DAY) == [
        story(1).url
    ]


def test_what_is_listed_still_stays(store) -> None:
    run = visit(store, [story(1)], day=0)
    store.jobs.add(JOB, [story(1)], at=NOON + 80 * DAY)
    assert prune(store, run, day=91).addresses == 0


def test_what_waits_for_a_visit_stays_and_so_do_sources(store) -> None:
    visit(store, [FEED, OLD_DAY, story(2)], day=0, result=Result.GONE)
    run = visit(store, [], day=0)
    store.jobs.add(JOB, [story(1)], at=NOON)
    assert prune(store, run, day=91).addresses == 0


def test_every_part_of_the_frontier_has_its_turn(store) -> None:
    run = visit(store, map(story, range(2 * WINDOW + 1)), day=0)
    pruned = [prune(store, run + n, day=91).addresses for n in range(3)]
    assert sorted(pruned) == [2, WINDOW - 1, WINDOW]


def test_without_a_bound_nothing_goes(store, began) -> None:
    began(0)
    run = visit(store, [story(1)], day=0)
    pruned = store.jobs.prune(run, runs_before=None, addresses_before=None)
    assert (pruned.runs, pruned.addresses) == (0, 0)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_room_of_what_goes_is_used_by_what_comes(store) -> None:
    run = visit(store, map(story, range(WINDOW)), day=0)
    for day in (91, 182):
        size = _pages(store)
        for number in (run, run + 1):
            prune(store, number, day=day)
        new = range(WINDOW * day, WINDOW * (day + 1))
        run = visit(store, map(story, new), day=day)
        assert _pages(store) <= size * 1.1


def _pages(store) -> int:
    with closing(sqlite3.connect(store.name)) as connection:
        return connection.execute("PRAGMA page_count").fetchone()[0]
