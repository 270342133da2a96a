from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.extraction.dates.locales import time_in_url
from tests.unit.extraction.date_pages import (
    ARTICLE,
    PLAIN,
    dates_of,
    json_ld,
    meta,
    published,
)


def test_a_naive_time_on_a_vn_site_is_in_plus_seven():
    found = dates_of(head=meta("2025-07-11T14:06:23"), url="https://bao.vn/a", lang="")
    assert found.published_at.isoformat() == "2025-07-11T14:06:23+07:00"


PLUS_SEVEN = timezone(timedelta(hours=7))
LATER = datetime(2026, 1, 1, tzinfo=UTC)
UTC_STAMP = meta("2025-07-11T02:30:00Z")


def test_a_stamp_in_utc_gets_the_offset_that_a_printed_time_shows():
    found = dates_of("<p>July 10, 2025 10:30 PM</p>", head=UTC_STAMP, lang="en")
    assert found.published_at.isoformat() == "2025-07-10T22:30:00-04:00"


def test_a_stamp_in_utc_gets_the_offset_of_the_same_time_elsewhere():
    body = '<p><time datetime="2025-07-11T12:30:00+10:00">x</time></p>'
    found = dates_of(body, head=UTC_STAMP, lang="en")
    assert found.published_at.isoformat() == "2025-07-11T12:30:00+10:00"


def test_the_time_of_a_change_shows_no_offset():
    body = "<p>Updated July 11, 2025 10:30 AM</p>"
    found = dates_of(body, head=UTC_STAMP, lang="en")
    assert found.published_at.utcoffset() == timedelta()


def test_a_change_gets_the_offset_of_the_publication():
    head = UTC_STAMP + meta("2025-07-11T03:30:00Z", "article:modified_time")
    found = dates_of("<p>July 10, 2025 10:30 PM</p>", head=head, lang="en")
    assert found.modified_at.isoformat() == "2025-07-10T23:30:00-04:00"


def test_the_offset_that_most_stamps_name_is_the_pages():
    head = json_ld(datePublished="2025-07-04T09:15:00+08:00")
    others = meta("2025-07-04T09:15:00+07:00") + meta(
        "2025-07-04T10:00:00+07:00", "article:modified_time"
    )
    assert published("", head=head + others).isoformat() == "2025-07-04T09:15:00+07:00"
    assert published("", head=head).isoformat() == "2025-07-04T09:15:00+08:00"


@pytest.mark.parametrize(
    ("stamp", "url", "lang", "expected"),
    [
        (
            "2025-07-03T22:30:00Z",
            "https://giornale.it/a",
            "it",
            "2025-07-04T00:30+02:00",
        ),
        ("2025-07-05T02:30:00Z", PLAIN, "en", "2025-07-04T23:30-03:00"),
        ("2025-07-04T09:30:00Z", PLAIN, "en", "2025-07-04T09:30+00:00"),
        ("2025-07-07T09:30:00Z", PLAIN, "en", "2025-07-04T00:00+00:00"),
    ],
)
def test_a_stamp_in_utc_falls_on_the_day_that_the_page_prints(
    stamp, url, lang, expected
):
    line = "<p>4 luglio 2025</p>" if lang == "it" else "<p>July 4, 2025</p>"
    found = published(ARTICLE.format(line), head=meta(stamp), url=url, lang=lang)
    assert found.isoformat(timespec="minutes") == expected


def test_the_name_of_a_winter_zone_in_summer_shows_the_offset_all_the_same():
    head = meta("2025-07-04T14:10:00Z")
    body = ARTICLE.format("<p>July 4, 2025 10:10 AM EST</p>")
    assert published(body, head=head).isoformat() == "2025-07-04T10:10:00-04:00"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (json_ld(datePublished="2025-07-04T09:15:00Z"), "<p>04/07/2025 09:15</p>"),
        (meta("2025-07-04T09:15:00+00:00"), "<p>9 giờ 15, 4/7/2025</p>"),
        (meta("2025-07-04T09:15:00Z"), "<p>04/07/2025 09:15 GMT+7</p>"),
        (
            json_ld(datePublished="2025-07-04T09:15:00Z")
            + meta("2025-07-04T09:15:00+07:00"),
            "",
        ),
        (meta("2025-07-04T09:15:00+08:00"), "<p>04/07/2025 09:15 (GMT+7)</p>"),
        (meta("2025-07-04T02:15:00Z"), "<p>04/07/2025 09:15</p>"),
    ],
)
def test_the_zone_of_the_country_that_a_page_shows_outranks_another(head, body):
    found = published(ARTICLE.format(body), head=head, lang="vi")
    assert found.isoformat() == "2025-07-04T09:15:00+07:00"


