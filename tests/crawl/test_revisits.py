"""Runs of one job after each other, in virtual time, against a loopback site."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from scraper.storage import open_store
from scraper.storage.maintenance import find_damage

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = "/thoi-su/bai-mot-post1.html"
MOVED = "/the-gioi/bai-mot-post1.html"
FOR_EVER = 600
"""Seconds; a test ends what waits so long."""


@pytest.fixture
def portal(make_site, answer, write_article, write_feed):
    """A site whose feed lists one article, published an hour ago, with an ETag."""
    site = make_site()
    page = write_article("Bài một", time=(NOW - timedelta(hours=1)).isoformat())
    site.put(PATH, answer(page, headers={"ETag": '"one"'}))
    site.put("/thoi-su.rss", write_feed([site.base + PATH]))
    return site


@pytest.fixture
def run(portal, new_crawls):
    """Run the job *hours* from now."""

    def crawl(hours: float = 0):
        crawls = new_crawls.later(hours=hours) if hours else new_crawls
        arguments = {"portal": portal.base, "section": "thoi-su"}
        return crawls(arguments=arguments)

    return crawl


def load(run):
    with open_store(run.store, create=False) as store:
        (article,) = store.iter_articles()
        return article, store.history(article.url)


def test_a_page_that_says_it_has_not_changed_is_not_read_again(run, portal) -> None:
    first = run()
    assert first.report["new"] == first.report["latency_articles"] == 1
    again = run(hours=12)
    assert (again.report["revisited"], again.report["same"]) == (1, 1)
    assert again.report["not_modified"] == 1
    assert (again.status, again.verdict) == (3, "nothing new")
    assert portal.count(PATH) == 2


def test_an_article_whose_row_is_damaged_is_stored_again(run, portal, tmp_path) -> None:
    before, _ = load(run())
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other, other:
        other.execute("UPDATE stored_texts SET text = text || '!'")
    again = run(hours=12)
    assert (again.report["not_modified"], again.report["failed"]) == (0, {})
    after, history = load(again)
    assert (after.text, len(history)) == (before.text, 1)
    assert find_damage(again.store) == ""


@pytest.mark.slow
def test_the_front_page_brings_what_no_feed_lists(portal, answer, new_crawls) -> None:
    front = f'<html><body><ul><li><a href="{PATH}">Bài một</a></li></ul></body></html>'
    portal.put("/", answer(front))
    portal.put("/thoi-su.rss", answer("", status=404))
    assert new_crawls(arguments={"portal": portal.base}).report["new"] == 1


def test_an_edit_is_a_revision_with_what_was_said_before(
    run, portal, answer, write_article
) -> None:
    run()
    page = write_article("Bài một", time=(NOW - timedelta(hours=1)).isoformat())
    portal.put(PATH, answer(page.replace("đồng tình", "rất đồng tình")))
    again = run(hours=12)
    assert again.report["revised"] == 1
    assert again.report["latency_articles"] == 0
    assert (again.status, again.verdict) == (3, "nothing new, 1 revised")
    article, history = load(again)
    assert article.revision == 2
    assert [("rất đồng tình" in old.text) for old in history] == [False, True]


@pytest.mark.slow
def test_a_takedown_keeps_the_article_and_is_no_illness(run, portal, answer) -> None:
    run()
    portal.put(PATH, answer("", status=410))
    again = run(hours=12)
    assert (again.report["gone"], again.report["failed"]) == (1, {})
    assert again.status == 3
    article, _ = load(again)
    assert article.gone_at is not None
    assert article.title == "Bài một"


@pytest.mark.slow
def test_an_article_that_moved_is_one_article(run, portal, answer) -> None:
    run()
    page = portal.answers[PATH][0]
    portal.put(MOVED, page)
    portal.put(PATH, answer("", status=301, headers={"Location": MOVED}))
    again = run(hours=12)
    article, _ = load(again)
    assert article.url == portal.base + MOVED
    assert again.report["new"] == 0


@pytest.mark.slow
def test_two_runs_of_one_job_never_overlap(portal, new_crawls, answer) -> None:
    feed = portal.answers["/thoi-su.rss"][0]
    feed.stall = FOR_EVER
    spec = {"arguments": {"portal": portal.base, "section": "thoi-su"}}
    first = new_crawls.start(**spec)
    try:
        _wait_for_hit(portal, "/thoi-su.rss", first)
        second = new_crawls(**spec)
    finally:
        first.kill()
        first.communicate()
    assert second.status == 1
    assert "is held by" in second.stderr


def _wait_for_hit(portal, path: str, crawl) -> None:
    """Wait until *crawl* has asked for *path*, as long as it takes to start."""
    while not portal.count(path):
        assert crawl.poll() is None
        time.sleep(0.02)
