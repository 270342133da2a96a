"""A gold page gives one record: out of a feed, the store, the add-on, fetch and MCP.

What is read from files is compared in tests/gold/test_entry_points.py.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

import scraper
from scraper.cli.mcp import Tools
from scraper.exports import FORMATS
from scraper.storage import open_store
from tests.gold.test_entry_points import differing, iter_gold

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.items import Page

SETS = ("aed", "fundus-tests", "postlight", "wcxb")
"""One page of each: a crawl learns a model from five of a site."""
KNOWN_TO_A_CRAWL = frozenset({"fetched_at", "archive", "revision", "gone_at"})
"""When a page was fetched, where it is archived, and what the store knows of before."""
LONGEST = 300
ADDON_SPIDER = """
import scrapy

class Linked(scrapy.Spider):
    name = "linked"
    custom_settings = {"ADDONS": {"scraper.addon.TinsachAddon": 500}}

    def __init__(self, urls):
        self.start_urls = urls.split()

    def parse(self, response):
        pass
"""


@dataclass(frozen=True)
class Served:
    """Gold pages on loopback, as articles of baotintuc, and a folder to crawl in."""

    base: str
    pages: tuple[Page, ...]
    folder: Path

    @property
    def urls(self) -> list[str]:
        return [page.url for page in self.pages]

    def scrapy(self, *arguments: str, **environment: str) -> None:
        """Run ``scrapy`` as quickly as loopback allows."""
        quickly = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "TINSACH_WORKERS=1")
        options = [each for setting in quickly for each in ("-s", setting)]
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments, *options],
            cwd=self.folder,
            env=os.environ | {"TINSACH_HOME": str(self.folder), **environment},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def by_url(lines: str) -> dict[str, dict[str, Any]]:
    records = map(json.loads, lines.splitlines())
    return {record["url"]: record for record in records}


@pytest.fixture(scope="module")
def served(shared_data, site, answer, write_feed, tmp_path_factory) -> Served:
    pages = []
    for number, name in enumerate(SETS):
        articles = (p for p in iter_gold(shared_data / name) if is_small_article(p))
        (page,) = islice(articles, 1)
        path = f"/bai-2025071114062371{number}.htm"
        site.put(path, answer(page.body, content_type="text/html"))
        pages.append(replace(page, url=site.base + path))
    site.put("/tin-moi-nhat.rss", write_feed([page.url for page in pages]))
    return Served(site.base, tuple(pages), tmp_path_factory.mktemp("served"))


def is_small_article(page: Page) -> bool:
    return len(page.body) < 120_000 and not scraper.extract(page.body).fault


@pytest.fixture(scope="module")
def expected(served) -> dict[str, dict[str, Any]]:
    """The record of each page by the Python API."""
    return {p.url: scraper.extract(p.body, url=p.url).to_dict() for p in served.pages}


@pytest.fixture(scope="module")
def crawled(served) -> Served:
    """The folder after ``scrapy crawl -O`` in every format."""
    feeds = ("articles.jsonl", "articles.csv", "articles.xml", "articles.pickle")
    outputs = [each for name in feeds for each in ("-O", name)]
    crawl = ("crawl", "baotintuc", "-a", f"portal={served.base}")
    served.scrapy(*crawl, *outputs, SCRAPY_SETTINGS_MODULE="scraper.settings")
    return served


def exported(folder: Path, name: str) -> str:
    out = io.BytesIO()
    with open_store(f"sqlite:///{folder}/articles.db", create=False) as store:
        FORMATS[name].write(store.iter_articles(), out)
    return out.getvalue().decode("utf-8-sig")


def check(
    found: dict[str, dict[str, Any]], expected: dict[str, dict[str, Any]]
) -> None:
    """Assert that *found* differs from *expected* in what only a crawl can know."""
    assert found.keys() == expected.keys()
    for url, record in found.items():
        assert record.keys() == expected[url].keys()
        assert differing(record, expected[url]).keys() <= KNOWN_TO_A_CRAWL
        assert record["fetched_at"]


def test_a_feed_of_a_crawl_holds_the_records_of_the_python_api(crawled, expected):
    check(by_url(crawled.read("articles.jsonl")), expected)


def test_a_feed_holds_the_records_of_the_store(crawled):
    feed = by_url(crawled.read("articles.jsonl"))
    assert by_url(exported(crawled.folder, "jsonl")) == feed
    with (crawled.folder / "articles.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.reader(file))
    stored = io.StringIO(exported(crawled.folder, "csv"), newline="")
    assert rows == sorted(csv.reader(stored))


def test_the_store_holds_the_links_and_images_of_the_python_api(crawled):
    asked = {"links": True, "images": True}
    with open_store(f"sqlite:///{crawled.folder}/articles.db", create=False) as store:
        stored = {a.url: a.to_dict(**asked) for a in store.iter_articles()}
    read = {p.url: scraper.extract(p.body, url=p.url) for p in crawled.pages}
    check(stored, {url: article.to_dict(**asked) for url, article in read.items()})
    assert any(b["links"] for record in stored.values() for b in record["blocks"])


def test_a_feed_of_xml_holds_text_and_id(crawled, expected):
    items = etree.parse(crawled.folder / "articles.xml").getroot()
    found = {each.findtext("id"): each.findtext("text") for each in items}
    assert found == {each["id"]: each["text"] for each in expected.values()}


@pytest.mark.slow
def test_the_add_on_gives_the_records_of_the_python_api(served, expected):
    (served.folder / "linked.py").write_text(ADDON_SPIDER)
    urls = " ".join(served.urls)
    served.scrapy("runspider", "linked.py", "-a", f"urls={urls}", "-O", "addon.jsonl")
    check(by_url(served.read("addon.jsonl")), expected)


@pytest.mark.slow
def test_fetch_gives_the_record_of_the_python_api(served, expected):
    url = served.urls[0]
    check({url: scraper.fetch(url).to_dict()}, {url: expected[url]})


@pytest.mark.slow
def test_a_language_model_is_given_fields_of_that_record(served, expected, monkeypatch):
    monkeypatch.setenv("TINSACH_HOME", str(served.folder / "none"))
    url = served.urls[1]
    told = Tools(None).fetch_article(url)["page"]
    assert told.pop("left_out") == 0
    assert told.pop("cut_short") == []
    assert told == {name: expected[url][name] for name in told}
