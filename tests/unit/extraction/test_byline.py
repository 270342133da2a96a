from __future__ import annotations

import pytest

from scraper.extraction.byline import (
    NamedElements,
    find_byline,
    named_lines,
    reads_like_byline,
    source_after,
)
from scraper.extraction.people import is_agency, is_name, parse_byline
from tests.unit.extraction.kit import VIETNAMESE, blocks_of, only_block, paragraphs


@pytest.mark.parametrize(
    ("printed", "authors", "agency"),
    [
        ("Linh Sơn (TTXVN)", ["Linh Sơn"], "TTXVN"),
        ("TTXVN/Báo Tin tức và Dân tộc", [], "TTXVN/Báo Tin tức và Dân tộc"),
        ("Tin, ảnh: Mạnh Tú (TTXVN)", ["Mạnh Tú"], "TTXVN"),
        ("Xuân Tùng/TTXVN (Thực hiện)", ["Xuân Tùng"], "TTXVN"),
        ("Chùm ảnh, clip: Lê Phú/Báo Tin tức", ["Lê Phú"], "Báo Tin tức"),
        ("Chùm ảnh: Hoàng Hiếu", ["Hoàng Hiếu"], ""),
        ("TTXVN", [], "TTXVN"),
        ("(TTXVN)", [], "TTXVN"),
        ("Theo TTXVN", [], "TTXVN"),
        ("Nguồn: TTXVN", [], "TTXVN"),
        ("Bài và ảnh: Thu Hà - Quang Thái (TTXVN)", ["Thu Hà", "Quang Thái"], "TTXVN"),
        ("Thu Hà – Quang Thái", ["Thu Hà", "Quang Thái"], ""),
        ("Thu Hà, Quang Thái và Mai Anh", ["Thu Hà", "Quang Thái", "Mai Anh"], ""),
        ("Thu Hà; Quang Thái & Mai Anh", ["Thu Hà", "Quang Thái", "Mai Anh"], ""),
        ("Tin: Thu Hà; Ảnh: Quang Thái", ["Thu Hà", "Quang Thái"], ""),
        ("Thu Hà cùng Thu Hà", ["Thu Hà"], ""),
        ("THU HÀ", ["THU HÀ"], ""),
        ("Thuỳ Dương (Tân Hoa xã)", ["Thuỳ Dương"], "Tân Hoa xã"),
        ("Phóng viên TTXVN", [], "TTXVN"),
        ("By Jane Doe and John A. Roe", ["Jane Doe", "John A. Roe"], ""),
        ("Jane Doe | Reuters", ["Jane Doe"], "Reuters"),
        ("By Jane Doe, Staff Writer", ["Jane Doe"], ""),
        ("Jane Doe jane@paper.example", ["Jane Doe"], ""),
        ("Jane Doe https://paper.example/jane", ["Jane Doe"], ""),
        ("Texte et photos : Anne Roux/CVN", ["Anne Roux"], "CVN"),
        (
            "Par Anne Roux et Ludovic de la Tour",
            ["Anne Roux", "Ludovic de la Tour"],
            "",
        ),
        ("By Jane Doe The Associated Press", ["Jane Doe"], "The Associated Press"),
        ("Jane Doe, Example Times", ["Jane Doe"], ""),
        ("Jane Doe, Chief Technology Officer", ["Jane Doe"], ""),
        ("Jane Doe, example.vn", ["Jane Doe"], ""),
        ("", [], ""),
        ("Tin, ảnh:", [], ""),
        ("Thực hiện", [], ""),
    ],
)
def test_a_printed_credit_line_names_people_and_a_wire_service(
    printed, authors, agency
):
    byline = parse_byline(printed)
    assert (list(byline.authors), byline.agency) == (authors, agency)


def test_a_credit_line_is_kept_as_printed_with_single_spaces():
    assert parse_byline(" Tin, ảnh:\n Mạnh Tú  (TTXVN) ").printed == (
        "Tin, ảnh: Mạnh Tú (TTXVN)"
    )


def test_a_decomposed_credit_line_reads_as_a_composed_one():
    byline = parse_byline("Linh So\u031bn (TTXVN)")
    assert byline.authors == ("Linh Sơn",)


def test_a_credit_line_that_names_nobody_is_false():
    assert not parse_byline("Cập nhật lúc 15 giờ")
    assert parse_byline("TTXVN")
    assert parse_byline("Mạnh Tú")


@pytest.mark.parametrize(
    "text",
    [
        "TTXVN",
        "ttxvn.",
        "Reuters",
        "Báo Lao động",
        "Tạp chí Xây dựng",
        "VNS",
        "VNA/CVN",
    ],
)
def test_a_wire_service_or_paper_is_an_agency(text):
    assert is_agency(text)


