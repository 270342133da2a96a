"""Arguments of a spider."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scraper import clock
from scraper.crawling.scope import Scope, parse_scope
from scraper.errors import ConfigurationError
from worlds import VIETNAM

SECTIONS = ("thoi-su", "the-gioi")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def parse(**arguments: str) -> Scope:
    return parse_scope(arguments, sections=SECTIONS, zone=VIETNAM)


def test_no_arguments_ask_for_everything() -> None:
    assert parse() == Scope(zone=VIETNAM)


def test_sections_are_split_at_commas_and_named_once() -> None:
    assert parse(section="thoi-su, the-gioi,,thoi-su").sections == SECTIONS


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-11", date(2025, 7, 11)),
        ("0d", date(2026, 11, 24)),
        ("7d", date(2026, 11, 17)),
    ],
)
def test_a_day_is_a_date_or_so_many_days_ago(text: str, day: date) -> None:
    assert parse(since=text).since == day


def test_days_ago_are_counted_in_the_zone_of_the_site(monkeypatch) -> None:
    late = datetime(2026, 11, 24, 18, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert parse(since="0d").since == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"section": "x"}, "unknown section x; valid are the-gioi, thoi-su"),
        ({"since": "hôm qua"}, "since=hôm qua is not a day"),
        ({"since": "2025-02-30"}, "since=2025-02-30 is not a day"),
        ({"until": "20250711"}, "until=20250711 is not a day"),
        ({"until": "99999d"}, None),
        ({"since": "2025-07-02", "until": "2025-07-01"}, "later than until=2025-07-01"),
        ({"limit": "0"}, "limit=0 is not a number above 0"),
        ({"limit": "-1"}, "limit=-1"),
        ({"limit": "many"}, "limit=many"),
        ({"portal": "ftp://x"}, "portal=ftp://x is not an http or https URL"),
        ({"portal": "http://"}, "portal=http://"),
        ({"portal": "http://x/vn"}, "portal=http://x/vn is not .* without a path"),
        ({"portal": "http://x?a=1"}, "without a path; write portal=https://example"),
        ({"speed": "9"}, "unknown argument speed; valid are limit, portal, section"),
    ],
)
def test_what_makes_no_sense_is_named_with_what_is_valid(arguments, said) -> None:
    if said is None:
        assert parse(**arguments).until == date(2026, 11, 24) - timedelta(days=99999)
        return
    with pytest.raises(ConfigurationError, match=said.replace("(", r"\(")):
        parse(**arguments)


def test_more_days_ago_than_there_are_is_no_day() -> None:
    monster = "9" * 5 + "d"
    assert parse(since=monster).since is not None
    with pytest.raises(ConfigurationError, match="is not a day"):
        parse(since="9" * 6 + "d")


def test_a_portal_has_no_slash_at_its_end() -> None:
    assert parse(portal="https://example.org/").portal == "https://example.org"
    assert parse(portal="HTTP://Example.org").portal == "HTTP://Example.org"


def at(hour: int, day: int = 11) -> datetime:
    return datetime(2025, 7, day, hour, tzinfo=VIETNAM)


def test_both_days_are_included_whole() -> None:
    day = date(2025, 7, 11)
    scope = Scope(since=day, until=day, zone=VIETNAM)
    assert scope.has(at(0))
    assert scope.has(at(23))
    assert scope.is_before(at(23, 10))
    assert scope.is_after(at(0, 12))


def test_a_day_starts_at_midnight_in_the_zone_of_the_site() -> None:
    scope = Scope(since=date(2025, 7, 11), zone=VIETNAM)
    assert scope.has(datetime(2025, 7, 10, 17, tzinfo=UTC))
    assert not scope.has(datetime(2025, 7, 10, 16, 59, tzinfo=UTC))


def test_an_unknown_time_is_within() -> None:
    scope = Scope(since=date(2025, 7, 11), until=date(2025, 7, 11))
    assert scope.has(None)


def test_the_days_of_a_range_come_newest_first() -> None:
    scope = Scope(since=date(2025, 7, 10), until=date(2025, 7, 12))
    assert [day.day for day in scope.iter_days()] == [12, 11, 10]


def test_days_that_are_still_to_come_are_left_out() -> None:
    scope = Scope(since=date(2026, 11, 24), until=date(2026, 12, 24))
    assert list(scope.iter_days()) == [date(2026, 11, 24)]


@pytest.mark.parametrize(("since", "count"), [("30d", 0), ("31d", 32)])
def test_days_up_to_today_are_asked_where_pages_may_not_reach(since, count) -> None:
    assert len(list(parse(since=since).iter_days())) == count


def test_without_a_first_day_there_are_no_days() -> None:
    assert list(Scope(until=date(2025, 7, 12)).iter_days()) == []
