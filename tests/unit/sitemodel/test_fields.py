"""Fields that stand outside the article, in forms that the pages of the model lack."""

from __future__ import annotations

import pytest

from scraper.extraction.document import parse_markup
from scraper.extraction.head import PRINTED_FIELDS
from scraper.sitemodel.cut import Refused, cut
from tests.unit.sitemodel.kit import changed, model_of, rich
from tests.unit.sitemodel.test_fast import MODEL, assert_fast

NAV = "<ol class='breadCrumbs'><li><a href='/v'>Văn hóa</a></li></ol>"
TAGS = "<p id='topic-tags'><a href='/t/9'>cầu treo</a></p>"
NAMED = "<span class='category'>Văn hóa</span>"
BARE = [rich(n) for n in range(1, 7)]
BARE = model_of(
    [
        changed(p, ('class="breadcrumb"', 'class="n"'), ('class="tags"', 'class="t"'))
        for p in BARE
    ]
)


@pytest.mark.parametrize("model", [MODEL, BARE], ids=["seen", "unseen"])
@pytest.mark.parametrize("field", [NAV, TAGS, NAMED])
@pytest.mark.parametrize("place", ["<nav", '<div class="content">', "</body>"])
def test_a_field_is_read_from_the_first_element_named_for_it_wherever_it_stands(
    model, field, place
):
    assert_fast(changed(rich(9), (place, field + place)), model)


@pytest.mark.parametrize(
    "unread",
    [
        f"<!-- {NAV} {TAGS} {NAMED} -->",
        f'<script>let a = "{NAV} {TAGS} {NAMED}"</script>',
        "<ul class='breadcrumb'></ul><div class='tags'>-</div><p class='category'></p>",
    ],
)
def test_a_field_is_not_read_from_a_comment_a_script_or_an_empty_element(unread):
    odd = changed(rich(9), ("<nav", unread + "<nav"), ("</body>", NAMED + "</body>"))
    article = assert_fast(odd)
    assert article.section == "Văn hóa"
    assert article.tags == ("mùa mưa", "Đà Lạt")


LONG = "var a = 0;" * 2000


@pytest.mark.parametrize("model", [MODEL, BARE], ids=["seen", "unseen"])
@pytest.mark.parametrize(
    "odd",
    [
        f"<script>{LONG} let a = '{NAV} {TAGS} {NAMED}'; {LONG}</script>",
        f"<style>{LONG} {NAV}</style>",
        f"<textarea rows=3>{NAV} {TAGS} {NAMED}</textarea>",
        f"<IFRAME src='/x'>{NAV} {TAGS} {NAMED}</iframe>",
        f"<!-- > {NAV} {TAGS} {NAMED} -->",
        f"<!--{LONG} {NAV} {TAGS} {NAMED} -->",
        "<NAV CLASS='breadcrumb'><A HREF='/v'>Văn hóa</A></NAV>",
        "<DIV CLASS='tags'><A HREF='/t/9'>cầu treo</A></DIV>",
        "<SPAN CLASS='category'>Văn hóa</SPAN>",
        "<ul class='breadcrumb'><li><a href='/'>&nbsp;</a></li></ul>",
        "<ul class='breadcrumb'><li><a href='/'><svg><path d='M0'/></svg></a></li></ul>",
        "<span class='category'>&nbsp;</span>",
        "<div class='section'>a b c d e f g h i j</div>",
        f"<span class='category'><svg><path d='{'M0 0 ' * 800}'/></svg>Văn hóa</span>",
        "<nav-bar class='breadcrumb'><a href='/v'>Văn hóa</a></nav-bar>",
        "<ul class='[&>ol]:flex breadcrumb'><li><a href='/v'>Văn hóa</a></li></ul>",
        "<div data-x='a > b' class='tags'><a href='/t/9'>cầu treo</a></div>",
        "<p>Xem <a href='/tag/'>tag</a>, section và breadcrumb</p>",
        "<div class='tags'><div class='tags'><a href='/t/9'>cầu treo</a></div></div>",
    ],
)
def test_what_another_form_of_page_has_is_read_alike(model, odd):
    assert_fast(changed(rich(9), ("<nav", odd + "<nav")), model)
    assert_fast(changed(rich(9), ("</body>", odd + "</body>")), model)


@pytest.mark.parametrize(
    "declared",
    [
        '<meta property="article:tag" content="">',
        '<meta property="article:section" content=" ">',
        "<script>let names = 'article:tag article:section'</script>",
        '<meta content="Sông Hồng" property="article:tag">',
    ],
)
def test_what_the_head_declares_counts_if_it_has_a_content(declared):
    odd = changed(rich(9), ("</head>", declared + "</head>"), ("</body>", NAMED))
    assert_fast(odd)
    assert_fast(odd, BARE)


def test_elements_without_the_field_are_tried_once(monkeypatch):
    tried = []

    def parsing(markup):
        tried.append(markup)
        return parse_markup(markup)

    monkeypatch.setattr("scraper.sitemodel.cut.parse_markup", parsing)
    nested = "<div class='tags'>" * 30 + "chữ " * 20_000 + "</div>" * 30
    page = changed(rich(9), ("<nav", nested + "<nav"))
    found = cut(page, MODEL)
    assert not isinstance(found, Refused)
    assert len(found.markup) < len(page.body) / 2
    assert sum(map(len, tried)) < 2 * len(page.body)
    assert_fast(page)


@pytest.mark.parametrize("field", PRINTED_FIELDS, ids=lambda field: field.name)
@pytest.mark.parametrize(
    "name",
    [
        *("breadcrumb", "site-breadcrumbs", "breadcrumb_list x", "Breadcrumb"),
        *("tag", "tags", "article__tag", "x tags-list", "keyword", "keysword", "Tags"),
        *(
            "cate",
            "category",
            "section",
            "section-name",
            "article__cate",
            "x section y",
        ),
    ],
)
def test_no_name_that_full_extraction_knows_is_missed_in_the_bytes(field, name):
    for tag in field.tags:
        opening = f'{tag.decode()} class="{name}">'
        root = parse_markup(f"<html><body>{opening}<a href='/x'>Văn hóa</a>".encode())
        if field.find(root) is not None:
            assert field.is_named.search(opening.lower().encode())
            assert any(hint in opening.lower().encode() for hint in field.hints)
