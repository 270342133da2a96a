from __future__ import annotations

import pytest

from scraper.monitoring.health import less_coverage, little_volume
from scraper.monitoring.recorder import FIELDS
from tests.unit.monitoring.kit import after, idle, run

WEEKS = [[2] * 72, [3] * 72, [2] * 72, [2] * 72]


def volume(lately: list[int], weeks: list[list[int]] = WEEKS, new: int = 0) -> str:
    return little_volume(idle(new=new), after(lately=lately, weeks=weeks))


def test_half_a_day_with_a_third_of_the_usual_articles_is_told() -> None:
    said = volume([1] * 48 + [0] * 23)
    assert said == "48 new articles in 12 hours, 144 are usual"


def test_the_articles_of_the_present_run_count() -> None:
    assert volume([1] * 70) != ""
    assert volume([1] * 70, new=3) == ""


def test_less_than_three_weeks_say_nothing() -> None:
    assert volume([0] * 71, WEEKS[:3]) != ""
    assert volume([0] * 71, WEEKS[:2]) == ""


def test_a_week_in_which_the_job_paused_says_nothing() -> None:
    week, paused = [2] * 72, [4] * 30
    assert volume([0] * 71, [week, week, week]) != ""
    assert volume([0] * 71, [week, week, paused]) == ""


def test_a_job_that_pauses_now_says_nothing() -> None:
    assert volume([0] * 20) == ""


def test_one_odd_week_does_not_matter() -> None:
    assert volume([1] * 71, [*WEEKS, [0] * 72]) != ""
    assert volume([2] * 60 + [0] * 11, [*WEEKS, [40] * 72]) == ""


def test_weeks_that_differ_much_make_it_patient() -> None:
    assert volume([1] * 70, [[1] * 72, [2] * 72, [3] * 72, [4] * 72]) == ""


def test_a_small_paper_is_not_told_of_for_chance() -> None:
    assert volume([0] * 71, [[1] * 8 + [0] * 64] * 6) == ""


def filled(articles: int, **fields: int) -> object:
    return run(new=articles, fields=dict.fromkeys(FIELDS, articles) | fields)


def test_a_field_that_is_no_longer_found_is_told() -> None:
    now = filled(10, byline=2)
    past = after(now, now, *[filled(20, byline=18)] * 10)
    assert less_coverage(now, past) == ("20% of the articles have byline, before 90%")


@pytest.mark.parametrize("has", [5, 6, 10])
def test_a_field_that_was_always_rare_is_not(has: int) -> None:
    now = filled(10, tags=has)
    assert less_coverage(now, after(now, now, *[filled(20, tags=13)] * 10)) == ""


def test_a_field_that_all_had_may_be_missing_in_some() -> None:
    always = [filled(20)] * 10
    assert less_coverage(filled(30, byline=26), after(*always)) == ""
    assert less_coverage(filled(30, byline=25), after(*always)) != ""


def test_what_chance_does_once_a_week_is_not_told() -> None:
    before = [filled(100, images=76)] * 10
    assert less_coverage(filled(30, images=16), after(*before)) == ""
    assert less_coverage(filled(30, images=10), after(*before)) != ""


def test_few_articles_say_nothing_of_a_field() -> None:
    now = filled(10, byline=0)
    assert less_coverage(now, after(now, filled(0), filled(9, byline=0))) == ""
    few_before = after(now, now, *[filled(20)] * 4)
    assert less_coverage(now, few_before) == ""


def test_a_run_without_articles_answers_for_no_other() -> None:
    now = filled(10, byline=0)
    assert less_coverage(idle(), after(*[now] * 3, *[filled(20)] * 10)) == ""
