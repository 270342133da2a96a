from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from scrapy.http import Headers, HtmlResponse, Request
from scrapy.utils.test import get_crawler

from scraper.archive import iter_newest
from scraper.crawling.extensions import Archiver, Receipt
from scraper.crawling.leases import page_of
from scraper.items import Article, Kind
from scraper.storage import Address, Lease, open_store

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://bao.example/tin-1.htm"


@pytest.fixture
def keep(tmp_path):
    """Keep a page in the archive at *folder*; return its receipt and the stats."""

    def run(folder: Path, article: Article | None = None) -> tuple[Receipt, dict]:
        store = f"sqlite:///{tmp_path}/articles.db"
        settings = {"TINSACH_ARCHIVE": str(folder), "TINSACH_STORE": store}
        crawler = get_crawler(settings_dict=settings)
        archiver = Archiver(crawler)
        request = Request(URL, headers={"If-None-Match": '"x"'})
        headers = Headers({"Content-Type": "text/html", "Set-Cookie": ["a=1", "b\n=2"]})
        response = HtmlResponse(
            URL, body=b"<p>Tin</p>", headers=headers, request=request
        )
        receipt = Receipt()
        lease = Lease(1, Address(URL))
        page = page_of(response)
        asyncio.run(archiver.keep(response, page, lease, receipt, article))
        archiver._close()
        from scraper.crawling.store_client import StoreClient

        StoreClient.of(crawler).close()
        return receipt, crawler.stats.get_stats()

    return run


def test_a_page_is_kept_and_the_receipt_names_it(keep, tmp_path):
    receipt, stats = keep(tmp_path / "archive")
    (kept,) = iter_newest(tmp_path / "archive")
    assert kept.reference == receipt.reference
    assert kept.page.body == b"<p>Tin</p>"
    assert stats["archive/pages"] == 1


def test_the_receipt_marks_an_article():
    article = Article(url=URL, canonical_url=URL, site="bao.example", kind=Kind.ARTICLE)
    assert Receipt("a#0").on(article).archive == "a#0"
    assert Receipt().on(article) is article


def test_a_page_whose_article_is_forgotten_is_not_kept(keep, tmp_path):
    own = "http://bao.example/own.htm"
    with open_store(f"sqlite:///{tmp_path}/articles.db") as store:
        store.forget(own, datetime(2026, 3, 2, tzinfo=UTC))
    article = Article(url=URL, canonical_url=own, site="bao.example", kind=Kind.ARTICLE)
    receipt, _ = keep(tmp_path / "archive", article)
    assert receipt.reference == ""
    assert not (tmp_path / "archive").exists()


def test_a_disk_that_refuses_ends_the_archive_and_not_the_crawl(keep, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    receipt, stats = keep(tmp_path / "file" / "archive")
    assert receipt.reference == ""
    assert stats["archive/failed"] == 1
    assert "No more pages are archived" in caplog.text
