"""``-O`` in every format of Scrapy's feeds, of our spiders and of those with the add-on."""

from __future__ import annotations

import csv
import json
import marshal
import os
import pickle
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from scrapy.settings import default_settings

from scraper.demo import serving
from scraper.exports.csv_table import cell
from scraper.schema import FLAT, flatten

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMATS = sorted(default_settings.FEED_EXPORTERS_BASE)
LONGEST = 300
PLAIN = """
import scrapy

class Plain(scrapy.Spider):
    name = "plain"
    custom_settings = {"ADDONS": {"tinsach.TinsachAddon": 500}}

    def __init__(self, urls):
        self.start_urls = urls.split()

    def parse(self, response):
        pass
"""


@pytest.fixture(scope="module")
def replica():
    with serving(12, now=datetime.fromisoformat("2026-01-05T08:00+07:00")) as portal:
        yield portal


def crawl(folder: Path, *arguments: str, **variables: str) -> Path:
    """Run ``scrapy`` in *folder* with a feed of each format, ``articles.FORMAT``."""
    outputs = [each for name in FORMATS for each in ("-O", f"articles.{name}:{name}")]
    environment = os.environ | {"TINSACH_HOME": str(folder), **variables}
    quickly = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments, *outputs, *quickly],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module", params=["spider", "add-on"])
def feeds(request, replica, tmp_path_factory) -> Path:
    """The folder after ``scrapy crawl`` of ours, and ``runspider`` of another's."""
    folder = tmp_path_factory.mktemp("feeds")
    if request.param == "spider":
        arguments = ("-a", f"portal={replica.base}", "-a", "limit=3")
        project = {"SCRAPY_SETTINGS_MODULE": "scraper.settings"}
        return crawl(folder, "crawl", "baotintuc", *arguments, **project)
    (folder / "plain.py").write_text(PLAIN)
    urls = " ".join(replica.portal.truth(number).url for number in range(3))
    return crawl(folder, "runspider", "plain.py", "-a", f"urls={urls}")


def records(feeds: Path) -> list[dict[str, Any]]:
    """Return what the feed of JSON lines holds, in its order, which all share."""
    found = [*map(json.loads, (feeds / "articles.jsonl").read_bytes().splitlines())]
    assert len(found) == 3
    assert all(record["text"] and record["published_at"] for record in found)
    return found


def loaded(file: Path, load: Callable[[Any], Any]) -> list[Any]:
    """Return the objects that stand in *file* one after another."""
    found = []
    with file.open("rb") as stream:
        while stream.peek(1):
            found.append(load(stream))
    return found


def test_json_pickle_and_marshal_hold_the_records(feeds):
    expected = records(feeds)
    for name in ("jl", "jsonlines"):
        lines = (feeds / f"articles.{name}").read_bytes().splitlines()
        assert [json.loads(line) for line in lines] == expected
    assert json.loads((feeds / "articles.json").read_bytes()) == expected
    assert loaded(feeds / "articles.pickle", pickle.load) == expected
    assert loaded(feeds / "articles.marshal", marshal.load) == expected


def test_csv_holds_a_cell_for_each_flat_field(feeds):
    with (feeds / "articles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{n: cell(flatten(r)[n]) for n in FLAT} for r in records(feeds)]


def test_xml_holds_an_element_for_each_field(feeds):
    items = etree.parse(feeds / "articles.xml").getroot()
    for item, record in zip(items, records(feeds), strict=True):
        assert [field.tag for field in item] == list(record)
        for name in ("id", "title", "text", "published_at", "gone_at"):
            assert item.findtext(name) == (record[name] or "")
        assert [each.text for each in item.find("authors")] == record["authors"]
        kinds = [each.findtext("kind") for each in item.find("blocks")]
        assert kinds == [block["kind"] for block in record["blocks"]]


def test_every_format_of_scrapy_is_among_those_that_are_read_here():
    read = {"jl", "jsonl", "jsonlines", "json", "pickle", "marshal", "csv", "xml"}
    assert set(FORMATS) == read
