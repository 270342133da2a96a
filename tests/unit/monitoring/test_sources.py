from __future__ import annotations

from datetime import timedelta

from scraper.monitoring.report import count_sources, iter_dead, iter_lost, next_states
from tests.unit.monitoring.kit import NOON, idle

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
