from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.dates import extract_dates
from scraper.extraction.dates.choice import is_credible
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.kind import Evidence
from scraper.extraction.metadata import extract_declared
from scraper.urls import VIETNAM
from tests.unit.extraction.kit import FETCHED, page

PLAIN = "https://bao.example/van-hoa/mo-thu-vien.htm"
TITLE = "Thư viện mở cửa trở lại sau hai năm"
H1 = f"<h1>{TITLE}</h1>"
STAMPED = "https://bao.example/van-hoa/mo-thu-vien-20250711140623717.htm"


def dates_of(body="<p>x</p>", *, head="", url=PLAIN, lang="vi", fetched_at=FETCHED):
    given = page(body, head=head, url=url, lang=lang, fetched_at=fetched_at)
    root = parse_page(given)
    declared, data = extract_declared(root), extract_structured_data(root)
    strip_unseen(root)
    blocks = iter_blocks(root)
    headline = next((b.index for b in blocks if b.element.tag == "h1"), 0)
    near = blocks[max(0, headline - 3) : headline + 4]
    return extract_dates(
        Evidence(given, blocks, [], declared, data),
        root,
        near_title=near,
        title=TITLE,
        language=lang,
    )


def meta(content, name="article:published_time"):
    return f'<meta property="{name}" content="{content}">'


def json_ld(**fields):
    values = ",".join(f'"{name}": "{value}"' for name, value in fields.items())
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        f"{values}}}</script>"
    )


def test_a_naive_time_on_a_vn_site_is_in_plus_seven():
    found = dates_of(head=meta("2025-07-11T14:06:23"), url="https://bao.vn/a", lang="")
    assert found.published_at.isoformat() == "2025-07-11T14:06:23+07:00"


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
