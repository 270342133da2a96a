from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from tests.unit.living.conftest import BASE, START
from worlds.living import TWO_DAYS, Kind, Plan, World

HOUR = timedelta(hours=1)


def of(world, kind):
    return [event for event in world.events() if event.kind is kind]


def test_events_are_the_same_for_the_same_arguments(month):
    again = World(7, start=START, base=BASE)
    assert again.events() == month.events()
    assert World(8, start=START, base=BASE).events() != month.events()


def test_events_come_in_the_order_of_time_and_within_the_world(month):
    times = [event.time for event in month.events()]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] < month.end


def test_a_tenth_of_the_articles_is_edited_within_a_day(month):
    edits = of(month, Kind.EDIT)
    assert len({e.n for e in edits}) == round(len(month) / 10)
    for edit in edits:
        assert 20 * HOUR / 60 <= edit.time - month.times[edit.n] <= 24 * HOUR


def test_half_of_the_edits_is_announced(month):
    told = [edit.announced for edit in of(month, Kind.EDIT)]
    assert 0.46 < sum(told) / len(told) < 0.54


def test_pages_state_some_edits_of_both_sorts(month):
    sorts = Counter((e.announced, e.stated) for e in of(month, Kind.EDIT))
    assert set(sorts) == {(True, True), (True, False), (False, True), (False, False)}


def test_twenty_articles_a_month_are_taken_down_within_two_days(month):
    gone = of(month, Kind.TAKEDOWN)
    assert len(gone) == 20
    assert {event.detail for event in gone} == {"404", "410"}
    for event in gone:
        assert event.time - month.times[event.n] <= 48 * HOUR


def test_a_few_dozen_articles_move_to_another_section(month):
    moves = of(month, Kind.MOVE)
    assert len(moves) == 30
    for event in moves:
        old, new = event.address.split("/")[3], event.detail.split("/")[3]
        assert old != new
        assert event.address.split("/")[4] == event.detail.split("/")[4]


def test_an_article_has_events_of_one_kind(month):
    kinds = {(e.n, e.kind) for e in month.events() if e.n is not None}
    assert max(Counter(n for n, _ in kinds).values()) == 1


def test_nothing_happens_to_articles_in_an_outage_or_the_hour_after(month):
    (outage,) = of(month, Kind.OUTAGE)
    assert outage.until - outage.time == HOUR
    after = outage.until + HOUR
    assert not [e for e in month.events() if e.n and outage.time <= e.time < after]


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (Kind.FEED_DEATH, 9),
        (Kind.RENAME, 12),
        (Kind.OUTAGE, 17),
        (Kind.QUIET_NIGHT, 14),
        (Kind.REDESIGN, 20),
    ],
)
def test_the_portal_changes_on_its_days(month, kind, day):
    (event,) = of(month, kind)
    assert (event.time - START).days + 1 == day
    assert event.n is None


def test_a_world_of_two_days_has_every_kind_of_event(two_days):
    assert {event.kind for event in two_days.events()} == set(Kind)


def test_a_short_world_has_two_takedowns_and_two_moves_at_least(two_days):
    assert len(of(two_days, Kind.TAKEDOWN)) == 2
    assert len(of(two_days, Kind.MOVE)) == 2


def test_a_plan_without_events_has_none():
    plan = Plan(
        edited=0,
        takedowns=0,
        moves=0,
        feed_dies=None,
        renamed=None,
        redesigned=None,
        night=None,
        outage=None,
    )
    assert World(1, start=START, days=2, plan=plan).events() == []


def test_what_would_happen_after_the_end_is_no_event():
    assert not of(World(1, start=START, days=1, plan=TWO_DAYS), Kind.REDESIGN)


def test_a_world_in_which_no_moment_is_free_has_no_events_of_articles():
    plan = Plan(outage=timedelta(), outage_lasts=timedelta(days=9))
    world = World(1, start=START, days=2, plan=plan)
    assert not [event for event in world.events() if event.n is not None]
