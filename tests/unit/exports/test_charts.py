from __future__ import annotations

from itertools import pairwise

import pytest

from scraper.exports.html import HEIGHT, REST, WIDTH, spark, stack, trace


def test_a_column_is_as_high_as_its_number() -> None:
    chart = stack("", [("a", {"x": 10}), ("b", {"x": 5})])
    high, low = chart.marks
    assert high.height == pytest.approx(2 * low.height)
    assert high.y + high.height == pytest.approx(low.y + low.height)


def test_parts_stand_on_each_other() -> None:
    lower, upper = stack("", [("a", {"x": 3, "y": 1})]).marks
    assert upper.y + upper.height == pytest.approx(lower.y)
    assert (lower.said, upper.said) == ("a, x: 3", "a, y: 1")


def test_many_series_become_ten_and_nothing_is_lost() -> None:
    chart = stack("", [("a", {f"s{number}": number for number in range(1, 31)})])
    assert len(chart.series) == 10
    assert (chart.series[0], chart.series[-1]) == ("s30", REST)
    assert sum(chart.rows[0][1].values()) == sum(range(1, 31))


@pytest.mark.parametrize("days", [1, 7, 92, 500])
def test_everything_is_inside_and_few_labels_are_written(days: int) -> None:
    chart = stack("", [(f"{day}", {"x": day}) for day in range(days)])
    assert all(0 <= mark.x <= mark.x + mark.width <= WIDTH for mark in chart.marks)
    assert all(0 <= mark.y <= mark.y + mark.height <= HEIGHT for mark in chart.marks)
    assert len(chart.across) <= 7


@pytest.mark.parametrize("days", [2, 3, 8, 31])
def test_labels_below_the_axis_do_not_overlap(days: int) -> None:
    rows = [(f"2026-01-{day + 1:02}", {"x": 1}) for day in range(days)]
    at = [tick.at for tick in stack("", rows).across]
    assert all(right - left >= 80 for left, right in pairwise(at))


def test_a_line_goes_through_its_points() -> None:
    chart = trace("", "minutes", [("a", 1.0), ("b", 4.0)])
    low, high = chart.marks
    assert low.x < high.x
    assert low.y > high.y
    assert chart.points == f"{low.x:.1f},{low.y:.1f} {high.x:.1f},{high.y:.1f}"


def test_nothing_to_draw_is_no_error() -> None:
    assert stack("", []).marks == []
    assert stack("", [("a", {}), ("b", {"x": 0})]).marks == []
    assert trace("", "minutes", []).points == ""


def test_a_small_chart_fills_its_box() -> None:
    first, none, last = spark([1, 0, 4])
    assert (last.y, last.height, none.height) == (0, 20, 0)
    assert first.height == pytest.approx(5)
    assert last.x + last.width <= 100
    assert spark([]) == []