@pytest.mark.parametrize(
    ("stamp", "line", "lang"),
    [
        ("2025-07-04T09:15:00+00:00", "July 4, 2025 09:15", "en"),
        ("2025-07-04T09:15:00.120000+00:00", "04/07/2025 09:15", "vi"),
        ("2025-07-04T09:15:00-07:00", "04/07/2025 09:15", "vi"),
        ("2025-07-04T09:15:00+00:00", "04/07/2025 11:00", "vi"),
    ],
)
def test_a_clock_in_utc_is_believed_unless_the_page_of_a_country_shows_it(
    stamp, line, lang
):
    body = ARTICLE.format(f"<p>{line}</p>")
    found = published(body, head=meta(stamp), lang=lang)
    assert found == datetime.fromisoformat(stamp)


def test_a_change_of_a_source_that_is_wrong_about_utc_is_local_too():
    stamps = {"datePublished": "2025-07-04T09:15:00Z"}
    body = ARTICLE.format("<p>04/07/2025 09:15</p>")
    head = json_ld(**stamps, dateModified="2025-07-04T10:00:00Z")
    found = dates_of(body, head=head)
    assert found.modified_at.isoformat() == "2025-07-04T10:00:00+07:00"
    told = json_ld(
        datePublished="2025-07-04T09:15:00+07:00", dateModified="2025-07-04T03:00:00Z"
    )
    assert dates_of(body, head=told).modified_at == found.modified_at
    head = json_ld(**stamps) + meta("2025-07-04T10:00:00Z", "article:modified_time")
    found = dates_of(body, head=head)
    assert found.modified_at.isoformat() == "2025-07-04T17:00:00+07:00"


@pytest.mark.parametrize(
    ("stamp", "shown", "found"),
    [
        # The hour that comes twice: first in summer time, then in UTC.
        ("2025-10-26T00:30:00Z", "01:30", "2025-10-26T01:30:00+01:00"),
        ("2025-10-26T01:30:00Z", "01:30", "2025-10-26T01:30:00+00:00"),
        # The hour that never comes: 01:30 in London is 02:30 at once.
        ("2025-03-30T01:30:00Z", "02:30", "2025-03-30T02:30:00+01:00"),
    ],
)
def test_a_stamp_in_utc_holds_in_the_nights_when_the_clocks_change(stamp, shown, found):
    at = found[:10].split("-")
    body = f"<p>{int(at[2])} {'March' if at[1] == '03' else 'October'} 2025 {shown}</p>"
    options = {"url": "https://bao.co.uk/a", "lang": "en", "fetched_at": LATER}
    moment = dates_of(body, head=meta(stamp), **options).published_at
    assert moment.isoformat() == found


def test_a_printed_time_that_never_was_is_that_of_an_hour_later():
    options = {"url": "https://bao.de/a", "lang": "de", "fetched_at": LATER}
    found = dates_of("<p>30.03.2025 02:30 Uhr</p>", **options).published_at
    assert found == datetime.fromisoformat("2025-03-30T03:30:00+02:00")


def test_the_stamp_of_an_address_is_a_local_time_to_the_millisecond():
    found = time_in_url("https://bao.vn/a/xe-sach-20250711140623717.htm")
    assert found == datetime(2025, 7, 11, 14, 6, 23, 717_000, tzinfo=PLUS_SEVEN)


@pytest.mark.parametrize("name", ["n", "v", "e"])
def test_a_letter_may_stand_before_the_stamp(name):
    assert time_in_url(f"https://bao.vn/xe-{name}20250711140623717.htm").day == 11


@pytest.mark.parametrize(
    "url",
    [
        "https://bao.vn/xe-sach-post123456.html",
        "https://bao.vn/xe-20251311140623717.htm",
        "https://bao.vn/xe-20250711250623717.htm",
        "https://bao.vn/xe-120250711140623717.htm",
        "https://bao.vn/xe-202507111406237170.htm",
        "https://bao.vn/xe-19990711140623717.htm",
        "https://bao.vn/a?t=20250711140623717",
        "",
    ],
)
def test_an_address_without_such_a_stamp_states_no_time(url):
    assert time_in_url(url) is None


@pytest.mark.parametrize(
    ("host", "zone", "hours"),
    [("bao.jp", None, 9), ("bao.com", None, 0), ("bao.com", PLUS_SEVEN, 7)],
)
def test_the_stamp_of_an_address_is_in_the_zone_of_its_site(host, zone, hours):
    found = time_in_url(f"https://{host}/a-20250711140623717.htm", zone)
    assert (found.hour, found.utcoffset()) == (14, timedelta(hours=hours))