@pytest.mark.parametrize("text", ["Bảo Anh", "Báo", "Thông Tấn", "Apple", ""])
def test_a_person_is_no_agency(text):
    assert not is_agency(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mạnh Tú",
        "Hoàng Ngọc Linh Chi",
        "J. K. Doe",
        "Ludovic de la Tour",
        "Madonna",
        "Ông Á Ĩ",
    ],
)
def test_a_few_words_with_capitals_are_a_name(text):
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "một người dân",
        "Agent 47",
        "Ban biên tập",
        "News Desk",
        "TTXVN",
        "One Two Three Four Five Six",
        "Hai từ thường",
    ],
)
def test_what_cannot_be_a_person_is_no_name(text):
    assert not is_name(text)


def byline_of(before, after, texts=VIETNAMESE):
    """Find the credit line of a body of paragraphs with markup around it."""
    blocks = blocks_of(f"{before}<div id=b>{paragraphs(texts)}</div>{after}")
    body = [block for block in blocks if block.text in texts]
    line = find_byline(blocks, body, named_lines(blocks, body))
    return line.printed if line else None


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="author">Linh Sơn (TTXVN)</div>',
        '<p class="byline">Linh Sơn (TTXVN)</p>',
        '<p class="detail-author">Linh Sơn (TTXVN)</p>',
        '<p><span itemprop="author">Linh Sơn (TTXVN)</span></p>',
        '<p><a rel="author" href="/x">Linh Sơn (TTXVN)</a></p>',
        '<div class="tac-gia"><p>Linh Sơn (TTXVN)</p></div>',
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_an_element_named_for_authors_beside_the_body_is_the_credit_line(markup, place):
    sides = {"before": "", "after": "", place: markup}
    assert byline_of(**sides) == "Linh Sơn (TTXVN)"


def test_the_line_after_the_body_outranks_the_one_before():
    before, after = (f'<p class="author">{n}</p>' for n in ("Thu Hà", "Linh Sơn"))
    assert byline_of(before, after) == "Linh Sơn"


def test_the_nearest_of_several_lines_before_the_body_counts():
    before = '<p class="author">Thu Hà</p><p class="author">Linh Sơn</p>'
    assert byline_of(before, "") == "Linh Sơn"


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Tin, ảnh: Mạnh Tú (TTXVN)</p>",
        "<p>Mạnh Tú (TTXVN)</p>",
        "<p>TTXVN/Báo Tin tức</p>",
        "<p>Tin: Mạnh Tú</p>",
        '<p style="text-align: right"><b>Mạnh Tú</b></p>',
        '<p align="right">Mạnh Tú</p>',
    ],
)
def test_a_last_line_that_reads_like_one_is_the_credit_line(markup):
    text = only_block(markup).text
    assert byline_of("", markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Mạnh Tú</p>",
        "<p>Mạnh Tú (TTXVN) đưa tin từ Sơn La.</p>",
        "<p>Ảnh chụp trẻ em đọc sách dưới gốc cây</p>",
        '<p align="right">Sơn La, ngày 11 tháng 7</p>',
        '<div class="comment"><p class="author">Bạn Đọc</p></div>',
        '<div class="author-bio"><p class="author">Bạn Đọc</p></div>',
        '<p class="author">' + "Mạnh Tú " * 14 + "</p>",
        '<p class="author">xem thêm</p>',
        "<p>Theo dõi báo trên mạng</p>",
    ],
)
def test_a_last_line_that_is_none_is_not_taken(markup):
    assert byline_of("", markup) is None


def test_a_line_far_from_the_body_is_not_taken():
    far = "".join(f"<p>dòng chữ số {n} đứng giữa</p>" for n in range(12))
    assert byline_of("", f'{far}<p class="author">Mạnh Tú</p>') is None


def test_a_page_without_a_body_has_no_credit_line():
    assert find_byline(blocks_of("<p>x</p>"), [], []) is None


def test_the_named_part_of_a_longer_line_is_the_credit_line():
    block = only_block('<p>Cập nhật 15:30 · <span class="author">Mạnh Tú</span></p>')
    assert NamedElements().line_of(block).printed == "Mạnh Tú"


def test_only_the_line_that_prints_the_name_is_the_credit_line_of_an_element():
    text = "Nhịp cầu mới nối hai bờ.<br>Hàng trăm người dân đến xem.<br>"
    blocks = blocks_of(f'<div>{text}<b class="author">Mạnh Tú</b></div>')
    lines = named_lines(blocks, blocks)
    assert [(line.block.text, line.printed) for line in lines] == [
        ("Mạnh Tú", "Mạnh Tú")
    ]


