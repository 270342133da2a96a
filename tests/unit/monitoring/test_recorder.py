"""What is known of a run reaches its store, or the run has failed."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import signals
from scrapy.exceptions import DropItem
from scrapy.utils.test import get_crawler

from scraper import clock
from scraper.crawling.leases import ARTICLE_STORED
from scraper.crawling.store_client import StoreClient
from scraper.items import Article, Block, BlockKind, Kind
from scraper.monitoring.health import ExitStatus, Verdict
from scraper.monitoring.recorder import VERDICT, RunRecorder, Sameness
from scraper.monitoring.run_report import Past


@pytest.mark.parametrize("is_there", [True, False])
def test_a_run_whose_report_is_not_kept_has_failed(tmp_path, is_there) -> None:
    settings = {"TINSACH_STORE": f"sqlite:///{tmp_path}/articles.db"}
    crawler = get_crawler(settings_dict=settings)
    recorder, client = RunRecorder(crawler), StoreClient.of(crawler)

    async def end() -> None:
        await client.begin("bao", clock.now(), host="", ended=pytest.fail)
        if not is_there:
            (tmp_path / "articles.db").unlink()
        await recorder._keep(client, {}, Past(), Verdict(ExitStatus.DONE, "done"))

    asyncio.run(end())
    client.close()
    found = crawler.stats.get_value(VERDICT)
    if is_there:
        assert found is None
    else:
        assert found.status is ExitStatus.FAILED
        assert "the report of the run is not kept: store" in found.said


def article(number: int, words: str = "", **fields: object) -> Article:
    url = f"https://bao.example/tin-{number}.htm"
    values = {
        "canonical_url": url,
        "site": "bao.example",
        "kind": Kind.ARTICLE,
        "title": f"Tin {number}",
        "blocks": (Block(BlockKind.PARAGRAPH, "Bài."),),
        "content_fingerprint": words,
    }
    return Article(url=url, **(values | fields))


@pytest.fixture
def crawler():
    crawler = get_crawler()
    crawler.sameness = Sameness.from_crawler(crawler)
    return crawler


def told(crawler, stored=(), dropped=()):
    """Return how many texts were read, and the commonest."""
    for each in stored:
        crawler.signals.send_catch_log(ARTICLE_STORED, article=each)
    for each in dropped:
        crawler.signals.send_catch_log(
            signals.item_dropped, item=each, response=None, exception=DropItem("x")
        )
    crawler.signals.send_catch_log(
        signals.spider_closed, spider=None, reason="finished"
    )
    stats = crawler.stats
    return stats.get_value("texts/read"), stats.get_value("texts/commonest")


def test_duplicates_that_are_not_stored_count(crawler):
    wall = [article(n, "tường") for n in range(9)]
    assert told(crawler, [wall[0], article(9, "khác")], wall[1:]) == (10, {"tường": 9})


def test_pages_that_are_no_article_do_not(crawler):
    listing = article(2, "mục", kind=Kind.LISTING)
    assert told(crawler, [article(1, "bài")], [listing, {"title": "x"}]) == (
        1,
        {"bài": 1},
    )


def test_several_addresses_of_one_article_count_as_half_of_them(crawler):
    one = article(1, "bài")
    assert told(crawler, [one], [one] * 6) == (4, {"bài": 4})


def test_a_text_that_stands_alone_among_many_is_not_kept(crawler):
    assert told(crawler, [article(n, f"{n}") for n in range(9)]) == (9, {})


def test_a_run_without_articles_says_nothing(crawler):
    assert told(crawler) == (None, None)
