from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from scraper.errors import ConfigurationError
from scraper.storage import Query, open_store
from scraper.storage.finding import PAGE

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def titles(found):
    return [article.title for article in found]


def test_newest_comes_first_then_first_stored_then_undated(store, make):
    store.save(
        [
            make(1, title="undated a", published_at=None),
            make(2, title="old", published_at=NOON - timedelta(days=1)),
            make(3, title="same, first", published_at=NOON),
            make(4, title="same, second", published_at=NOON),
            make(5, title="new", published_at=NOON + timedelta(seconds=1)),
            make(6, title="undated b", published_at=None),
        ]
    )
    assert titles(store.iter_articles()) == [
        "new",
        "same, first",
        "same, second",
        "old",
        "undated a",
        "undated b",
    ]


def test_time_zones_do_not_disturb_the_order(store, make):
    early = datetime.fromisoformat("2025-07-01T09:00:00+07:00")
    late = datetime.fromisoformat("2025-07-01T03:00:00+00:00")
    store.save([make(1, published_at=early), make(2, published_at=late)])
    assert [a.published_at for a in store.iter_articles()] == [late, early]


@pytest.mark.parametrize("dated", [True, False])
def test_every_article_comes_once_over_many_pages(store, make, dated):
    number = 2 * PAGE + 7
    dates = {"published_at": NOON} if dated else {"published_at": None}
    store.save([make(n, **dates) for n in range(number)])
    expected = [f"Tin số {n}" for n in range(number)]
    assert titles(store.iter_articles()) == expected


@pytest.mark.parametrize("limit", [0, 1, 3, PAGE + 1])
def test_a_limit_is_kept_across_dated_and_undated(store, make, limit):
    store.save([make(n) for n in range(2)])
    store.save([make(n, published_at=None) for n in range(2, PAGE + 9)])
    assert len(list(store.iter_articles(Query(limit=limit)))) == limit


def test_a_span_takes_its_start_and_not_its_end(store, make):
    for hour in range(4):
        at = NOON + timedelta(hours=hour)
        store.save([make(hour, title=str(hour), published_at=at)])
    store.save([make(9, published_at=None)])
    span = Query(since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3))
    assert titles(store.iter_articles(span)) == ["2", "1"]
    assert titles(store.iter_articles(Query(since=span.until))) == ["3"]
    assert titles(store.iter_articles(Query(until=span.since))) == ["0"]


def test_site_and_section_choose(store, make):
    store.save(
        [
            make(1, section="Thời sự"),
            make(2, section="Thế giới"),
            make(3, section="Thời sự", site="khac.vn"),
        ]
    )
    for spelling in ("Thời sự", "thoi-su", "THOI SU"):
        found = store.iter_articles(Query(site="example.vn", section=spelling))
        assert titles(found) == ["Tin số 1"]


def test_a_naive_time_and_a_negative_limit_are_refused():
    with pytest.raises(ConfigurationError, match="since is 2025"):
        Query(since=NOON.replace(tzinfo=None))
    with pytest.raises(ConfigurationError, match="limit is -1"):
        Query(limit=-1)


def test_a_reader_in_the_middle_does_not_hold_up_a_writer(sqlite_url, make):
    with open_store(f"{sqlite_url}?timeout=0.05") as store:
        store.save([make(n) for n in range(PAGE + 5)])
        reading = store.iter_articles()
        next(reading)
        store.save([make(n, text="Khác.") for n in range(PAGE + 5)])
        with store._transaction.engine.connect() as connection:
            driver = connection.connection.driver_connection
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
        assert len(list(reading)) == PAGE + 4


@pytest.mark.slow
def test_memory_stays_flat_over_many_articles(store, make):
    text = "chữ " * 200
    for start in range(0, 3000, 500):
        store.save([make(n, text=text) for n in range(start, start + 500)])
    tracemalloc.start()
    assert sum(1 for _ in store.iter_articles()) == 3000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000
