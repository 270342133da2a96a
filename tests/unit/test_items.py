from __future__ import annotations

import dataclasses
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scraper.exports import render
from scraper.items import (
    SCHEMA_VERSION,
    Article,
    Block,
    BlockKind,
    Extraction,
    Image,
    Kind,
    LedgerEntry,
    Link,
    Page,
)
from scraper.sitemodel import SiteModel
from worlds import VIETNAM

ADDRESS = "https://bao.example/van-hoa/xe-sach.htm"
WHOLE = Article(
    url=f"{ADDRESS}?utm_source=x",
    canonical_url=ADDRESS,
    site="bao.example",
    kind=Kind.LIVE,
    title="Xe sách",
    lead="Dẫn.",
    lead_source="page",
    blocks=(
        Block(BlockKind.HEADING, "Đường xa"),
        Block(BlockKind.CAPTION, "Xe qua suối. Ảnh: Mạnh Tú"),
        Block(BlockKind.TABLE, "Tỉnh\tXe\nSơn La\t3"),
        Block(BlockKind.ENTRY, "Xe đến nơi.", "15:13"),
    ),
    images=(Image("https://bao.example/a.jpg", "Xe qua suối", "Mạnh Tú"),),
    byline="Tin, ảnh: Mạnh Tú (TTXVN)",
    authors=("Mạnh Tú",),
    agency="TTXVN",
    published_at=datetime(2025, 7, 11, 14, 6, 23, 717_000, tzinfo=VIETNAM),
    published_source="meta",
    modified_at=datetime(2025, 7, 11, 8, 0, tzinfo=UTC),
    modified_source="json_ld",
    section="Văn hóa",
    breadcrumbs=("Xã hội", "Văn hóa"),
    tags=("sách",),
    language="vi",
    paywalled=True,
    content_fingerprint="0123456789abcdef",
    extraction=Extraction("careful", "", 0.9, 4, {"date_line": 1}),
    fetched_at=datetime(2025, 7, 12, 8, 0, tzinfo=VIETNAM),
    archive="a.warc.gz#1",
    revision=2,
    ledger=(LedgerEntry("Dẫn.", "lead", kept=True, path="h2"),),
)
LONG = "Tin\n\x1b dài " * 500
BARE = Article(url="", canonical_url="", site="", kind=Kind.OTHER)


def test_the_text_is_the_lead_then_every_block_but_captions():
    assert WHOLE.text == (
        "Dẫn.\n\nĐường xa\n\nTỉnh\tXe\nSơn La\t3\n\n15:13 Xe đến nơi."
    )


def test_an_embedded_post_is_a_block_and_no_part_of_the_text():
    post = Block(BlockKind.EMBED, "Lời của người khác.")
    assert dataclasses.replace(WHOLE, blocks=(*WHOLE.blocks, post)).text == WHOLE.text


def test_without_a_lead_the_text_begins_with_the_first_block():
    assert dataclasses.replace(WHOLE, lead="").text.startswith("Đường xa")


@pytest.mark.parametrize("source", ["meta", "json_ld"])
def test_a_lead_that_is_only_declared_is_no_text(source):
    declared = dataclasses.replace(WHOLE, lead_source=source)
    assert (declared.shown_lead, declared.lead) == ("", "Dẫn.")
    assert declared.text.startswith("Đường xa")


def test_a_lead_of_no_stated_source_is_text():
    assert dataclasses.replace(WHOLE, lead_source="").text == WHOLE.text


def test_an_article_without_blocks_has_no_text():
    assert BARE.text == ""


def test_the_captions_are_the_blocks_of_that_kind():
    assert WHOLE.captions == ("Xe qua suối. Ảnh: Mạnh Tú",)


def test_the_id_follows_from_the_canonical_address_alone():
    other = dataclasses.replace(BARE, canonical_url=ADDRESS)
    assert WHOLE.id == other.id != BARE.id
    assert len(WHOLE.id) == 16


@pytest.mark.parametrize("kind", Kind)
def test_only_four_kinds_carry_a_text(kind):
    assert kind.has_text is (kind.value in {"article", "live", "gallery", "video"})


