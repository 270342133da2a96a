"""Where the links of a page stand in the text, and where they lead."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extraction.body import Base, lead_links
from scraper.items import Link
from scraper.reading import read
from tests.unit.extraction.kit import (
    ADDRESS,
    BASE,
    LEAD,
    VIETNAMESE,
    blocks_of,
    paragraphs,
    record_blocks,
    story,
)

HOME = "https://bao.example"


def links_of(body, base=BASE):
    """Return the links of *body* as their words and URLs; each stands where it says."""
    found = []
    for block in record_blocks(body, base):
        for link in block.links:
            assert block.text[link.start : link.end] == link.text
            found.append((link.text, link.url))
    return found


def only(body):
    (link,) = links_of(body)
    return link


def test_a_link_has_its_words_its_url_and_its_place():
    (block,) = record_blocks(
        '<p>Xe  đến <a href="/na-sang"> Nà <b>Sang</b> </a>sớm.</p>'
    )
    assert block.text == "Xe đến Nà Sang sớm."
    assert block.links == (Link("Nà Sang", f"{HOME}/na-sang", 7),)


def test_equal_words_are_told_apart_by_their_place():
    (block,) = record_blocks(
        '<p>sách, <a href="/b">sách</a> và <a href="/c">sách</a></p>'
    )
    assert [(link.start, link.url[-1]) for link in block.links] == [(6, "b"), (14, "c")]


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/xe.htm?utm_source=x&a=1#anh", f"{HOME}/xe.htm?utm_source=x&a=1#anh"),
        ("xe.htm", f"{HOME}/van-hoa/xe.htm"),
        ("//anh.example/x", "https://anh.example/x"),
        ("HTTP://Anh.example/X", "HTTP://Anh.example/X"),
        (" \n/xe\t.htm ", f"{HOME}/xe.htm"),
        ("/xe sách.htm", f"{HOME}/xe%20sách.htm"),
        ("https://a.example:8080/x", "https://a.example:8080/x"),
        ("mailto:an@bao.example?subject=xe", "mailto:an@bao.example?subject=xe"),
        ("?trang=2", f"{ADDRESS}?trang=2"),
    ],
)
def test_a_url_is_absolute_and_else_as_it_is(href, url):
    assert only(f'<p>Xem <a href="{href}">tin</a> này</p>') == ("tin", url)


@pytest.mark.parametrize(
    "href",
    [
        "#dau-trang",
        f"{ADDRESS}#dau-trang",
        "",
        " ",
        "javascript:void(0)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "tel:+84123",
        "ftp://bao.example/x",
        "mailto:",
        "https://",
        "https:///x",
        "http://[broken/x",
        "//[broken/x",
    ],
)
def test_what_leads_to_no_other_page_is_no_link(href):
    assert links_of(f'<p>Xem <a href="{href}">tin</a> này</p>') == []


def test_an_anchor_without_an_address_is_no_link():
    assert links_of('<p>Xem <a name="x">tin</a> <a>này</a></p>') == []


def test_without_an_address_of_the_page_only_absolute_links_are_kept():
    body = '<p>Xem <a href="/x">một</a> và <a href="https://a.example/">hai</a></p>'
    assert links_of(body, Base()) == [("hai", "https://a.example/")]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/x"><p>cả đoạn này</p></a>',
        '<p><a href="/x"><b>cả</b> <i>đoạn</i> này</a></p>',
        '<a href="/x"><figure><img src="a.jpg"></figure><p>cả đoạn này</p></a>',
        '<a href="/x"><img src="a.jpg"> cả đoạn này</a>',
    ],
)
def test_a_link_around_a_paragraph_has_all_its_words(body):
    assert only(body) == ("cả đoạn này", f"{HOME}/x")


def test_a_link_around_several_blocks_is_one_of_each():
    assert links_of('<p>a <a href="/x">b<br>c</a> d</p>') == [
        ("b", f"{HOME}/x"),
        ("c", f"{HOME}/x"),
    ]


def test_a_link_around_a_picture_alone_has_no_words_and_is_none():
    assert links_of('<p>một <a href="/x"><img src="a.jpg"></a> hai</p>') == []


def test_the_words_that_hide_in_a_link_are_no_part_of_it():
    body = '<p>Xem <a href="/x">tin <span hidden>ẩn</span>này</a> đi</p>'
    assert only(body) == ("tin này", f"{HOME}/x")


def test_decomposed_letters_and_invisible_ones_move_no_link():
    before = unicodedata.normalize("NFD", "Đường về bản\u200b xa\u00ad xôi ")
    (block,) = record_blocks(f'<p>{before}<a href="/x">{before}</a>cuối</p>')
    assert block.text == "Đường về bản xa xôi Đường về bản xa xôi cuối"
    assert block.links == (Link("Đường về bản xa xôi", f"{HOME}/x", 20),)


def test_a_mark_that_joins_the_letter_before_its_link_gives_no_wrong_place():
    body = '<p>e<a href="/x">\u0301 một</a> và <a href="/y">hai</a></p>'
    assert all(text in ("một", "hai") for text, _ in links_of(body))


def test_a_mark_beside_a_heading_is_no_link_and_moves_none():
    body = '<h2><a href="/dau">#</a> Đường xa</h2><h2><a href="/b">Bản xa</a></h2>'
    assert links_of(body) == [("Bản xa", f"{HOME}/b")]


def test_links_in_a_table_stand_in_their_cells():
    body = (
        '<table><caption>Bảng <a href="/c">xe</a></caption>'
        '<tr><td><a href="/t">Tỉnh</a></td><td></td><td>Xe</td></tr>'
        '<tr><td hidden><a href="/h">ẩn</a></td><td>Sơn <a href="/l">La</a></td>'
        "<td>3</td></tr></table>"
    )
    assert links_of(body) == [
        ("xe", f"{HOME}/c"),
        ("Tỉnh", f"{HOME}/t"),
        ("La", f"{HOME}/l"),
    ]


def test_a_table_whose_links_have_no_words_has_none():
    cells = "<td><a href='/x'><img src='/a.jpg'></a>x</td><td>y</td>"
    assert links_of(f"<table><tr>{cells}</tr><tr>{cells}</tr></table>") == []
    empty = "<td><a href='/x'></a>x</td><td>y</td>"
    assert links_of(f"<table><tr>{empty}</tr><tr>{empty}</tr></table>") == []


def test_links_of_an_embedded_post_stand_in_its_joined_lines():
    body = (
        '<blockquote class="twitter-tweet"><p>Xe đến <a href="/a">bản</a></p>'
        '— Ai đó <a href="/b">(@aido)</a></blockquote>'
    )
    (block,) = record_blocks(body)
    assert block.text == "Xe đến bản\n— Ai đó (@aido)"
    assert links_of(body) == [("bản", f"{HOME}/a"), ("(@aido)", f"{HOME}/b")]


def lead_of(markup, text):
    return lead_links(blocks_of(markup), text, BASE)


def test_a_lead_without_its_first_words_keeps_the_links_of_the_others():
    markup = '<p><a href="/t">TTO</a> - Xe <a href="/x">sách</a></p><p>đã <a href=/d>đến</a></p>'
    assert lead_of(markup, "Xe sách đã đến") == (
        Link("sách", f"{HOME}/x", 3),
        Link("đến", f"{HOME}/d", 11),
    )


def test_a_lead_that_its_blocks_do_not_end_with_has_no_links():
    assert lead_of('<p>Xe <a href="/x">sách</a></p>', "Một câu khác") == ()


def test_the_lead_of_a_page_has_its_links():
    lead = LEAD.replace("xe sách", '<a href="/xe">xe sách</a>')
    article = read(story(paragraphs(), lead=lead))
    assert article.lead == LEAD
    (link,) = article.lead_links
    assert (link.text, link.url) == ("xe sách", f"{HOME}/xe")
    assert article.lead[link.start : link.end] == link.text


def test_relative_links_of_a_page_refer_to_its_base():
    linked = VIETNAMESE[0].replace("sân trường", '<a href="truong">sân trường</a>')
    article = read(
        story(
            paragraphs([linked, *VIETNAMESE[1:]]), head='<base href="https://a.vn/b/">'
        )
    )
    assert [link.url for block in article.blocks for link in block.links] == [
        "https://a.vn/b/truong"
    ]


def test_links_of_what_is_no_article_text_are_not_kept():
    menu = "<nav>" + '<a href="/m">Mục</a> ' * 20 + "</nav>"
    article = read(story(paragraphs(), after=menu))
    assert all(not block.links for block in article.blocks)


@pytest.mark.parametrize("unseen", ["<a href=/x>\u200b</a>", "\u200b<a href=/x> </a>"])
def test_a_link_that_nobody_sees_is_not_that_of_the_next_paragraph(unseen):
    assert links_of(f"<p>{unseen}</p><p>Đoạn sau.</p>") == []
    after = f'<p>{unseen}</p><p>Đoạn <a href="/y">sau</a></p>'
    assert links_of(after) == [("sau", f"{HOME}/y")]


_TEXTS = st.text(
    st.sampled_from("ab e\u0301 \u200b\u200d\u00a0\n\tđ🏳\ufe0f\u1100\u1161#"),
    max_size=5,
)
_PARTS = st.lists(
    st.tuples(_TEXTS, st.sampled_from(("", "/x", "/y", "#z", "javascript:x"))),
    max_size=8,
)


@given(_PARTS, st.sampled_from(("p", "h2", "li", "figcaption", "td", "blockquote")))
def test_every_link_stands_where_it_says_whatever_the_letters(parts, tag):
    inner = "".join(
        f'<a href="{href}">{text}</a>' if href else f"<b>{text}</b>"
        for text, href in parts
    )
    cells = f"<td>x</td></tr><tr><{tag}>{inner}</{tag}><td>y</td>"
    for body in (f"<{tag}>{inner}</{tag}>", f"<table><tr><td>{cells}</tr></table>"):
        for text, url in links_of(body):
            assert text == text.strip()
            assert url in (f"{HOME}/x", f"{HOME}/y")


def test_many_links_of_one_block_are_found_in_proportion():
    def seconds(count):
        body = "<p>" + '<a href="/x">a b</a> và ' * count + "</p>"
        blocks = blocks_of(body)
        began = time.process_time()
        found = lead_links(blocks, blocks[0].text, BASE)
        assert len(found) == count
        return time.process_time() - began

    assert seconds(20_000) < 35 * max(seconds(2_000), 0.02)
