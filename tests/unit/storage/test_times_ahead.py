"""A clock was ahead, or is set back: what it left is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.errors import StorageError
from scraper.storage import Address, AddressKind, Result, Visit, Wanted
from scraper.storage.jobs import FRESH, Owner
from scraper.storage.visits import LONGEST, LONGEST_OF_SOURCES, is_repeated

NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)
AHEAD = NOON + timedelta(days=1000)
DAY = timedelta(days=1)
JOB = "bao"
FEED = Address("https://example.vn/tin.rss", AddressKind.FEED)
STORY = Address("https://example.vn/tin-1.htm", time=NOON - timedelta(hours=1))
SITEMAP = Address("https://example.vn/sitemap.xml", AddressKind.SITEMAP)


class Runs:
    """Runs of one job; each *at* a time of its own."""

    def __init__(self, jobs) -> None:
        self.jobs = jobs

    def begin(self, at: datetime) -> None:
        self.at = self.began = at
        self.run = self.jobs.begin(JOB, at)

    def end(self) -> None:
        self.jobs.end(self.run, self.at, "")

    def lease(self):
        times = {"began": self.began, "at": self.at}
        return self.jobs.lease(JOB, Wanted(run=self.run, limit=10, **times))

    def visit(self, result=Result.READ, **told) -> list[str]:
        """Visit all that is due; return which those were."""
        leases = self.lease()
        for each in leases:
            visit = Visit(position=each.position, at=self.at, result=result, **told)
            self.jobs.settle(JOB, [visit], run=self.run, at=self.at)
        return [each.address.url for each in leases]


@pytest.fixture
def runs(store) -> Runs:
    return Runs(store.jobs)


@pytest.fixture
def ran_ahead(runs) -> Runs:
    """One run with a clock that was ahead has visited a feed and an article."""
    runs.begin(AHEAD)
    runs.jobs.add(JOB, [FEED, STORY], at=AHEAD)
    assert runs.visit(Result.FAILED) == [FEED.url, STORY.url]
    runs.end()
    runs.begin(NOON)
    return runs


def test_what_a_clock_put_into_the_future_is_due_once(ran_ahead) -> None:
    assert ran_ahead.lease() == []
    assert ran_ahead.jobs.set_due(JOB, NOON) == 2
    assert ran_ahead.visit() == [FEED.url, STORY.url]
    assert ran_ahead.jobs.set_due(JOB, NOON) == 0
    assert ran_ahead.lease() == []


def test_of_its_own_job_only(ran_ahead) -> None:
    assert ran_ahead.jobs.set_due("other", NOON) == 0
    assert ran_ahead.jobs.count_beyond(NOON) == 2


def test_an_address_that_waits_for_its_time_goes_on_waiting(runs) -> None:
    runs.begin(NOON)
    runs.jobs.add(JOB, [FEED, STORY], at=NOON)
    runs.visit(Result.FAILED)
    assert runs.jobs.set_due(JOB, NOON + timedelta(minutes=1)) == 0
    assert runs.jobs.count_beyond(NOON - DAY) == 2


def test_what_was_never_visited_is_due_whatever_the_clock_said(runs) -> None:
    runs.begin(AHEAD)
    runs.jobs.add(JOB, [STORY], at=AHEAD)
    runs.end()
    runs.begin(NOON)
    assert runs.visit() == [STORY.url]


def test_a_change_is_believed_where_the_last_visit_lies_ahead(runs) -> None:
    runs.begin(AHEAD)
    runs.jobs.add(JOB, [SITEMAP, STORY], at=AHEAD)
    runs.visit(Result.DROPPED)
    runs.end()
    runs.begin(NOON)
    runs.jobs.set_due(JOB, NOON)
    (lease,) = runs.lease()
    assert lease.address.url == SITEMAP.url
    changed = Address(STORY.url, changed=NOON - timedelta(minutes=5))
    visit = {"at": NOON, "result": Result.READ, "links": (changed,)}
    visits = [Visit(position=lease.position, **visit)]
    runs.jobs.settle(JOB, visits, run=runs.run, at=NOON)
    assert runs.visit() == [STORY.url]


def test_a_change_that_a_sitemap_puts_ahead_is_passed_over(runs) -> None:
    runs.begin(NOON)
    runs.jobs.add(JOB, [Address(STORY.url, changed=AHEAD)], at=NOON)
    (lease,) = runs.lease()
    assert lease.address.changed is None


def test_an_article_dated_ahead_is_visited_by_the_time_it_was_found(runs, make) -> None:
    runs.begin(NOON)
    runs.jobs.add(JOB, [Address(STORY.url, time=AHEAD)], at=NOON)
    runs.visit(article=make(published_at=AHEAD, url=STORY.url))
    for age, due in ((11, []), (12, [STORY.url]), (23, [STORY.url]), (24, [])):
        runs.end()
        runs.begin(NOON + timedelta(hours=age))
        assert runs.visit(Result.UNCHANGED) == due, age


def test_an_article_found_ahead_has_its_age_from_the_first_visit(runs) -> None:
    runs.begin(AHEAD)
    runs.jobs.add(JOB, [Address(STORY.url)], at=AHEAD)
    runs.visit()
    runs.end()
    runs.begin(NOON)
    runs.jobs.set_due(JOB, NOON)
    assert runs.visit() == [STORY.url]
    runs.end()
    visited = 0
    for hour in range(1, 24 * 40):
        runs.begin(NOON + timedelta(hours=hour))
        visited += len(runs.visit(Result.UNCHANGED))
        runs.end()
    assert visited in {3, 5}


def test_a_run_that_another_machine_began_ahead_holds_nothing(store) -> None:
    store.jobs.begin(JOB, AHEAD, owner=Owner("another-host:1"))
    assert store.jobs.begin(JOB, NOON)


def test_a_run_a_little_ahead_holds_its_job(store) -> None:
    store.jobs.begin(JOB, NOON + FRESH, owner=Owner("another-host:1"))
    with pytest.raises(StorageError, match="another-host"):
        store.jobs.begin(JOB, NOON)


def test_the_latest_run_is_the_last_one_begun_not_the_one_furthest_ahead(store) -> None:
    for at in (AHEAD, NOON):
        store.jobs.end(store.jobs.begin(JOB, at), at, "")
    assert store.jobs.latest() == {JOB: NOON}


def test_the_longest_intervals_are_those_of_the_schedule() -> None:
    assert (LONGEST, LONGEST_OF_SOURCES) == (23 * DAY, DAY)
    assert is_repeated(FEED)
    assert not is_repeated(Address("https://example.vn/2025-07-11", AddressKind.DAY))
    assert not is_repeated(Address(SITEMAP.url, AddressKind.SITEMAP, page=2))
