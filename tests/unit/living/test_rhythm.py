from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from tests.unit.living.conftest import START
from worlds.living import Plan, World


def test_a_world_publishes_about_400_articles_a_day(month):
    days = Counter(time.date() for time in month.times)
    assert len(days) == 30
    assert 390 < len(month) / 30 < 410
    assert all(250 < count < 450 for count in days.values())


def test_few_are_published_at_night_most_in_the_morning_and_towards_evening(month):
    hours = Counter(time.hour for time in month.times)
    night = max(hours[hour] for hour in range(5))
    noon = max(hours[hour] for hour in (12, 13))
    for peak in (hours[9], hours[17]):
        assert peak > 8 * night
        assert peak > 1.5 * noon


def test_weekends_are_quieter(month):
    days = Counter(time.weekday() for time in month.times[: month.count(START + WEEK)])
    assert max(days[5], days[6]) < min(days[day] for day in range(5))


WEEK = timedelta(days=7)


def test_no_two_articles_are_of_one_minute(month):
    assert month.times == sorted(set(month.times))
    assert all(time.second == 0 for time in month.times)


def test_a_night_of_eight_hours_has_nothing_new(month):
    gaps = zip(month.times, month.times[1:], strict=False)
    longest = max(gaps, key=lambda gap: gap[1] - gap[0])
    (night,) = (e for e in month.events() if e.kind == "quiet_night")
    assert night.until - night.time >= timedelta(hours=8)
    assert longest[0] < night.time < night.until <= longest[1]
    assert not [e for e in month.events() if e.n and night.time <= e.time < night.until]


def test_a_longer_world_of_the_same_seed_begins_with_the_same_articles(two_days):
    plan = Plan(night=two_days.plan.night)
    longer = World(7, start=START, days=4, base=two_days.base, plan=plan)
    assert longer.times[: len(two_days)] == two_days.times
    assert longer.headline(300).path == two_days.headline(300).path


def test_a_world_may_begin_at_any_moment_and_ends_after_its_days():
    start = START + timedelta(hours=15, minutes=5)
    world = World(1, start=start, days=2)
    assert start <= world.times[0]
    assert world.times[-1] < world.end == start + timedelta(days=2)
    assert len(world) > 500


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"start": START.replace(tzinfo=None)}, "without an offset"),
        ({"start": START, "days": 0}, "days is 0"),
    ],
)
def test_a_world_that_makes_no_sense_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        World(**arguments)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"articles": 0}, "articles a day"), ({"edited": 1.5}, "a share from 0 to 1")],
)
def test_a_plan_that_makes_no_sense_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        Plan(**options)


@pytest.mark.parametrize("plan", [Plan(), Plan(articles=20, night=None, moves=0)])
def test_a_plan_is_the_same_after_a_line_of_json(plan):
    assert Plan.from_json(plan.to_json()) == plan
    assert "\n" not in plan.to_json()
