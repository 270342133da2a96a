from __future__ import annotations

import codecs
import csv
import io
import json
import marshal
import pickle
from dataclasses import replace

import pytest
from itemadapter import ItemAdapter
from lxml import etree
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from scraper.addon import ArticleItem, TinsachAddon
from scraper.exports import FORMATS
from scraper.feeds import register_adapter
from scraper.items import Extraction, Image
from scraper.schema import FLAT
from tests.unit.cli.kit import make_article

ARTICLE = make_article(
    1,
    title="=1+1",
    lead="Dẫn\ufffe.",
    authors=("Mạnh Tú", "An"),
    images=(Image("https://bao.example/a.jpg", "Xe"),),
    extraction=Extraction(confidence=0.5, kept=3, dropped={"menu": 2}),
)
MINE = {"mine": "=1+1", "links": [1, 2], "none": None}


@pytest.fixture(autouse=True)
def own_adapters(monkeypatch):
    """Leave the adapters of this process as they were."""
    monkeypatch.setattr(ItemAdapter, "ADAPTER_CLASSES", ItemAdapter.ADAPTER_CLASSES)
    register_adapter()


@pytest.fixture(params=["scraper.settings", "add-on"])
def settings(request) -> Settings:
    """The settings of the project, and those of another one with the add-on."""
    found = Settings()
    if request.param == "add-on":
        TinsachAddon().update_settings(found)
    else:
        found.setmodule(request.param)
    return found


@pytest.fixture
def export(settings):
    """Return what writes items into a feed of one format."""
    exporters = settings.get_component_priority_dict_with_base("FEED_EXPORTERS")

    def write(name: str, *items: object, **options: object) -> bytes:
        out = io.BytesIO()
        exporter = load_object(exporters[name])(out, encoding="utf-8", **options)
        exporter.start_exporting()
        for item in items:
            exporter.export_item(item)
        exporter.finish_exporting()
        return out.getvalue()

    return write


def forms(article) -> list[object]:
    """Return what pipelines may make of *article*, all the same record."""
    as_dict = ItemAdapter(article).asdict()
    return [article, replace(article), as_dict, ArticleItem(article.to_dict())]


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def test_an_item_adapter_has_the_fields_of_the_record():
    adapter = ItemAdapter(ARTICLE)
    assert adapter.asdict() == ARTICLE.to_dict()
    assert list(adapter.field_names()) == list(ARTICLE.to_dict())
    with pytest.raises(TypeError, match=r"use dataclasses.replace\(item, title=…\)"):
        adapter["title"] = "Tin"


def test_each_format_of_objects_holds_the_record(export):
    record, items = ARTICLE.to_dict(), forms(ARTICLE)
    assert json.loads(export("json", *items)) == [record] * 4
    for name in ("jsonlines", "jsonl", "jl"):
        lines = export(name, *items).splitlines()
        assert [json.loads(line) for line in lines] == [record] * 4
    for form in items:
        assert pickle.loads(export("pickle", form)) == record
        assert marshal.loads(export("marshal", form)) == record


def test_lines_and_csv_are_those_of_the_export_byte_by_byte(export):
    for feed, name in (("jsonl", "jsonl"), ("csv", "csv")):
        out = io.BytesIO()
        FORMATS[name].write([ARTICLE] * 4, out)
        exported = out.getvalue().removeprefix(codecs.BOM_UTF8)
        assert export(feed, *forms(ARTICLE)) == exported


def test_csv_writes_the_fields_that_are_asked_for(export):
    wanted = {"title": "Tiêu đề", "authors": "authors", "images": "images"}
    [row] = rows(export("csv", ARTICLE, fields_to_export=wanted))
    assert (row["Tiêu đề"], row["authors"]) == ("'=1+1", "Mạnh Tú; An")
    assert json.loads(row["images"]) == ARTICLE.to_dict()["images"]
    [row] = rows(export("csv", ARTICLE, fields_to_export=["text"]))
    assert row == {"text": ARTICLE.text}


def test_csv_has_the_columns_that_a_pipeline_added(export):
    item = ItemAdapter(ARTICLE).asdict() | {"score": 0.5}
    [row] = rows(export("csv", item))
    assert list(row) == [*FLAT, "score"]
    assert row["score"] == "0.5"


def test_xml_has_an_element_for_each_field(export):
    [item] = etree.fromstring(export("xml", ARTICLE))
    assert [field.tag for field in item] == list(ARTICLE.to_dict())
    assert item.findtext("title") == "=1+1"
    assert item.findtext("lead") == "Dẫn."
    assert [each.text for each in item.find("authors")] == ["Mạnh Tú", "An"]
    assert (item.findtext("paywalled"), item.findtext("modified_at")) == ("false", "")
    assert item.findtext("extraction/dropped/menu") == "2"


def test_items_of_others_are_left_as_they_are(export):
    plain = Settings().get_component_priority_dict_with_base("FEED_EXPORTERS")
    for name in ("json", "csv", "xml"):
        out = io.BytesIO()
        exporter = load_object(plain[name])(out, encoding="utf-8")
        exporter.start_exporting()
        exporter.export_item(MINE)
        exporter.finish_exporting()
        assert export(name, MINE) == out.getvalue()


def test_an_exporter_of_the_user_counts():
    settings = Settings({"FEED_EXPORTERS": {"csv": "mine.Csv"}})
    TinsachAddon().update_settings(settings)
    exporters = settings["FEED_EXPORTERS"].copy_to_dict()
    assert exporters == {"csv": "mine.Csv", "xml": "scraper.feeds.XmlFeed"}
