"""Crawls whose clock is wrong, or is set while they run, against a loopback site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper.storage import open_store

NOW = datetime.now(UTC).replace(microsecond=0)
PATHS = tuple(f"/thoi-su/bai-{n}-post{n}.html" for n in range(1, 4))
FEED = "/thoi-su.rss"
DAY = timedelta(days=1)


@pytest.fixture
def portal(make_site, answer, write_article, write_feed):
    """A site whose feed lists an article; later tests list more."""
    site = make_site()
    for path in PATHS:
        site.put(path, write_article(path, time=NOW.isoformat()))
    site.put(FEED, write_feed([site.base + PATHS[0]]))
    return site


def arguments(portal) -> dict[str, dict[str, str]]:
    return {"arguments": {"portal": portal.base, "section": "thoi-su"}}


def test_a_run_with_a_clock_ahead_blinds_no_later_one(
    new_crawls, portal, write_feed
) -> None:
    ahead = new_crawls.later(days=1000)(**arguments(portal))
    assert (ahead.status, ahead.report["new"]) == (4, 1)
    assert "this machine is 24,000 hours ahead of every server" in ahead.verdict
    portal.put(FEED, write_feed([portal.base + path for path in PATHS]))
    after = new_crawls(**arguments(portal))
    assert (after.status, after.report["new"]) == (0, 2)
    assert after.report["ahead"] >= 2
    again = new_crawls(**arguments(portal))
    assert again.report["ahead"] == 0


def test_a_clock_set_back_in_the_run_leaves_nothing_ahead(
    new_crawls, portal, write_feed
) -> None:
    portal.put(FEED, write_feed([portal.base + path for path in PATHS]))
    run = new_crawls(**arguments(portal), ahead_until=PATHS[0])
    assert run.report["new"] == len(PATHS)
    assert portal.count(FEED) <= 2
    later = new_crawls.later(minutes=50)(**arguments(portal))
    assert later.report["sources"] > 0
    assert later.report["ahead"] == 0


def test_a_clock_that_cannot_be_right_stops_the_crawl(new_crawls, portal) -> None:
    new_crawls.environment["TINSACH_NOW"] = "1970-01-01T00:03:00+00:00"
    run = new_crawls(**arguments(portal))
    assert (run.status, portal.hits) == (1, [])
    assert "the clock shows 1970-01-01" in run.stderr
    assert "timedatectl" in run.stderr
    with open_store(run.store) as store:
        assert store.count() == 0
        assert store.jobs.list_runs() == []


def test_a_source_that_is_never_due_is_no_health(new_crawls, portal) -> None:
    """As if what is stored could not be told to be ahead: rows by another program."""
    new_crawls(**arguments(portal))
    _put_off(new_crawls.store, NOW + timedelta(days=20))
    silent = new_crawls(**arguments(portal))
    assert (silent.status, silent.report["leased"]) == (3, 0)
    blind = new_crawls.later(hours=25)(**arguments(portal))
    assert blind.status == 4
    assert "nothing was due for 25 hours" in blind.verdict


def _put_off(url: str, until: datetime) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as rows, rows:
        rows.execute(
            "UPDATE frontier SET due_at = ?", (f"{until:%Y-%m-%d %H:%M:%S}.0",)
        )


@pytest.mark.parametrize(("days", "is_kept"), [(1000, True), (0, False)])
def test_nothing_is_old_by_a_clock_that_no_server_agrees_with(
    new_crawls, portal, days, is_kept
) -> None:
    archived = new_crawls.folder / "archive" / f"{NOW - 10 * DAY:%Y%m%d}-001.warc.gz"
    archived.parent.mkdir()
    archived.touch()
    with open_store(new_crawls.store) as store:
        at = NOW - 500 * DAY
        store.jobs.end(store.jobs.begin("baotintuc", at), at, "{}")
    crawls = new_crawls.later(days=days) if days else new_crawls
    settings = {"TINSACH_KEEP": 7, "TINSACH_ARCHIVE": "1"}
    run = crawls(**arguments(portal), settings=settings)
    assert archived.exists() == is_kept
    assert ("runs/pruned" in run.stats) != is_kept
    with open_store(new_crawls.store) as store:
        assert len(store.jobs.list_runs()) == 1 + is_kept