@pytest.mark.parametrize("article", [WHOLE, BARE], ids=["whole", "bare"])
def test_an_article_comes_back_from_its_json_without_its_ledger(article):
    record = json.loads(json.dumps(article.to_dict()))
    assert Article.from_dict(record) == replace(article, ledger=())


def test_the_json_is_flat_and_names_its_version():
    record = WHOLE.to_dict()
    fields = {f.name for f in dataclasses.fields(Article)} - {"ledger", "lead_links"}
    assert set(record) == fields | {"schema_version", "id", "text", "captions"}
    assert record["schema_version"] == SCHEMA_VERSION


def test_the_json_tells_times_with_their_offset():
    record = WHOLE.to_dict()
    assert record["published_at"] == "2025-07-11T14:06:23.717000+07:00"
    assert BARE.to_dict()["published_at"] is None


def test_the_json_holds_plain_values():
    record = WHOLE.to_dict()
    assert type(record["kind"]) is str
    assert record["authors"] == ["Mạnh Tú"]
    assert record["blocks"][3] == {
        "kind": "entry",
        "text": "Xe đến nơi.",
        "time": "15:13",
    }


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"kind": "poem"}, ValueError),
        ({"published_at": "yesterday"}, ValueError),
        ({"blocks": [{"kind": "paragraph"}]}, KeyError),
    ],
)
def test_a_malformed_record_is_refused(change, error):
    with pytest.raises(error):
        Article.from_dict(WHOLE.to_dict() | change)


def test_a_record_that_lacks_a_field_is_refused():
    record = WHOLE.to_dict()
    del record["title"]
    with pytest.raises(KeyError, match="title"):
        Article.from_dict(record)


def test_an_article_may_travel_between_processes():
    assert pickle.loads(pickle.dumps(WHOLE)) == WHOLE


def test_an_article_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        WHOLE.title = "khác"


def test_the_repr_of_an_article_is_its_id_url_title_and_number_of_words():
    assert repr(WHOLE) == (
        f"<Article {WHOLE.id} '{ADDRESS}?utm_source=x' 'Xe sách' (12 words)>"
    )


@pytest.mark.parametrize(
    "item",
    [
        replace(WHOLE, url=LONG, title=LONG),
        Page(LONG, b"<p>Tin" * 10_000),
        SiteModel("example.org", 9, labels=dict.fromkeys(map(str, range(99)), 9)),
    ],
    ids=["article", "page", "model"],
)
def test_a_repr_is_one_printable_line_of_bounded_length(item):
    assert repr(item).isprintable()
    assert len(repr(item)) < 500


def test_a_repr_shows_that_it_cut_a_url():
    shown = repr(Page(LONG, b""))
    assert "…'" in shown
    assert "…" not in repr(Page("https://example.org/tin", b""))


def test_a_page_takes_the_url_that_its_html_declares_if_none_is_given():
    markup = f"<meta name=og:url content={ADDRESS}?a=1&amp;b=2>"
    for body in (markup.encode(), markup.encode("utf-16")):
        assert Page("", body).url == f"{ADDRESS}?a=1&b=2"
    assert Page("https://a.example/", markup.encode()).url == "https://a.example/"
    assert Page("", b"<link rel=canonical href=/xe>").url == ""


def test_a_link_stays_only_as_long_as_its_words_stand_there():
    record = WHOLE.to_dict()
    record["blocks"][3]["links"] = [{"text": "Xe", "url": ADDRESS, "start": 0}]
    (link,) = Article.from_dict(record).blocks[3].links
    assert (link, link.end) == (Link("Xe", ADDRESS, 0), 2)
    record["blocks"][3]["text"] = "Đã đến nơi."
    changed = Article.from_dict(record)
    assert changed.to_dict(links=True)["blocks"][3]["links"] == []


def test_an_article_prints_itself_as_the_exports_do():
    assert WHOLE.to_markdown() == render(WHOLE, "markdown")
    assert WHOLE.to_text() == render(WHOLE, "text")
    assert WHOLE.to_html() == render(WHOLE, "html")