def test_a_line_of_a_hidden_element_is_none():
    block = only_block('<p class="author">Mạnh Tú</p>')
    block.hidden = True
    assert NamedElements().line_of(block) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tin, ảnh: Mạnh Tú (TTXVN)", True),
        ("Ảnh: Mạnh Tú", True),
        ("Ảnh: người dân ở bản xa nhận sách", False),
        ("Mạnh Tú kể chuyện đi xe qua đèo cho TTXVN", False),
        ("“Tin: Mạnh Tú”", False),
        ("Nguồn: " + "Mạnh Tú, " * 12, False),
    ],
)
def test_a_credit_line_says_names_labels_and_agencies_and_no_more(text, expected):
    assert reads_like_byline(only_block(f"<p>{text}</p>")) is expected


def test_a_name_set_to_the_right_is_a_credit_line_only_at_the_end():
    block = only_block('<p align="right">Mạnh Tú</p>')
    assert reads_like_byline(block)
    assert not reads_like_byline(block, at_end=False)


def test_a_first_name_that_is_a_label_in_another_language_is_kept():
    assert parse_byline("By Theo Marsh").authors == ("Theo Marsh",)


@pytest.mark.parametrize("printed", ["PV TTXVN", "Nhóm phóng viên TTXVN"])
def test_a_group_of_reporters_of_an_agency_names_the_agency(printed):
    assert parse_byline(printed).agency == "TTXVN"


@pytest.mark.parametrize(
    ("printed", "authors"),
    [
        ("By Jane Doe, Science editor, in Little Bay", ["Jane Doe"]),
        ("by June May Roe, August 3, 2021", ["June May Roe"]),
        ("3 May 2021 by Jane Doe - 12 Comments", ["Jane Doe"]),
        ("By Jane Doe Edited by Al Poe", ["Jane Doe"]),
        ("By Jane Doe • 6 min read", ["Jane Doe"]),
        ("By JANE DOEMay 3, 2021", ["JANE DOE"]),
        ("By Jane Doe, Lisbon", ["Jane Doe"]),
        ("<a href='/j'>Jane Doe</a>, Al Poe", ["Jane Doe", "Al Poe"]),
        ("Von Rosa von der Au und Ben Tal", ["Rosa von der Au", "Ben Tal"]),
        ("Por Ana Sol y Luz Mar", ["Ana Sol", "Luz Mar"]),
        ("Theo Lê Thị Bốn", ["Lê Thị Bốn"]),
        ("Lê Thị Bốn (Tổng hợp)", ["Lê Thị Bốn"]),
        ("作者：张小雨", ["张小雨"]),
        ("文／张小雨、陈大山", ["张小雨", "陈大山"]),
        ("来源：某某网 记者：张小雨 编辑：陈大山", ["张小雨"]),
        ("김보기 기자 kim@paper.example", ["김보기"]),
        ("بقلم سارة المثال", ["سارة المثال"]),
        ("โดย มานี ตัวอย่าง", ["มานี ตัวอย่าง"]),
        ("Автор: Анна Образцова", ["Анна Образцова"]),
        ("Includes material of others", []),
        ("BTV", []),
        ("Thứ Sáu", []),
    ],
)
def test_what_is_no_name_in_a_credit_line_is_left_out(printed, authors):
    assert list(parse_byline(printed).authors) == authors


@pytest.mark.parametrize("glued", ["Lê BốnTTXVN", "Jane DoeAFP", "An BìnhVNA"])
def test_an_agency_glued_to_a_name_is_cut_off(glued):
    found = parse_byline(glued)
    assert f"{found.authors[0]}{found.agency}" == glued


@pytest.mark.parametrize(
    "credit",
    ["(Rosa Ferro / Associated Press)", "[Mạnh Tú/TTXVN]", "(Lê Bốn – Reuters)"],
)
def test_a_name_in_brackets_within_the_text_is_that_of_a_photographer(credit):
    block = only_block(f"<p>{credit}</p>")
    assert reads_like_byline(block)
    assert not reads_like_byline(block, at_end=False)


@pytest.mark.parametrize(
    ("element", "source"),
    [
        ('<p class="source">Sóng Xanh</p>', "Sóng Xanh"),
        ('<div class="article-source">Nguồn: Sóng Xanh</div>', "Sóng Xanh"),
        ('<p class="nguon">Sóng Xanh</p>', "Sóng Xanh"),
        ("<p>Sóng Xanh</p>", ""),
        ('<p class="resource">Sóng Xanh</p>', ""),
        (f'<p class="source">{"rất dài " * 5}</p>', ""),
    ],
)
def test_a_source_right_after_the_credit_line_is_its_agency(element, source):
    blocks = blocks_of(f'<p class="author">Lê Bốn</p>{element}')
    assert source_after(blocks, NamedElements().line_of(blocks[0])) == source
