from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from scraper.extraction.dates.choice import is_credible
from tests.unit.extraction.date_pages import (
    STAMPED,
    dates_of,
    json_ld,
    meta,
    published,
)
from tests.unit.extraction.kit import FETCHED
from worlds import VIETNAM


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (FETCHED - timedelta(days=9000), True),
        (FETCHED, True),
        (FETCHED + timedelta(days=1), True),
        (FETCHED + timedelta(days=1, seconds=1), False),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_date_is_believed_from_1990_to_a_day_after_fetching(moment, expected):
    assert is_credible(moment, FETCHED + timedelta(days=1)) is expected


def test_a_page_without_time_of_fetching_is_not_checked_against_a_clock():
    found = dates_of(head=meta("2091-01-01T10:00:00+07:00"), fetched_at=None)
    assert found.published_at.year == 2091


def test_a_date_of_the_far_future_is_not_believed_without_a_time_of_fetching_either():
    head = meta("9999-12-31T23:59:59-11:00")
    assert dates_of(head=head, fetched_at=None).published_at is None


def test_a_date_in_the_future_gives_way_to_the_next_source():
    found = dates_of(head=meta("2031-01-01T10:00:00+07:00"), url=STAMPED)
    assert (found.published_source, found.published_at.day) == ("url", 11)


def test_sources_are_asked_in_order():
    head = json_ld(datePublished="2025-07-10T08:00:00+07:00") + meta(
        "2025-07-11T09:00:00+07:00"
    )
    body = '<time datetime="2025-07-12T07:00:00+07:00">x</time><p>12/07/2025 06:00</p>'
    both = (head, meta("2025-07-11T09:00:00+07:00"), "")
    pages = [dates_of(body, head=markup, url=STAMPED) for markup in both]
    seen = [found.published_source for found in (*pages, dates_of(body))]
    assert seen == ["json_ld", "meta", "url", "page"]


def test_a_time_element_outranks_a_printed_date():
    body = '<p>12/07/2025 06:00</p><time datetime="2025-07-12T07:00:00+07:00">x</time>'
    assert dates_of(body).published_at.hour == 7


def test_a_printed_date_near_the_title_is_taken():
    found = dates_of("<p>Thứ Sáu, 11/07/2025 15:13</p>")
    assert found.published_at == datetime(2025, 7, 11, 15, 13, tzinfo=VIETNAM)
    assert found.published_source == "page"


def test_a_day_without_a_time_takes_the_time_of_the_same_day():
    found = dates_of(head=meta("2025-07-11"), url=STAMPED)
    assert (found.published_source, found.published_at.hour) == ("url", 14)


def test_a_day_without_a_time_stays_where_others_name_another_day():
    found = dates_of(head=meta("2025-07-09"), url=STAMPED)
    assert (found.published_source, found.published_at.day) == ("meta", 9)


@pytest.mark.parametrize("name", ["pubdate", "dc.date", "parsely-pub-date", "DATE"])
def test_a_publication_date_is_found_under_the_names_in_use(name):
    head = f'<meta name="{name}" content="2025-07-11T09:00:00Z">'
    assert dates_of(head=head).published_source == "meta"


def test_a_change_is_read_from_json_ld_then_from_the_head():
    head = meta("2025-07-11T10:00:00+07:00", "article:modified_time")
    assert dates_of(head=head).modified_source == "meta"
    both = head + json_ld(dateModified="2025-07-11T11:00:00+07:00")
    found = dates_of(head=both)
    assert (found.modified_source, found.modified_at.hour) == ("json_ld", 11)


def test_a_change_in_the_future_is_refused():
    head = meta("2031-01-01T10:00:00+07:00", "article:modified_time")
    found = dates_of(head=head)
    assert (found.modified_at, found.modified_source) == (None, "")


def test_a_page_without_any_date_has_none():
    found = dates_of("<p>không có ngày</p>")
    assert (found.published_at, found.published_source) == (None, "")


def test_htmldate_is_the_last_resort_and_gives_a_day():
    found = dates_of('<abbr class="published" title="2025-07-09">x</abbr>', lang="en")
    assert (found.published_source, found.doubt) == ("htmldate", "guess")
    assert found.published_at == datetime(2025, 7, 9, tzinfo=UTC)


def test_htmldate_is_held_to_the_time_of_fetching():
    found = dates_of('<p class="published">July 29, 2025</p>', lang="en")
    assert found.published_at is None


@pytest.mark.parametrize("error", [ValueError, RecursionError])
def test_a_page_that_htmldate_fails_on_has_no_date(error, monkeypatch):
    def fail(*_, **__):
        raise error("no")

    monkeypatch.setitem(sys.modules, "htmldate", SimpleNamespace(find_date=fail))
    assert dates_of("<p>x</p>").published_at is None


def test_no_clock_is_asked():
    body = '<p class="published">July 9, 2025</p>'
    early = dates_of(body, lang="en", fetched_at=FETCHED)
    late = dates_of(body, lang="en", fetched_at=FETCHED + timedelta(days=3000))
    assert early == late


def test_a_printed_day_counts_before_htmldate():
    found = dates_of("<p>July 9, 2025</p>", lang="en")
    assert (found.published_source, found.published_at.day) == ("page", 9)


@pytest.mark.parametrize(
    ("path", "source"),
    [("/2025/07/09/a", "url"), ("/2025/13/09/a", ""), ("/2031/01/01/a", "")],
)
def test_the_day_in_the_path_counts_where_it_is_one(path, source):
    found = dates_of(url=f"https://bao.example{path}", lang="en")
    assert found.published_source == source


@pytest.mark.parametrize(
    "content",
    [
        "Fri, 07/04/2025 - 17:57",
        "Fri Jul 04 2025 17:57:00 GMT+0000 (Coordinated Universal Time)",
        "Fri, 04 Jul 2025 17:57:00 +0000",
        "2025-7-4T17:57:00Z",
        "7/4/2025 5:57:00 PM",
        "2025-07-04T17:57:00.123Z UTC",
        "20250704175700",
        "1751651820",
        "1751651820000",
    ],
)
@pytest.mark.parametrize("stated", [meta, lambda text: json_ld(datePublished=text)])
def test_a_declared_time_is_read_in_the_forms_that_systems_write(content, stated):
    found = published("", head=stated(content))
    assert found.replace(second=0, microsecond=0) == datetime(
        2025, 7, 4, 17, 57, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "content",
    [
        "Fri Jul 04 17:57:00 UTC 2025",
        "Fri Jul  4 17:57:00 +0000 2025",
        "Sat Jul 05 00:57:00 GMT+07:00 2025",
        "Fri Jul 04 13:57:00 EDT 2025",
        "Friday, 04-Jul-25 17:57:00 GMT",
    ],
)
def test_a_declared_time_is_read_as_unix_java_and_cookies_have_it(content):
    found = published("", head=meta(content))
    assert found == datetime(2025, 7, 4, 17, 57, tzinfo=UTC)
