"""Every visit of a crawl is settled once, whatever a user's components do to its item."""

from __future__ import annotations

import sqlalchemy as sa

from scraper.storage.tables import frontier
from tests.crawl.conftest import Run
from tests.crawl.meddlers import CHANGED, LEFT_OUT

SETTINGS = {"SPIDER_MODULES": ["spiders", "meddlers"], "LOG_LEVEL": "WARNING"}
READ, FAILED, DROPPED = ("read", ""), ("failed", "pipeline_failed"), "dropped"
MINE = (DROPPED, "của tôi")
ENDS = {
    **dict.fromkeys(("first_copy", "first_dict", "before_copy", "before_dict"), READ),
    **dict.fromkeys(("before_record", "before_moved-copy", "slow", "plain"), READ),
    **dict.fromkeys(("after_copy", "after_none", "after_dict", "after_unlike"), READ),
    **dict.fromkeys(("after_drop", "after_raise", "output_copy", "output_twice"), READ),
    **dict.fromkeys(("first_none", "before_none", "before_unlike"), FAILED),
    **dict.fromkeys(("before_part", "before_text", "before_raise"), FAILED),
    **dict.fromkeys(("first_drop", "before_drop"), MINE),
    "output_none": (DROPPED, "no_item"),
    "callback_none": (DROPPED, "no_item"),
    "output_raise": ("failed", "spider_error"),
    "callback_raise": ("failed", "spider_error"),
    "ignore": ("failed", "ignored"),
}
"""Result and reason of each visit, by the word of its address."""
AS_CHANGED = {
    *("first_copy", "first_dict", "before_copy", "before_dict", "before_record"),
    *("before_moved-copy", "slow", "output_copy"),
}


def rows_of(store: str) -> dict[str, sa.Row]:
    """Return the rows of the frontier by the last word of their address."""
    engine = sa.create_engine(store)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(frontier)).all()
    engine.dispose()
    return {row.url.rpartition("/")[2].partition(".")[0]: row for row in rows}


def crawl(crawls, site, words, write_article, write_feed, **settings):
    urls = [site.put(f"/{w}.html", write_article(f"Bài {w}")) for w in words]
    site.put("/feed.xml", write_feed(urls))
    outcome, err = crawls.raw(
        spider="meddling",
        arguments={"portal": site.base},
        settings=SETTINGS | settings,
    )
    return Run(**outcome, stderr=err, store=crawls.store)


def test_each_visit_is_settled_whatever_became_of_its_item(
    new_crawls, make_site, write_article, write_feed
) -> None:
    site = make_site()
    run = crawl(new_crawls, site, ENDS, write_article, write_feed)
    rows = rows_of(run.store)
    del rows["feed"]
    assert {word: (row.result, row.reason) for word, row in rows.items()} == ENDS
    assert not any(row.lessee for row in rows.values())
    assert run.report["reason"] == "finished"
    titles = {
        url.rpartition("/")[2].partition(".")[0]: article.title
        for url, article in run.stored().items()
    }
    read = {word for word, end in ENDS.items() if end == READ}
    assert titles == {w: CHANGED if w in AS_CHANGED else f"Bài {w}" for w in read}
    said = "StorePipeline received a dict, which is not an article (KeyError: '"
    assert said in run.stderr
    order = "First, ValidatePipeline, Slow, DeduplicatePipeline, BeforeStore, StoreP"
    assert f"The order is {order}" in run.stderr
    assert "its text is not that of its blocks" in run.stderr


def test_visits_that_get_lost_are_reported_and_left_to_the_next_run(
    new_crawls, make_site, write_article, write_feed, answer
) -> None:
    site = make_site()
    words = ("plain", LEFT_OUT, f"{LEFT_OUT}-2")
    site.put(f"/{LEFT_OUT}-source.xml", write_feed([]))
    run = crawl(new_crawls, site, words, write_article, write_feed)
    assert run.report["reason"] == "unsettled"
    assert (run.status, run.report["unsettled"]) == (4, 2)
    assert run.verdict == "2 visits were lost in the crawl and never settled"
    assert "2 visits were never settled" in run.stderr
    rows = rows_of(run.store)
    assert {rows[word].visited_at for word in words[1:]} == {None}
    assert not any(row.lessee for row in rows.values())
    assert [a.title for a in run.stored().values()] == ["Bài plain"]


def test_a_crawl_without_the_store_pipeline_says_so_and_ends(
    new_crawls, make_site, write_article, write_feed
) -> None:
    none = {"scraper.pipelines.StorePipeline": None}
    pipelines = {"scraper.pipelines.ValidatePipeline": 100, **none}
    site = make_site()
    run = crawl(
        *(new_crawls, site, ("plain", "second"), write_article, write_feed),
        ITEM_PIPELINES=pipelines,
    )
    assert run.report["reason"] == "finished"
    assert run.report["rejected"] == {"not_stored": 2}
    assert run.stderr.count("no pipeline stores what this crawl finds") == 1
