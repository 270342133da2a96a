from __future__ import annotations

import pytest
from scrapy.exceptions import DropItem
from scrapy.utils.test import get_crawler

from scraper.items import Block, BlockKind, Kind
from scraper.pipelines import DeduplicatePipeline
from scraper.storage import open_store


def test_whole_articles_are_stored_and_the_rest_is_counted_by_reason(
    tmp_path, crawl, make
):
    url = f"sqlite:///{tmp_path}/articles.db"
    run = crawl(
        make(1),
        make(2, kind=Kind.LIVE),
        make(3, kind=Kind.LISTING),
        make(4, kind=Kind.BLOCKED),
        make(5, title=" "),
        make(6, blocks=()),
        make(1),
        make(7, "Nội dung bài viết số 1!", title="TIN SỐ 1"),
        make(8, "Nội dung bài viết số 1!"),
        TINSACH_STORE=url,
    )
    assert run.counts("validate/dropped") == {
        "not_an_article/listing": 1,
        "not_an_article/blocked": 1,
        "no_title": 1,
        "no_text": 1,
    }
    assert run.counts("deduplicate") == {"dropped/duplicate": 2}
    assert run.counts("store") == {"new": 3}
    assert run.stats["item_scraped_count"] == 3
    assert run.stats["finish_reason"] == "finished"
    assert not run.errors()
    assert "WARNING" not in run.log
    with open_store(url, create=False) as store:
        stored = {article.title for article in store.iter_articles()}
    assert stored == {"Tin số 1", "Tin số 2", "Tin số 8"}


def test_a_later_run_counts_what_changed(tmp_path, crawl, make):
    url = f"sqlite:///{tmp_path}/articles.db"
    with open_store(url) as store:
        store.save([make(n) for n in range(120)])
    changed = make(0, "Khác.")
    run = crawl(changed, *(make(n) for n in range(1, 121)), TINSACH_STORE=url)
    assert run.counts("store") == {"new": 1, "revised": 1, "unchanged": 119}


def test_a_store_that_cannot_be_opened_stops_the_crawl(tmp_path, crawl, make):
    run = crawl(make(1), make(2), TINSACH_STORE=f"sqlite:///{tmp_path}")
    assert run.stats["finish_reason"] == "store_failed"
    assert run.counts("store") == {}
    (line,) = run.errors()
    assert f"Nothing can be stored: store {tmp_path} is a folder" in line
    assert "Traceback" not in run.log


def test_a_store_that_fails_stops_the_crawl_and_never_the_reactor(
    tmp_path, crawl, make
):
    path = tmp_path / "articles.db"
    run = crawl(
        *(make(n) for n in range(150)),
        shut=str(path),
        TINSACH_STORE=f"sqlite:///{path}?timeout=0.4",
    )
    assert run.stats["finish_reason"] == "store_failed"
    assert run.counts("store") == {"new": 1}
    assert run.stats["item_scraped_count"] == 1
    (line,) = run.errors()
    assert "Stopping, articles cannot be stored" in line
    assert "is locked by another process" in line
    assert run.stats["ticks"] > 10
    with open_store(f"sqlite:///{path}", create=False) as store:
        assert store.count() == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"kind": Kind.OTHER}, "not_an_article/other"),
        ({"title": ""}, "no_title"),
        ({"blocks": (Block(BlockKind.CAPTION, "Ảnh"),)}, "no_text"),
        ({"blocks": (), "lead": "Sapo."}, ""),
    ],
)
def test_an_article_has_a_title_and_a_text(make, fields, reason):
    assert make(**fields).fault == reason


def passed(pipeline, *articles) -> list[bool]:
    outcome = []
    for article in articles:
        try:
            outcome.append(pipeline.process_item(article) is article)
        except DropItem:
            outcome.append(False)
    return outcome


@pytest.fixture
def crawler():
    return get_crawler()


def test_the_oldest_keys_are_forgotten_first(crawler, make):
    pipeline = DeduplicatePipeline(crawler, remembered=4)
    assert passed(pipeline, make(1), make(2), make(3)) == [True] * 3
    assert passed(pipeline, make(3), make(1)) == [False, True]
    assert len(pipeline.seen) + len(pipeline.before) <= 4


def test_articles_without_a_fingerprint_are_told_apart_by_address(crawler, make):
    pipeline = DeduplicatePipeline(crawler)
    blank = {"content_fingerprint": "", "title": "Ảnh"}
    assert passed(pipeline, make(1, **blank), make(2, **blank)) == [True, True]


def test_articles_of_which_all_name_one_address_are_none_of_them_dropped(crawler, make):
    pipeline, same = DeduplicatePipeline(crawler), {"canonical_url": make(1).url}
    named = [make(1), make(2, "Khác.", **same), make(3, "Khác nữa.", **same)]
    assert passed(pipeline, *named) == [True] * 3
    reworded = make(4, "Sửa.", title=make(1).title, **same)
    printed = make(5, make(1).text, title="Bản in", **same)
    assert passed(pipeline, reworded, printed) == [False, False]
