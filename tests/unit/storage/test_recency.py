from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.storage import finding

AT = datetime(2025, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def few(monkeypatch):
    """A minute has four numbers."""
    monkeypatch.setattr(finding, "SLOTS", 4)


def test_a_later_minute_has_higher_numbers():
    first = finding.first_slot(AT, 1)
    assert finding.first_slot(AT + timedelta(seconds=59), 2) == first
    assert finding.first_slot(AT + timedelta(minutes=1), 3) == first + finding.SLOTS


def test_the_undated_stand_below_the_first_day_of_the_calendar():
    zone = timezone(timedelta(hours=14))
    first = finding.first_slot(datetime(1, 1, 1, tzinfo=zone), 1)
    assert finding.first_slot(None, 10**9) == 10**9 < first


def test_the_last_day_of_the_calendar_has_a_number_that_the_index_takes():
    zone = timezone(timedelta(hours=-14))
    assert finding.first_slot(datetime(9999, 12, 31, 23, 59, tzinfo=zone), 1) < 2**63


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("at", [AT, None])
def test_articles_beyond_those_of_a_minute_are_stored_and_found(store, make, at):
    for batch in range(3):
        numbers = range(batch * 7, batch * 7 + 7)
        store.save([make(n, "mưa", published_at=at) for n in numbers])
    next_minute = AT + timedelta(minutes=1)
    store.save([make(99, "mưa", title="sau", published_at=next_minute)])
    hits = store.search("mưa", limit=50)
    assert len(hits) == 22
    assert hits[0].article.title == "sau"
