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


HTML = "".join(f"<p>{text}</p>" for text in TEXT)
PARTS = [{"type": "paragraph", "text": text} for text in TEXT]
TREE = [{"_type": "block", "children": [{"text": t[:20]}, {"text": t[20:]}]} for t in TEXT]  # fmt: skip
OTHER = {"title": "Bài khác trên trang", "body": HTML.replace("sách", "báo") * 2}
FLAT = [{"story": 1}, {"title": 2, "body": 3, "near": 4}, "Tít", HTML, [5], {"title": 6}, "Bài"]  # fmt: skip


def shell(script, *, shown="", title="Tít", kind="article"):
    """Return the paragraphs read off a page that a *script* builds."""
    markup = f"""<html lang="vi"><head><title>{title}</title>
    <meta property="og:title" content="{title}"><meta property="og:type"
    content="{kind}"></head><body><div id="app">{shown}</div>{script}</body></html>"""
    page = Page("https://bao.example/tin/tit-cua-bai-123456.htm", markup.encode())
    return [block.text for block in read(page).blocks]


def data(value, name="__NEXT_DATA__"):
    return f'<script id="{name}" type="application/json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "script",
    [
        data({"props": {"page": {"title": "Tít", "content": HTML, "near": [OTHER]}}}),
        data({"story": {"meta": {"headline": "Tít"}, "elements": PARTS}}, "island"),
        data({"a": [{"title": "Tít", "body": TREE}, OTHER]}, ""),
        data({"page": {"title": "Tít", "paragraphs": TEXT}}),
        data(FLAT, "__NUXT_DATA__"),
        f"<script>window.__NUXT__ = {json.dumps({'title': 'Tít', 'body': HTML})};</script>",
        f"<script>var a = 1; window.__INITIAL_STATE__={json.dumps({'x': [1, {'title': 'Tít', 'html': HTML}]})};(function(){{}}())</script>",
        f"<script>window.__STATE__ = JSON.parse({json.dumps(json.dumps({'title': 'Tít', 'text': HTML}))})</script>",
    ],
    ids=["next", "parts", "tree", "list", "nuxt 3", "nuxt", "state", "parsed"],
)  # fmt: skip
def test_a_page_that_a_script_builds_is_told_by_its_data(script):
    assert shell(script) == TEXT


@pytest.mark.parametrize(
    "script",
    [
        data({"page": {"title": "Bài khác", "content": HTML}}),
        data({"title": "Tít", "content": TEXT[0]}),
        data({"title": "Tít", "near": OTHER}),
        data({"title": "Tít", "style": ".a {color: red} " + HTML}),
        '<script type=\'application/json\'>{"title": "Tít", broken</script>',
        data({"title": "Tít"}) + data({"content": HTML}),
        f'<script type="text/template">{{"title": "Tít", "content": "{HTML}"}}</script>',
    ],
)
def test_data_of_something_else_adds_nothing(script):
    assert TEXT[-1] not in shell(script)


def test_a_page_that_shows_its_paragraphs_is_not_asked_for_its_data():
    shown = "".join(f"<p>{text}</p>" for text in [*VIETNAMESE, *VIETNAMESE])
    assert TEXT[-1] not in shell(data({"title": "Tít", "body": HTML}), shown=shown)


def test_data_that_names_itself_without_end_is_given_up():
    assert shell(data([{"title": 1, "body": 0}, "Tít"], "__NUXT_DATA__")) == []


def test_the_data_of_a_page_that_is_declared_no_article_adds_nothing():
    script = data({"title": "Tít", "body": HTML})
    assert TEXT[-1] in shell(script, kind="")
    assert TEXT[-1] not in shell(script, kind="website")
