from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scraper.exports import render
from scraper.exports.markdown import _escape
from scraper.items import Block, BlockKind


def read(markdown: str) -> list[tuple[str, str]]:
    """Return the leaf tokens of *markdown*: kind of the parent, plain text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    opened = pairwise(tokens)
    return [(above.type, plain(t)) for above, t in opened if t.type == "inline"]


def plain(token) -> str:
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(breaks.get(c.type, c.content) for c in token.children)


def test_every_kind_of_block_has_its_sign(full):
    assert (
        render(full, "markdown")
        == """\
# Tin sạch

2025-07-11 14:06+07:00 · Tin: An (TTXVN) · Thời sự · <https://example.vn/tin.htm>

Sapo.

Đoạn một.

## Mục lớn

*Cầu mới. Ảnh: An*

> Câu trích

- gạo
- muối

| Tỉnh | Số |
| --- | --- |
| Huế | 3 |
| Hà Nội |  |

**Vì sao?**

Vì vậy.

**10:15** Bão vào bờ

> Phim ngắn
"""
    )


def test_a_reader_of_markdown_sees_the_same_structure(full):
    shown = read(render(full, "markdown"))
    assert shown[0] == ("heading_open", "Tin sạch")
    assert ("heading_open", "Mục lớn") in shown
    assert [text for kind, text in shown if kind == "td_open"] == [
        "Huế",
        "3",
        "Hà Nội",
        "",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# không là tiêu đề",
        "- Tôi đồng ý",
        "+ thêm",
        "> lớn hơn",
        "1. Thứ nhất",
        "2025) năm",
        "* sao *",
        "a * b * c",
        "_nghiêng_",
        "snake_case_name",
        "[chữ](http://x.vn)",
        "![ảnh](x.png)",
        "<b>thẻ</b>",
        "`mã`",
        "\\* gạch",
        "&copy; 2025",
        "AT&T",
        "---",
        "===",
        "~~~",
        "***",
        "một\n---",
        "một\n===",
        "một\n- hai\n# ba\n2. bốn",
        "[x]: http://x.vn",
        "a | b\n--- | ---",
    ],
)
def test_signs_in_a_text_stay_signs(make, text):
    assert read(render(make(text, title="", url=""), "markdown")) == [
        ("paragraph_open", text)
    ]


@given(st.text(st.sampled_from("ab1 #*_-+>.)[](){}<>!`|~=&;:\\đ"), min_size=1))
def test_any_line_is_read_as_one_paragraph(text):
    text = " ".join(text.split())
    expected = [("paragraph_open", text)] if text else []
    assert read(_escape(text)) == expected


def test_a_list_item_keeps_its_second_line(make):
    item = Block(BlockKind.LIST_ITEM, "một\n# hai")
    assert read(render(make(item, title="", url=""), "markdown")) == [
        ("paragraph_open", "một\n# hai")
    ]


def test_a_quote_of_two_paragraphs_is_one_quote(make):
    shown = render(
        make(Block(BlockKind.QUOTE, "một\n\nhai"), title="", url=""), "markdown"
    )
    assert shown == "> một\n>\n> hai\n"


def test_a_bar_in_a_cell_parts_no_cells(make):
    shown = read(render(make(Block(BlockKind.TABLE, "a|b\tc\n1\t2")), "markdown"))
    assert ("th_open", "a|b") in shown


def test_blocks_without_text_leave_no_gap(make):
    shown = render(make("một", "  ", Block(BlockKind.LIST_ITEM, ""), "hai"), "markdown")
    assert shown.endswith("\n\nmột\n\nhai\n")
