from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from scraper.extraction.dates.locales import Convention, convention_of, spelt
from scraper.extraction.dates.printed import (
    find_printed,
    from_persian,
    parse_iso,
    parse_number,
)
from worlds import VIETNAM

EAST = timezone(timedelta(hours=-5))


def moments(text, language="en", *, month_first=False, zone=EAST):
    convention = Convention(language, month_first=month_first, zone=zone)
    return [each.at(zone) for each in find_printed(text, convention)]


def moment(text, language="en", **options):
    return next(iter(moments(text, language, **options)), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-11T14:06:23+07:00", "2025-07-11T14:06:23+07:00"),
        ("2025-07-11T14:06:23+0700", "2025-07-11T14:06:23+07:00"),
        ("2025-07-11T14:06:23 +07:00", "2025-07-11T14:06:23+07:00"),
        (" 2025-07-11T14:06:23.717Z ", "2025-07-11T14:06:23.717000+00:00"),
        ("2025-07-11T14:06:23", "2025-07-11T14:06:23+07:00"),
        ("2025-07-11 14:06", "2025-07-11T14:06:00+07:00"),
        ("2025-07-11", "2025-07-11T00:00:00+07:00"),
        ("20250711T140623-0500", "2025-07-11T14:06:23-05:00"),
        ("20250711140623", "2025-07-11T14:06:23+07:00"),
        ("2568-07-11T14:06:23+07:00", "2025-07-11T14:06:23+07:00"),
        ("1404-04-20T14:06:23+03:30", "2025-07-11T14:06:23+03:30"),
    ],
)
def test_a_time_as_iso_8601_is_read_with_its_zone(text, expected):
    assert parse_iso(text, VIETNAM).isoformat() == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2025-13-40", "11/07/2025", "2025-07-11T25:00"]
)
def test_what_is_no_iso_8601_gives_none(text):
    assert parse_iso(text, UTC) is None


@pytest.mark.parametrize(
    "text", ["1752217583", "1752217583000", "/Date(1752217583000)/"]
)
def test_seconds_since_1970_are_read_in_the_forms_in_use(text):
    assert parse_number(text) == datetime(2025, 7, 11, 7, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "20250711", "0", "12345678", "17522175830"])
def test_other_numbers_are_no_seconds(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thứ Bảy, 12/07/2025 15:13", "2025-07-12T15:13"),
        ("Thứ Bảy, ngày 12/7/2025 - 15h13", "2025-07-12T15:13"),
        ("15:13 12/07/2025", "2025-07-12T15:13"),
        ("15:13 ngày 12/07/2025", "2025-07-12T15:13"),
        ("15:13 | 12-07-2025", "2025-07-12T15:13"),
        ("09g05, 12.07.2025", "2025-07-12T09:05"),
        ("9 giờ, 12/07/2025", "2025-07-12T09:00"),
        ("12/07/2025", "2025-07-12T00:00"),
        ("12/07/25 15:13", "2025-07-12T15:13"),
        ("Cập nhật lúc 15:13, ngày 12/07/2025", "2025-07-12T15:13"),
        ("12 Tháng Bảy, 2025 3:13 CH", "2025-07-12T15:13"),
        ("Th7 12, 2025 | 8:05 tối", "2025-07-12T20:05"),
        ("Chủ nhật 12 thg 10, 2025 12:05 SA", "2025-10-12T00:05"),
        ("ngày 12 tháng 11 năm 2025 lúc 11:30 trưa", "2025-11-12T11:30"),
        ("Tháng Mười Hai 3, 2025", "2025-12-03T00:00"),
        ("12/07/2025 27:13", "2025-07-12T00:00"),
    ],
)
def test_a_vietnamese_date_is_read_in_the_forms_in_use(text, expected):
    wanted = datetime.fromisoformat(expected).replace(tzinfo=VIETNAM)
    assert moment(text, "vi", zone=VIETNAM) == wanted


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Dec. 22, 2023, 10:22 PM EST", "en", (2023, 12, 22, 22, 22)),
        ("December 22nd 2023 at 12:05 a.m.", "en", (2023, 12, 22, 0, 5)),
        ("By Jane Doe Dec 22, 2023 10:20 PMTags", "en", (2023, 12, 22, 22, 20)),
        ("HealthDECEMBER 22, 2022Updated", "en", (2022, 12, 22)),
        ("15:07, 2 May 2023", "en", (2023, 5, 2, 15, 7)),
        ("the 3rd of March, 2021", "en", (2021, 3, 3)),
        ("Updated: November, 25/2026 - 10:12", "en", (2026, 11, 25, 10, 12)),
        ("9 Jun 17", "en", (2017, 6, 9)),
        ("9 Jun 17 15:07", "en", (2017, 6, 9, 15, 7)),
        ("Publié le 1er août 2023 à 7h05", "fr", (2023, 8, 1, 7, 5)),
        ("Miércoles, 5 de marzo de 2025, 5:30 p. m.", "es", (2025, 3, 5, 17, 30)),
        ("Mi., 5. März 2025, 17.30 Uhr", "de", (2025, 3, 5, 17, 30)),
        ("5 marca 2025, 17:30", "pl", (2025, 3, 5, 17, 30)),
        ("2025. március 5. 17:30", "hu", (2025, 3, 5, 17, 30)),
        ("5 Mart 2025 Çarşamba 17:30", "tr", (2025, 3, 5, 17, 30)),
        ("5 марта 2025 года, 17:30", "ru", (2025, 3, 5, 17, 30)),
        ("5 Μαρτίου 2025, 5:30 μ.μ.", "el", (2025, 3, 5, 17, 30)),
        ("٥ مارس ٢٠٢٥ ٠٥:٣٠ مساءً", "ar", (2025, 3, 5, 17, 30)),
        ("5 آذار / مارس 2025", "ar", (2025, 3, 5)),
        ("5 मार्च 2025, 17:30", "hi", (2025, 3, 5, 17, 30)),
        ("2025年3月5日 下午5:30", "zh", (2025, 3, 5, 17, 30)),
        ("2025年３月５日 午後５時３０分", "ja", (2025, 3, 5, 17, 30)),
        ("2025년 3월 5일 오후 5:30", "ko", (2025, 3, 5, 17, 30)),
        ("Rabu, 5 Maret 2025 17.30 WIB", "id", (2025, 3, 5, 17, 30)),
        ("2025 m. kovo 5 d. 17:30", "lt", (2025, 3, 5, 17, 30)),
        ("5 d'agost de 2025", "ca", (2025, 8, 5)),
        ("5 במרץ 2025, 17:30", "he", (2025, 3, 5, 17, 30)),
        ("17h ngày 5/3/2025", "vi", (2025, 3, 5, 17)),
        ("Tin 24h 5/3/2025", "vi", (2025, 3, 5)),
    ],
)
def test_a_day_is_read_with_its_time_in_the_words_of_its_language(
    text, language, expected
):
    found = moment(text, language)
    assert found.replace(tzinfo=None) == datetime(*expected)  # noqa: DTZ001


