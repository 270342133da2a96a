from __future__ import annotations

import json

import pytest

from scraper.items import Page
from scraper.reading import read
from tests.unit.extraction.kit import VIETNAMESE

TEXT = [
    *VIETNAMESE,
    "Đoạn cuối của bài chỉ có trong dữ liệu, không ai thấy trên trang.",
]


def text_of(body, stated, *, kind="NewsArticle"):
    """Return the paragraphs read off a page with *body* whose JSON-LD holds *stated*."""
    data = json.dumps({"@type": kind, "headline": "Tít", "articleBody": stated})
    script = f'<script type="application/ld+json">{data}</script>'
    menu = "<nav><ul><li><a href='/a'>Thời sự</a></li></ul></nav>"
    markup = f"<html><head>{script}</head><body>{menu}{body}</body></html>"
    page = Page("https://bao.example/tin/tit-cua-bai-123456.htm", markup.encode())
    return [block.text for block in read(page).blocks]


@pytest.mark.parametrize(
    "form", ["{}\n", "<p>{}</p>", "&lt;p&gt;{}&lt;/p&gt;", "{}<br>"]
)
def test_what_a_page_leaves_to_a_script_is_told_after_its_teaser(form):
    stated = "".join(form.format(text) for text in TEXT)
    body = f"<article><h1>Tít</h1><div><p>{TEXT[0]}</p></div></article>"
    assert text_of(body, stated) == TEXT


def test_a_short_line_that_stands_in_a_menu_too_is_no_place():
    body = f"<article><h1>Tít</h1><div><p>{TEXT[0]}</p></div></article><p>Thời sự</p>"
    assert text_of(body, "\n".join([*TEXT, "Thời sự"])) == TEXT


@pytest.mark.parametrize("around", ["main", "article", "div"])
def test_a_page_that_shows_nothing_is_told_by_its_data(around):
    after = "<p>Bài khác: một dòng.</p>"
    body = f"<{around}><h1>Tít</h1></{around}>{after if around != 'div' else ''}"
    assert text_of(body, "\n".join(TEXT))[: len(TEXT)] == TEXT


def test_a_page_that_shows_the_text_in_other_parts_is_told_once():
    body = "<img src='/a.jpg' alt=''>".join(f"<p>{text}</p>" for text in TEXT)
    stated = " ".join(TEXT).replace("trong bản", "trong bản này")
    assert text_of(f"<article><h1>Tít</h1>{body}</article>", stated) == TEXT


@pytest.mark.parametrize("form", ["{}\n", "{}<br>", "<p>{}</p>"])
def test_what_no_tree_holds_is_left_out_of_what_is_stated(form):
    odd = (text.replace(" ", " \uffff\x0b\ufffe", 1) for text in TEXT)
    stated = "".join(map(form.format, odd))
    assert text_of("<main><h1>Tít</h1></main>", stated) == TEXT


def test_a_short_statement_and_one_that_is_no_article_add_nothing():
    shown = "".join(f"<p>{text}</p>" for text in VIETNAMESE[:3])
    body = f"<article><h1>Tít</h1>{shown}</article>"
    assert text_of(body, TEXT[-1]) == [*VIETNAMESE[:3]]
    assert text_of(body, "\n".join(TEXT) * 3, kind="Product") == [*VIETNAMESE[:3]]
