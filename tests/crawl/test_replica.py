"""The real spider against the replica portal: everything found, once, whole."""

from __future__ import annotations

import json
import time

import pytest

from scraper.demo import serving
from scraper.storage import open_store

SIZE = 60
FIELDS = (
    "kind",
    "title",
    "lead",
    "text",
    "captions",
    "byline",
    "authors",
    "agency",
    "section",
    "tags",
)
TAIL = (
    "Chia sẻ:",
    "doanh nghiệp - Sản phẩm - Dịch vụ",
    "Thông cáo báo chí",
    "Rao vặt",
    "Các đơn vị thông tin của TTXVN",
    "Chú thích ảnh",
)


@pytest.fixture(scope="module")
def replica():
    with serving(size=SIZE) as replica:
        yield replica


@pytest.fixture(scope="module")
def run(replica, crawls):
    """The first crawl of the whole portal."""
    return crawls(arguments={"portal": replica.base})


@pytest.fixture(scope="module")
def stored(run):
    return run.stored()


@pytest.fixture(scope="module")
def again(run, replica, crawls):
    """A second crawl into the same store."""
    return crawls(arguments={"portal": replica.base})


def test_every_article_is_stored_once_and_nothing_else(stored, replica) -> None:
    assert set(stored) == {truth.url for truth in replica.portal.truths()}
    assert len(stored) == SIZE


def test_articles_of_every_template_and_address_form_are_among_them(
    stored, replica
) -> None:
    found = {truth.template for truth in replica.portal.truths() if truth.url in stored}
    assert found == {"cms", "current", "older"}
    assert any("-post" in url for url in stored)
    assert any(url.endswith(".htm") for url in stored)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_equals_the_truth_in_every_article(stored, replica, name) -> None:
    truths = {truth.url: getattr(truth, name) for truth in replica.portal.truths()}
    assert {url: getattr(article, name) for url, article in stored.items()} == truths


def test_every_time_of_publication_equals_the_truth(stored, replica) -> None:
    truths = {truth.url: truth.published_at for truth in replica.portal.truths()}
    assert {
        url: article.published_at.isoformat() for url, article in stored.items()
    } == truths


def test_every_block_equals_the_truth_in_kind_and_text(stored, replica) -> None:
    truths = {truth.url: truth.blocks for truth in replica.portal.truths()}
    assert {
        url: tuple((block.kind, block.text) for block in article.blocks)
        for url, article in stored.items()
    } == truths


@pytest.mark.parametrize("string", TAIL)
def test_no_string_of_the_older_templates_tail_is_in_the_store(stored, string) -> None:
    records = [json.dumps(a.to_dict(), ensure_ascii=False) for a in stored.values()]
    assert not any(string in record for record in records)


def test_no_advertorial_video_or_topic_page_is_stored(stored) -> None:
    strange = ("/doanh-nghiep-san-pham", "/video/", "/tags/", "/dong-su-kien/")
    assert not [url for url in stored if any(part in url for part in strange)]


def test_no_address_is_asked_for_twice(run) -> None:
    asked = run.stats["downloader/request_count"]
    answered = run.stats["scheduler/enqueued"] + run.stats["robotstxt/request_count"]
    assert asked == answered
    assert run.stats["articles/requested"] == SIZE


def test_the_run_is_done_and_counts_blocks_by_rule(run) -> None:
    assert (run.status, run.verdict) == (0, "done")
    assert run.report["new"] == SIZE
    assert run.report["blocks_kept"] > SIZE
    assert sum(run.report["dropped"].values()) > SIZE


def test_nothing_is_logged_as_an_error(run) -> None:
    assert "log_count/ERROR" not in run.stats
    assert "Traceback" not in run.stderr


def test_a_second_run_fetches_no_article_and_stores_nothing(again) -> None:
    assert (again.status, again.verdict) == (3, "nothing new")
    assert again.report["requested"] == again.report["unchanged"] == 0
    assert again.report["unchanged_sources"] == again.report["sources"] > 0


@pytest.mark.slow
def test_a_crawl_killed_midway_is_completed_by_the_next(
    replica, crawls, monkeypatch, tmp_path
) -> None:
    store = f"sqlite:///{tmp_path}/articles.db"
    monkeypatch.setitem(crawls.environment, "TINSACH_STORE", store)
    process = crawls.start(
        arguments={"portal": replica.base}, settings={"DOWNLOAD_DELAY": 0.05}
    )
    kept = wait_for_articles(tmp_path / "articles.db", 5)
    process.kill()
    process.communicate(timeout=300)
    assert 5 <= kept < SIZE
    rest = crawls(arguments={"portal": replica.base})
    assert rest.report["new"] + rest.report["unchanged"] <= SIZE - kept
    with open_store(store) as opened:
        assert opened.count() == SIZE


def wait_for_articles(path, wanted: int) -> int:
    """Return how many articles are stored once there are *wanted*."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if path.exists():
            with open_store(f"sqlite:///{path}") as store:
                if (count := store.count()) >= wanted:
                    return count
        time.sleep(0.05)
    raise AssertionError(f"never saw {wanted} articles in {path}")