def test_a_page_without_language_is_read_by_its_script():
    assert moment("5 марта 2025", "").date() == date(2025, 3, 5)
    assert moment("5 มีนาคม 2568", "").date() == date(2025, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "December 22",
        "May 32, 2023",
        "2 days ago",
        "x " * 90 + "May 2, 2023",
        "Version 1.2.25",
        "31/12/9999 24:00",
        "1 May 1066",
        "20/21/22",
        "Row 114/3/5",
        "Call 555-12-3456",
        "Chủ nhật, 29/02/2025",
        "a note of many words that ends in a fraction or a score of 01/02/03",
    ],
)
def test_what_states_no_day_is_none(text):
    assert moments(text) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("5 มีนาคม 2568", "th", date(2025, 3, 5)),
        ("5 มี.ค. 68 17.30 น.", "th", date(2025, 3, 5)),
        ("05/03/2568", "th", date(2025, 3, 5)),
        ("۱۵ اسفند ۱۴۰۳", "fa", date(2025, 3, 5)),
        ("1403/12/15", "fa", date(2025, 3, 5)),
        ("令和7年3月5日", "ja", date(2025, 3, 5)),
        ("平成元年3月5日", "ja", date(1989, 3, 5)),
        ("民國114年3月5日", "zh", date(2025, 3, 5)),
        ("114年3月5日", "zh", date(2025, 3, 5)),
        ("114/03/05", "zh", date(2025, 3, 5)),
        ("114-3-5 17:30", "zh", date(2025, 3, 5)),
        ("更新 114.03.05", "zh", date(2025, 3, 5)),
    ],
)
def test_years_of_other_calendars_become_gregorian(text, language, expected):
    assert moment(text, language).date() == expected


