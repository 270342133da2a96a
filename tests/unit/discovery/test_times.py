from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery.times import parse_time
from scraper.urls import VIETNAM

MOMENT = datetime(2025, 7, 12, 8, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sat, 12 Jul 2025 15:13:00 +0700",
        "Sat, 12 Jul 25 15:13:00 +0700",
        "Sat, 12 Jul 2025 15:13:00 GMT+7",
        "Sat, 12 Jul 2025 03:13:00 GMT-05:00",
        "Sat, 12 Jul 2025 08:13:00 GMT",
        "2025-07-12T15:13:00+07:00",
        "2025-07-12T08:13Z",
        "12/07/2025 15:13",
        "12/07/2025 15:13:00",
        "7/12/2025 3:13:00 PM",
        "2025/07/12 15:13:00",
        " 2025-07-12 15:13 ",
    ],
)
def test_each_spelling_of_one_moment_is_read(text):
    assert parse_time(text, tz=VIETNAM) == MOMENT


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-12", datetime(2025, 7, 12, tzinfo=UTC)),
        ("2025-07", datetime(2025, 7, 1, tzinfo=UTC)),
        ("2025", datetime(2025, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_alone_is_its_first_moment(text, day):
    assert parse_time(text) == day


@pytest.mark.parametrize("text", ["", "hôm nay", "2025-13", "99/99/2025", "0000", "+7"])
def test_what_is_no_time_is_none(text):
    assert parse_time(text) is None


@given(st.text(max_size=40))
def test_any_text_is_a_time_in_utc_or_none(text):
    time = parse_time(text)
    assert time is None or time.tzinfo is UTC
