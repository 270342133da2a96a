from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery.feeds import parse_time
from worlds import VIETNAM

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
        "2025-07-12T15:13:00 07:00",
        "2025-07-12T15:13:00GMT+07:00",
        "2025-7-12 15:13",
        "1752307980",
        "1752307980.5",
        "1752307980123",
        "Sat, 12 Jul 2025 10:13:00 CEST",
        "Sat, 12 Jul 2025 15:13:00 ICT",
        "Sat, 12 Jul 2025 17:13:00 (JST)",
        "Sat, 12 Jul 2025 03:13:00 PM GMT+7",
        "Sat Jul 12 08:13:00 +0000 2025",
        "Jul 12, 2025 3:13 PM",
        "July 12, 2025 3:13 p.m.",
        "12/07/2025 3:13:00 CH",
        "Thứ Bảy, 12/07/2025 3:13 chiều",
        "15:13 ngày 12/07/2025",
        "ngày 12 tháng 7 năm 2025, 15:13",
        "12 Thg 7 2025 15:13",
        "2025年7月12日 15:13",
        "2025年07月12日(土) 15時13分00秒",
        "2025年7月12日 午後3時13分",
        "2025年7月12日 下午3:13",
        "2025년 7월 12일 오후 3:13",
        "sam., 12 juil. 2025 10:13:00 +0200",
        "12 juillet 2025 à 15h13",
        "12 de julio de 2025 15:13",
        "12. Juli 2025, 15:13",
        "12.07.2025 15:13",
        "2025-07-12t08:13:00z",
        "Saturday, 12-Jul-25 15:13:00 +0700",
        "土, 12 7月 2025 17:13:00 +0900",
        "周六, 12 7月 2025 16:13:00 +0800",
        "토, 12 7월 2025 17:13:00 +0900",
        "сб, 12 июл 2025 11:13:00 +0300",
        "12 июля 2025, 15:13",
        "12 липня 2025, 15:13",
        "12 Temmuz 2025 15:13",
        "12 lipca 2025, 15:13",
        "12 ก.ค. 2568 15:13",
        "12 กรกฎาคม 2568 15:13",
        "12 Ιουλίου 2025 15:13",
        "12 जुलाई 2025 15:13",
        "12 يوليو 2025 15:13",
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


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        *(("12/07/2025 08:13 SA", 8), ("12/07/2025 12:13 SA", 0)),
        *(("12/07/2025 12:13 CH", 12), ("2025年7月12日 午前8時13分", 8)),
        *(("7/12/2025 12:13:00 AM", 0), ("12/07/2025 15:13 CH", 15)),
    ],
)
def test_halves_of_the_day_are_told_apart(text, hour):
    assert parse_time(text) == datetime(2025, 7, 12, hour, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [("7/12/2025", 12, 7), ("7/13/2025", 7, 13), ("août 3, 2025", 8, 3)],
)
def test_the_day_stands_before_the_month_where_it_can(text, month, day):
    assert parse_time(text) == datetime(2025, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "hôm nay", "2025-13", "99/99/2025", "0000", "+7", "12 brumaire 2025"),
        *("0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "15:13", "9999999999999"),
    ],
)
def test_what_is_no_time_is_none(text):
    assert parse_time(text) is None


@given(st.text(max_size=40))
def test_any_text_is_a_time_in_utc_or_none(text):
    time = parse_time(text)
    assert time is None or time.tzinfo is UTC