@pytest.mark.parametrize(
    ("year", "new_year"),
    [
        (1354, date(1975, 3, 21)),
        (1375, date(1996, 3, 20)),
        (1399, date(2020, 3, 20)),
        (1400, date(2021, 3, 21)),
        (1404, date(2025, 3, 21)),
        (1408, date(2029, 3, 20)),
    ],
)
def test_the_persian_year_begins_with_spring(year, new_year):
    assert from_persian(year, 1, 1) == new_year


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (7, 31), (1, 32), (2, 0)])
def test_a_day_that_no_persian_month_has_is_refused(month, day):
    with pytest.raises(ValueError, match="Persian"):
        from_persian(1404, month, day)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("9:15 AM EDT", -4),
        ("9:15 a.m. PT", -7),
        ("09:15 CEST", 2),
        ("09:15 Uhr MEZ", 1),
        ("9:15 PM IST", 5.5),
        ("09:15 (GMT+7)", 7),
        ("09:15 UTC-03:00", -3),
        ("09:15:00 +0530", 5.5),
        ("09:15 Z", 0),
        ("09:15 AND MORE", -5),
        ("09:15 - 12", -5),
        ("09:15 GMT+44", -5),
    ],
)
def test_a_zone_behind_a_time_counts_before_the_pages_own(text, offset):
    found = moment(f"July 4, 2025 {text}")
    assert found.utcoffset() == timedelta(hours=offset)


def test_a_zone_without_season_is_that_of_the_day():
    assert moment("January 4, 2025 9:15 AM ET").utcoffset() == timedelta(hours=-5)
    assert moment("July 4, 2025 9:15 AM ET").utcoffset() == timedelta(hours=-4)


def test_a_name_that_means_two_zones_is_read_by_the_language():
    assert moment("4.7.2025 09:15 IST", "he").utcoffset() == timedelta(hours=2)


def test_midnight_at_the_end_of_a_day_is_the_next_one():
    assert moment("4 July 2025, 24:00") == datetime(2025, 7, 5, tzinfo=EAST)


@pytest.mark.parametrize(
    ("text", "month_first", "expected", "other"),
    [
        ("07/04/2025", True, date(2025, 7, 4), date(2025, 4, 7)),
        ("07/04/2025", False, date(2025, 4, 7), date(2025, 7, 4)),
        ("7/24/2025", False, date(2025, 7, 24), None),
        ("24/7/2025", True, date(2025, 7, 24), None),
        ("07/07/2025", False, date(2025, 7, 7), None),
    ],
)
def test_day_and_month_are_told_apart_where_they_can_be(
    text, month_first, expected, other
):
    (found,) = find_printed(text, Convention("en", month_first=month_first))
    assert (found.day, found.other) == (expected, other)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("4 July 2025 09:15 | 6 July 2025 10:00", [9, 10]),
        ("09:15 4 July 2025 | 10:00 6 July 2025", [9, 10]),
        ("4 July 2025 | 6 July 2025 10:00", [0, 10]),
    ],
)
def test_each_of_two_dates_gets_the_time_beside_it(text, hours):
    assert [found.hour for found in moments(text)] == hours


@pytest.mark.parametrize(
    ("url", "language", "declared", "month_first"),
    [
        ("https://paper.example.com/a", "en", [], True),
        ("https://paper.example.com/a", "en", ["en-GB"], False),
        ("https://paper.example.co.uk/a", "en", ["en-US"], False),
        ("https://paper.example.com.au/a", "en", [], False),
        ("https://city.example.gov/a", "en", [], True),
        ("https://paper.example.io/a", "en", [], True),
        ("https://bao.example.vn/a", "en", [], False),
        ("https://paper.example.com/a", "fr", [], False),
        ("https://paper.example.com/a", "", [], False),
    ],
)
def test_country_and_language_say_whether_the_month_comes_first(
    url, language, declared, month_first
):
    assert convention_of(url, language, declared).month_first is month_first


@pytest.mark.parametrize(
    ("url", "language", "hours", "is_home"),
    [
        ("https://bao.example.vn/a", "", 7, True),
        ("https://bao.example.vn/a", "en", 7, True),
        ("https://bao.example.com/a", "vi", 7, True),
        ("https://paper.example.com/a", "ja", 9, True),
        ("https://paper.example.de/a", "", 1, True),
        ("https://paper.example.us/a", "en", 0, False),
        ("https://paper.example.com/a", "en", 0, False),
        ("https://paper.example.com/a", "es", 0, False),
        ("https://paper.example.com/vn/.vn", "", 0, False),
        ("", "", 0, False),
    ],
)
def test_the_zone_of_a_time_without_one_is_that_of_a_country_with_one(
    url, language, hours, is_home
):
    found = convention_of(url, language)
    winter = datetime(2025, 1, 1, tzinfo=found.zone)
    assert winter.utcoffset() == timedelta(hours=hours)
    assert found.is_home is is_home


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("may", "may"),
        ("mayo 3", "mayo"),
        ("ma. y", "ma. y"),
        ("mar", "mar"),
        ("marzo", "marzo"),
        ("june", ""),
    ],
)
def test_the_longest_of_several_names_that_begin_alike_is_found(text, found):
    match = re.match(spelt(["mar", "may", "mayo", "marzo"]), text)
    assert (match[0] if match else "") == found
