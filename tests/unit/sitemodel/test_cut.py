from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.sitemodel.cut import CONTAINER, Refused, cut
from tests.unit.sitemodel.kit import changed, listing, model_of, rich, rich_pages

MODEL = model_of([*rich_pages(6), *(listing(n) for n in (1, 2, 3))])
JSON_LD = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'


def markup_of(page):
    return cut(page, MODEL).markup.decode()


def test_a_cut_holds_the_article_in_its_frame_and_nothing_of_the_page_beside_it():
    markup = markup_of(rich(9))
    assert markup.count("<p>") == 6
    assert '<div class="content"><h1 class="title t9"' in markup
    assert f"<div {CONTAINER}  class=" in markup
    assert "(TTXVN)</div>" in markup
    assert "river" not in markup
    assert "Cơ quan chủ quản" not in markup


def test_what_fields_are_read_from_elsewhere_is_hidden_and_in_its_order():
    markup = markup_of(rich(9))
    crumbs = markup.index('<div hidden><nav class="breadcrumb">')
    tags = markup.index('<div hidden><div class="tags">')
    assert crumbs < markup.index("<h1") < tags


def test_of_the_head_only_what_is_declared_is_kept():
    canonical = '<link rel="canonical" href="https://bao.example/a">'
    told = changed(
        rich(9), ("</head>", canonical + "<meta name='x' content='>'></head>")
    )
    head = markup_of(told).partition("</head>")[0]
    assert head.startswith('<html lang="vi"><meta charset="utf-8"><title>')
    assert canonical in head
    assert "<meta name='x' content='>'>" in head
    assert "stylesheet" not in head
    assert "color: red" not in head


@pytest.mark.parametrize("place", ["</head>", "<h1", "</body>"])
def test_json_ld_is_kept_once_wherever_it_stands(place):
    assert markup_of(changed(rich(9), (place, JSON_LD + place))).count(JSON_LD) == 1


def test_json_ld_that_is_no_script_is_left_out():
    odd = changed(
        rich(9), ("</body>", "<p>application/ld+json <script></script></body>")
    )
    assert "ld+json" not in markup_of(odd)


def test_json_ld_that_never_ends_is_left_out():
    cut_off = replace(rich(9), body=rich(9).body + JSON_LD[:-9].encode())
    assert "ld+json" not in markup_of(cut_off)


def test_what_stands_in_the_article_itself_is_not_added_to_it():
    tags = '<div class="tags"><a href="/t/1">mùa mưa</a></div>'
    elsewhere = 'TTXVN)</div></div>\n<div class="tags">'
    gone = elsewhere.replace("tags", "none")
    told = [changed(rich(n, inside=tags), (elsewhere, gone)) for n in range(1, 7)]
    model = model_of(told)
    markup = cut(told[0], model).markup.decode()
    assert markup.count('<div class="tags">') == 1
    assert '<div hidden><div class="tags">' not in markup


def test_a_start_and_an_end_mark_what_is_left_out():
    told = rich(9)
    (start, first), (second, end) = cut(told, MODEL).left_out
    assert told.body[start:].startswith(b"</head>")
    assert told.body[first:].startswith(b"<h1")
    assert told.body[:second].endswith(b"(TTXVN)</div>")
    assert end == len(told.body)


@pytest.mark.parametrize(
    "unseen",
    [
        "<svg><path d='M0'/></svg>",
        "<SVG><g></g></SVG>",
        "<svg><svg></svg><g>b</g></svg>",
        "<svg><style>a</style><g>b</g><script>c</script></svg>",
        "<style>p { color: red }</style>",
        "<script>var a = '<p>';</script>",
        "<script>var a = '<!--';</script><script>b</script>",
    ],
)
def test_drawings_styles_and_scripts_of_an_article_are_left_out(unseen):
    assert markup_of(rich(9, inside=unseen)) == markup_of(rich(9))


def test_a_drawing_that_never_ends_is_left_to_the_parser():
    assert markup_of(rich(9, inside="<svg>")).count("<svg>") == 1


def test_a_drawing_that_ends_outside_the_article_is_left_to_the_parser():
    odd = changed(
        rich(9, inside="<svg>"), ('<div class="foot">', '</svg><div class="foot">')
    )
    assert "(TTXVN)</div>" in markup_of(odd)


def test_control_characters_are_left_out():
    odd = changed(rich(9), ("bà ", "b\x01à\0 "))
    assert markup_of(odd) == markup_of(rich(9))


def test_a_listing_is_cut_down_to_its_head_and_heading():
    piece = cut(listing(7), MODEL)
    assert piece.is_listing
    assert piece.markup.decode().endswith("<body><h1>Chuyên mục 7</h1>")


def test_a_listing_without_a_heading_is_cut_down_to_its_head():
    bare = [
        changed(listing(n), ("<h1>", "<b>"), ("</h1>", "</b>")) for n in range(1, 5)
    ]
    piece = cut(bare[0], model_of([*rich_pages(6), *bare[1:]]))
    assert piece.markup.decode().endswith("</title></head><body>")
    head, end = bare[0].body.index(b"</head>"), len(bare[0].body)
    assert piece.left_out == ((head, head), (head, end))


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8", None])
def test_utf_8_is_taken_where_it_is_declared(encoding):
    told = replace(rich(9), encoding=encoding)
    assert cut(told, MODEL).markup
    assert cut(replace(told, body=told.body + b"\xff"), MODEL).markup


@pytest.mark.parametrize("encoding", [None, "windows-1258", "utf-16"])
def test_broken_bytes_without_a_declaration_of_utf_8_are_not_taken(encoding):
    bare = changed(rich(9), ('<meta charset="utf-8">', ""), encoding=encoding)
    assert cut(bare, MODEL).markup
    refused = cut(replace(bare, body=bare.body + b"\xff"), MODEL)
    assert refused == Refused("encoding")


def test_a_known_design_is_found_though_another_one_s_tag_is_missing():
    design = ('class="box"', 'class="wide"'), ('class="content"', 'class="long"')
    other = [changed(rich(n), *design, ('="detail"', '="d"')) for n in range(11, 17)]
    both = model_of([*rich_pages(6), *other])
    prefixes = {opening.prefix for opening in both.openings["container"]}
    assert prefixes == {'<div class="box"', '<div class="wide"'}
    for told in (rich(9), changed(rich(9), *design)):
        assert "Sáng ngày" in cut(told, both).markup.decode()


def test_a_closing_line_far_below_the_container_is_not_the_article_s():
    far = changed(
        rich(9),
        ('<div class="author">', '<div class="none">'),
        ('<div class="foot">', "<p>" + "x" * 50_000 + '</p><div class="author">'),
    )
    assert markup_of(far).count("author") == 0
