from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.extraction.printed_dates import local_moment, parse_worded

LATE = datetime(2023, 12, 23, 3, 22, 7, tzinfo=UTC)
EAST = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Dec. 22, 2023, 10:22 PM EST", (2023, 12, 22, 22, 22)),
        ("December 22nd 2023 at 12:05 a.m.", (2023, 12, 22, 0, 5)),
        ("By Jane Doe Dec 22, 2023 10:20 PMTags", (2023, 12, 22, 22, 20)),
        ("15:07, 2 May 2023", (2023, 5, 2, 15, 7)),
        ("Publié le 1er août 2023 à 7h05", (2023, 8, 1, 7, 5)),
        ("22 décembre 2023", (2023, 12, 22, 0, 0)),
        ("Updated: November, 25/2026 - 10:12", (2026, 11, 25, 10, 12)),
    ],
)
def test_a_day_with_the_name_of_its_month_is_read(text, moment):
    assert parse_worded(text, EAST) == datetime(*moment, tzinfo=EAST)


@pytest.mark.parametrize(
    "text",
    ["", "December 22", "May 32, 2023", "2 days ago", "x " * 90 + "May 2, 2023"],
)
def test_what_states_no_day_is_none(text):
    assert parse_worded(text, EAST) is None


def test_the_same_instant_with_an_offset_shows_the_sites_own():
    stated = [datetime(2023, 12, 22, 22, 22, 7, tzinfo=EAST)]
    assert local_moment(LATE, stated).isoformat() == "2023-12-22T22:22:07-05:00"


def test_a_printed_time_some_quarters_of_an_hour_away_shows_the_offset():
    found = local_moment(LATE, [datetime(2023, 12, 23, 9, 7)])  # noqa: DTZ001
    assert found.isoformat() == "2023-12-23T09:07:07+05:45"
    assert found == LATE


@pytest.mark.parametrize(
    "other",
    [
        datetime(2023, 12, 22, 22, 22, tzinfo=UTC),
        datetime(2023, 12, 22, 21, 0, tzinfo=EAST),
        datetime(2023, 12, 22, 22, 30),  # noqa: DTZ001
        datetime(2023, 12, 22, 9, 22),  # noqa: DTZ001
    ],
)
def test_another_time_shows_no_offset(other):
    assert local_moment(LATE, [other]).utcoffset() == timedelta()


def test_a_moment_with_an_offset_keeps_it():
    moment = LATE.astimezone(EAST)
    assert local_moment(moment, [LATE.replace(tzinfo=None)]).tzinfo is EAST
