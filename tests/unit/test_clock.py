from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper import clock
from scraper.errors import ConfigurationError

MOMENT = datetime.fromisoformat("2026-03-02T09:00:00+07:00")


def test_without_a_simulation_the_time_is_the_real_one(monkeypatch):
    monkeypatch.delenv(clock.START, raising=False)
    assert abs(datetime.now(UTC) - clock.now()) < timedelta(seconds=5)
    assert clock.now().utcoffset() == timedelta()


def test_a_simulation_says_the_time_in_utc_until_its_end():
    moments = [MOMENT, MOMENT + timedelta(minutes=10)]
    with clock.simulated(lambda: moments[-1]):
        assert clock.now() == moments[-1]
        assert clock.now().utcoffset() == timedelta()
        moments.append(MOMENT + timedelta(days=9))
        assert clock.now() == moments[-1]
    assert clock.now() != moments[-1]


def test_a_simulation_that_fails_gives_the_time_back():
    with pytest.raises(KeyError), clock.simulated(lambda: MOMENT):
        raise KeyError("x")
    assert clock.now() != MOMENT


def test_the_inner_of_two_simulations_counts():
    with clock.simulated(lambda: MOMENT):
        with clock.simulated(lambda: MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT


def test_a_simulation_owns_the_time_of_every_thread():
    with clock.simulated(lambda: MOMENT), ThreadPoolExecutor(1) as threads:
        assert threads.submit(clock.now).result() == MOMENT


def test_the_time_of_a_simulation_does_not_stop_spans():
    with clock.simulated(lambda: MOMENT):
        first = clock.monotonic()
        while clock.monotonic() == first:
            pass
        assert clock.monotonic() > first


def test_a_process_starts_at_the_moment_it_is_told_and_goes_on():
    script = (
        "from scraper import clock\nfirst = clock.now()\n"
        "while clock.now() == first: pass\nprint(first.isoformat())"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, clock.START: MOMENT.isoformat()},
        capture_output=True,
        text=True,
        check=True,
    )
    first = datetime.fromisoformat(told.stdout.strip())
    assert timedelta() <= first - MOMENT < timedelta(seconds=30)


def test_a_simulation_goes_before_the_moment_of_the_process(monkeypatch):
    monkeypatch.setenv(clock.START, "2020-01-01T00:00:00Z")
    assert clock.now().year <= 2020
    with clock.simulated(lambda: MOMENT):
        assert clock.now() == MOMENT


@pytest.mark.parametrize(
    "start", ["soon", "2026-03-02T09:00:00", "09:00", "2026-99-02"]
)
def test_a_start_that_is_no_moment_is_said(monkeypatch, start):
    monkeypatch.setenv(clock.START, start)
    with pytest.raises(ConfigurationError, match=r"TINSACH_NOW is '.*such as 2026"):
        clock.now()


def test_a_moment_is_shown_with_its_zone_whatever_zone_it_came_in():
    for offset in (0, 7, -5):
        moment = MOMENT.astimezone(timezone(timedelta(hours=offset)))
        assert clock.shown(moment) == "2026-03-02 09:00+07:00"
        assert clock.shown(moment, precision="seconds") == "2026-03-02 09:00:00+07:00"


@pytest.mark.parametrize(
    ("zone", "said", "day"),
    [
        ("", "2026-03-02 06:30+07:00", "2026-03-02"),
        ("UTC", "2026-03-01 23:30+00:00", "2026-03-01"),
        ("Europe/Paris", "2026-03-02 00:30+01:00", "2026-03-02"),
    ],
)
def test_times_and_days_are_those_of_the_zone(monkeypatch, zone, said, day):
    monkeypatch.setenv("TINSACH_ZONE", zone)
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert clock.shown(moment) == said
    assert clock.day_of(moment) == day


def test_a_zone_with_summer_time_has_the_offset_of_the_day(monkeypatch):
    monkeypatch.setenv("TINSACH_ZONE", "Europe/Paris")
    assert clock.shown(datetime(2026, 7, 1, tzinfo=UTC)) == "2026-07-01 02:00+02:00"


def test_an_unknown_zone_is_reported(monkeypatch):
    monkeypatch.setenv("TINSACH_ZONE", "Asia/Hanoi")
    message = "TINSACH_ZONE is 'Asia/Hanoi': write the IANA name of a time zone"
    with pytest.raises(ConfigurationError, match=message):
        clock.zone()


def test_a_zone_is_known_on_a_machine_without_a_database_of_them():
    said = subprocess.run(
        [sys.executable, "-c", "from scraper import clock; print(clock.zone())"],
        env=os.environ | {"PYTHONTZPATH": "", "TINSACH_ZONE": "Asia/Ho_Chi_Minh"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "Asia/Ho_Chi_Minh\n"
