from __future__ import annotations

import io

import lxml.html
import pytest

from scraper.exports import FORMATS, render
from scraper.items import Block, BlockKind


def page(text: str):
    return lxml.html.document_fromstring(text)


def texts(tree, path):
    return [node.text_content() for node in tree.xpath(path)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("//head/title", ["Tin sạch"]),
        ("//article/header/h1", ["Tin sạch"]),
        ("//article/h2", ["Mục lớn"]),
        ("//figure/figcaption", ["Cầu mới. Ảnh: An"]),
        ("//blockquote/p", ["Câu trích", "Phim ngắn"]),
        ("//ul/li", ["gạo", "muối"]),
        ("//table/tr[2]/td", ["Huế", "3"]),
        ("//article/p/strong", ["Sapo.", "Vì sao?"]),
        ("//p[b]", ["10:15 Bão vào bờ"]),
    ],
)
def test_every_kind_of_block_has_its_element(full, path, expected):
    assert texts(page(render(full, "html")), path) == expected


def test_the_page_states_its_language_and_encoding(full):
    tree = page(render(full, "html"))
    assert tree.get("lang") == "vi"
    assert tree.xpath("//meta/@charset") == ["utf-8"]


@pytest.mark.parametrize("kind", BlockKind)
def test_nothing_of_an_article_becomes_markup(make, kind):
    evil = "<script>alert(1)</script>&amp;\"'>"
    article = make(
        Block(kind, evil, time=evil),
        title=evil,
        lead=evil,
        byline=evil,
        section=evil,
        language='vi"><script>',
        url='https://x.vn/"><script>',
    )
    tree = page(render(article, "html"))
    assert tree.xpath("//script") == []
    assert evil in tree.xpath("string(//h1)")


def test_only_web_addresses_become_links(make):
    assert page(render(make(), "html")).xpath("//a/@href") == [make().url]
    tree = page(render(make(url="javascript:alert(1)"), "html"))
    assert tree.xpath("//a") == []


def test_line_breaks_are_kept(make):
    assert "<p>một<br>\nhai</p>" in render(make("một\nhai"), "html")


def test_many_articles_make_one_page(full, make):
    out = io.BytesIO()
    assert FORMATS["html"].write([full, make("hai")], out) == 2
    text = out.getvalue().decode()
    assert text.count("<!DOCTYPE html>") == text.count("</html>") == 1
    assert page(text).xpath("//article/@lang") == ["vi"]
    assert len(page(text).xpath("//article")) == 2


@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_a_lead_that_is_only_declared_is_not_printed(make, name):
    declared = make(lead="Chỉ khai báo.", lead_source="meta")
    assert "khai báo" not in render(declared, name)
