"""Every spider's callbacks without a lease, as ``scrapy parse`` calls them."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, XmlResponse
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.test import get_crawler

from scraper.crawling.reader import Reader
from scraper.crawling.run import RunOptions, load_settings, load_spider
from scraper.workers import ReaderPool
from tests.unit.cli.kit import BODY, PAGE, TITLE
from tests.unit.spiders.test_loading import NAMES
from tests.unit.spiders.test_sites import ARTICLES

SITE = "https://bao.example"
FORMS = {name: paths[0] for name, paths in ARTICLES.items()}
FORMS["bnews"] = FORMS["vietnamnews"] = "/gia-vang-tang-20251125101500123.htm"
FORMS["baotintuc"] = "/gia-vang-tang-20251125101500123.htm"
EXTENSIONS = {
    "scraper.crawling.reader.Reader": 20,
    "scraper.crawling.reader.SiteModels": 25,
}


@pytest.fixture(scope="module")
def pool():
    with ReaderPool(workers=1) as pool:
        yield pool


@pytest.fixture
def make_spider(pool, monkeypatch):
    """Return what makes a spider whose crawler reads, and leases and stores nothing."""

    def make(name: str):
        crawler = get_crawler(load_spider(name), {"EXTENSIONS": EXTENSIONS})
        no_middlewares = SimpleNamespace(middleware=SimpleNamespace(middlewares=()))
        crawler.engine = SimpleNamespace(downloader=no_middlewares)
        monkeypatch.setattr(Reader.of(crawler), "_is_open", True)
        monkeypatch.setattr(Reader.of(crawler), "_pool", pool)
        site = {"site": SITE} if name == "news" else {}
        crawler.spider = crawler.spidercls.from_crawler(crawler, **site)
        return crawler.spider

    return make


def article_url(spider) -> str:
    return spider.portal.base + FORMS.get(spider.name, "/gia-vang-tang-4712345.html")


def article_page(spider) -> HtmlResponse:
    return HtmlResponse(article_url(spider), body=PAGE)


def feed(spider) -> XmlResponse:
    link = f"<item><title>Tin</title><link>{article_url(spider)}</link></item>"
    body = f"<rss version='2.0'><channel>{link}</channel></rss>"
    return XmlResponse(spider.portal.base + "/rss", body=body.encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_page_gives_its_article_and_a_feed_its_requests(make_spider, name) -> None:
    spider = make_spider(name)
    [article] = asyncio.run(spider.parse(article_page(spider)))
    assert (article.title, BODY[0] in article.text) == (TITLE, True)
    same = asyncio.run(spider.parse_article(article_page(spider)))
    assert same.text == article.text
    [request] = asyncio.run(spider.parse(feed(spider)))
    assert isinstance(request, Request)
    assert (request.url, request.callback) == (
        article_url(spider),
        spider.parse_article,
    )
    [again] = asyncio.run(spider.parse_source(feed(spider)))
    assert again.url == request.url


def test_a_listing_gives_requests_for_what_it_lists(make_spider) -> None:
    spider = make_spider("vnexpress")
    links = "".join(f"<li><a href='/tin-471234{n}.html'>Tin {n}</a>" for n in range(9))
    page = HtmlResponse(spider.home + "/", body=f"<body><ul>{links}</ul>".encode())
    urls = [request.url for request in asyncio.run(spider.parse(page))]
    assert {f"{spider.home}/tin-471234{n}.html" for n in range(9)} <= set(urls)


def test_a_page_that_cannot_be_read_gives_nothing(make_spider, caplog) -> None:
    spider = make_spider("vnexpress")
    broken = HtmlResponse(article_url(spider), body=b"%PDF-1.7")
    assert asyncio.run(spider.parse(broken)) == []
    assert "a PDF, not an HTML page" in caplog.text


def test_scrapy_finds_the_spider_of_an_address() -> None:
    loader = SpiderLoader.from_settings(load_settings(RunOptions()))
    for name in set(NAMES) - {"news"}:
        request = Request(f"{load_spider(name).home}/thoi-su/tin.htm")
        assert loader.find_by_request(request) == [name]
    assert loader.find_by_request(Request(SITE)) == []
