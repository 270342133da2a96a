from __future__ import annotations

import pytest

from scraper.extraction.lead import (
    find_headline,
    find_lead,
    is_said_again,
    lead_text,
)
from tests.unit.extraction.kit import LEAD, TITLE, VIETNAMESE, blocks_of, paragraphs

BODY = paragraphs()


def headline_of(markup, *, found=()):
    blocks = blocks_of(markup)
    return find_headline(blocks, [b for b in blocks if b.text in found], TITLE)


def lead_of(between, *, description="", before=VIETNAMESE[0]):
    """Return the lead of a page with *between* after its headline."""
    blocks = blocks_of(f"<h1>{TITLE}</h1>{between}<div>{BODY}</div>")
    end = next(b.index for b in blocks if b.text.startswith(before))
    found = find_lead(blocks, after=0, before=end, description=description)
    return " ".join(b.text for b in found)


def test_the_headline_is_the_h1_that_says_the_title():
    assert headline_of(f"<p>{TITLE}</p><h1>{TITLE}</h1><h2>{TITLE}</h2>") == 1


def test_without_an_h1_any_block_that_says_the_title_is_the_headline():
    assert headline_of(f"<p>x</p><h2>{TITLE}</h2>") == 1


def test_a_page_that_does_not_print_its_title_has_no_headline():
    assert headline_of("<h1>Trang chủ</h1><p>x</p>") == -1


def test_a_title_past_the_middle_of_the_main_content_is_not_the_headline():
    markup = f"<h2>{TITLE}</h2>{BODY}<h1>{TITLE}</h1>"
    assert headline_of(markup, found=VIETNAMESE) == 0


def test_of_several_h1_the_first_counts():
    assert headline_of(f"<h1>{TITLE}</h1><h1>{TITLE}</h1>{BODY}") == 0


def test_without_an_h1_the_last_before_the_text_counts():
    assert headline_of(f"<p>{TITLE}</p><h2>{TITLE}</h2>{BODY}") == 1


@pytest.mark.parametrize(
    "heading", [f"Văn hóa {TITLE}", f"{TITLE} (ảnh)", f"Văn hóa - <b>{TITLE}</b>"]
)
def test_an_h1_with_a_kicker_or_an_addition_is_the_headline(heading):
    assert headline_of(f"<p>x</p><h1>{heading}</h1>{BODY}") == 1
    assert headline_of(f"<p>x</p><h2>{heading}, các huyện miền núi</h2>{BODY}") == -1


def test_a_title_of_two_words_is_not_looked_for_in_a_longer_h1():
    blocks = blocks_of(f"<h1>Văn hóa đọc ở vùng cao</h1>{BODY}")
    assert find_headline(blocks, [], "Văn hóa") == -1


def test_a_hidden_headline_does_not_count():
    blocks = blocks_of(f"<h2>{TITLE}</h2><h1>{TITLE}</h1>")
    blocks[1].hidden = True
    assert find_headline(blocks, [], TITLE) == 0


@pytest.mark.parametrize(
    "attribute",
    [
        'class="sapo"',
        'class="article__sapo"',
        'class="detail-sapo"',
        'class="singular-sapo"',
        'id="plhMain_NewsDetail1_divSapoLive"',
        'class="description"',
        'class="lr-summary-post"',
        'class="standfirst"',
        'class="chapeau"',
        'itemprop="description"',
        'class="sub-headline big"',
        'class="article__subdeck"',
        'class="HeaderDek-x1Y2z"',
        'class="Article__Headline__Desc"',
    ],
)
@pytest.mark.parametrize("tag", ["h2", "div", "p"])
def test_an_element_named_as_standfirsts_are_is_the_lead(tag, attribute):
    assert lead_of(f"<{tag} {attribute}>{LEAD}</{tag}>") == LEAD


def test_the_name_may_stand_on_the_element_around():
    assert lead_of(f'<div class="sapo"><p>{LEAD}</p></div>') == LEAD


def test_a_lead_in_two_lines_is_one():
    halves = LEAD.replace("tiên", "tiên<br>", 1)
    halves = f"{halves} Trẻ em của mười hai bản đã chờ từ sớm."
    got = lead_of(f'<p class="sapo">{halves}</p>')
    assert got == f"{LEAD} Trẻ em của mười hai bản đã chờ từ sớm."


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_a_heading_that_says_what_the_page_declares_is_the_lead(tag):
    markup = f"<{tag}>{LEAD}</{tag}>"
    assert lead_of(markup, description=f"{LEAD} Đọc tiếp") == LEAD


def test_a_paragraph_before_the_body_that_says_what_the_page_declares_is_the_lead():
    assert lead_of(f"<p>{LEAD}</p>", description=LEAD) == LEAD


def test_the_first_paragraph_of_the_body_is_no_lead_for_what_the_page_declares():
    assert lead_of("", description=VIETNAMESE[0]) == ""


def test_without_a_headline_no_paragraph_is_the_lead_for_what_the_page_declares():
    blocks = blocks_of(f"<p>{LEAD}</p>{BODY}")
    assert find_lead(blocks, after=-1, before=1, description=LEAD) == []


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        (f"<h2>{LEAD}</h2>", "Giá cà phê giảm mạnh trong phiên cuối tuần này"),
        (f'<p class="slide-text">{LEAD}</p>', LEAD),
        (f'<div class="author-line"><p>{LEAD}</p></div>', LEAD),
        (f"<ul><li>{LEAD}</li></ul>", LEAD),
        (f'<p class="image-description">{LEAD}</p>', ""),
        (f'<p class="video-summary">{LEAD}</p>', ""),
        ('<p class="sapo">Chỉ có năm từ</p>', ""),
        (f'<p class="sapo">{"dài " * 151}</p>', ""),
        (f'<p class="sapo"><a href="/x">{LEAD}</a></p>', ""),
        (f'<figure class="sapo"><figcaption>{LEAD}</figcaption></figure>', ""),
        (f'<p class="misleading">{LEAD}</p>', "Giá cà phê giảm mạnh cuối tuần này"),
    ],
)
def test_what_is_not_set_apart_as_a_lead_is_none(markup, description):
    assert lead_of(markup, description=description) == ""


def test_a_lead_after_the_first_block_of_the_body_is_none():
    blocks = blocks_of(f'<h1>{TITLE}</h1>{BODY}<p class="sapo">{LEAD}</p>')
    assert find_lead(blocks, after=0, before=1, description="") == []


def test_a_hidden_lead_is_none():
    blocks = blocks_of(f'<h1>{TITLE}</h1><p class="sapo">{LEAD}</p>{BODY}')
    blocks[1].hidden = True
    assert find_lead(blocks, after=0, before=2, description="") == []


def test_the_first_block_of_the_container_may_be_the_lead():
    markup = f'<h1>{TITLE}</h1><div><p class="lead">{LEAD}</p>{BODY}</div>'
    blocks = blocks_of(markup)
    (lead,) = find_lead(blocks, after=0, before=1, description="")
    assert lead.text == LEAD


@pytest.mark.parametrize(
    ("text", "again"),
    [
        (f"{LEAD} Và còn nhiều nữa.", True),
        (LEAD, False),
        (VIETNAMESE[0], False),
    ],
)
def test_a_paragraph_that_begins_with_all_of_the_lead_says_it_again(text, again):
    lead, block = blocks_of(f"<p>{LEAD}</p><p>{text}</p>")
    assert is_said_again([lead], [block]) is again


def test_no_lead_is_said_again_by_nobody():
    assert not is_said_again([], blocks_of(BODY))


@pytest.mark.parametrize(
    "prefix",
    [
        "TTO - ",
        "TTO – ",
        "TT - ",
        "BNEWS ",
        "(Chinhphu.vn) - ",
        "TTXVN - ",
        "(TTXVN) - ",
    ],
)
def test_the_mark_of_the_paper_is_cut_from_the_lead(prefix):
    assert lead_text(blocks_of(f"<p>{prefix}{LEAD}</p>")) == LEAD


@pytest.mark.parametrize(
    "text", ["TTXVN đưa tin từ bản Nà Sang.", "TTCK hồi phục.", "Tto là một từ lạ."]
)
def test_a_lead_that_only_names_the_paper_is_kept_whole(text):
    assert lead_text(blocks_of(f"<p>{text}</p>")) == text


POINTS = [
    "Xe sách đi qua mười hai bản vùng cao",
    "Trẻ em được mượn ba cuốn một tuần",
    "Chuyến sau lên đường vào thứ hai tới",
]
OTHER = "Giá cà phê giảm mạnh trong phiên cuối tuần này"


@pytest.mark.parametrize("tag", ["h2", "p"])
def test_a_sentence_set_apart_is_the_lead_of_a_page_that_declares_none(tag):
    markup = f"<{tag}>{LEAD}</{tag}>"
    assert lead_of(markup) == LEAD
    assert lead_of(markup, description=OTHER) == ""


def test_a_short_line_or_a_heading_without_an_end_is_no_lead():
    assert lead_of("<h2>Xe sách đã lên mười hai bản.</h2>") == ""
    assert lead_of(f"<h2>{LEAD.rstrip('.')}</h2>") == ""


def test_what_agrees_with_the_description_comes_before_what_is_only_named():
    between = f'<p class="summary">{OTHER} của người trồng</p><h2>{LEAD}</h2>'
    assert lead_of(between, description=LEAD) == LEAD


def test_the_points_of_a_named_list_are_one_lead():
    items = "".join(f"<li>{point}</li>" for point in POINTS)
    assert lead_of(f'<ul class="summary-list">{items}</ul>') == " ".join(POINTS)


def test_paragraphs_named_alike_are_one_lead_but_for_links():
    lines = "".join(f'<p class="lead">{point}</p>' for point in POINTS)
    more = f'<p class="lead"><a href="/x">{OTHER}</a></p>'
    assert lead_of(f"<div>{lines}{more}</div>") == " ".join(POINTS)


def test_points_with_dashes_that_an_element_holds_alone_are_the_lead():
    lines = [f"- {point}" for point in POINTS]
    assert lead_of(f"<div>{'<br>'.join(lines)}</div>") == " ".join(lines)
    talk = [*lines, "Ông cười và không nói thêm gì nữa"]
    assert lead_of(f"<div>{'<br>'.join(talk)}</div>", description=OTHER) == ""


@pytest.mark.parametrize(
    "text",
    [
        "周六上午，河边的图书馆重新开放，新的阅览室多了二十个座位，读者排起了长队。",
        "土曜日の朝、川辺の図書館が改装を終えて再び開き、閲覧室の席が二十増えた。",
        "ห้องสมุดริมแม่น้ำเปิดอีกครั้งในเช้าวันเสาร์ และมีที่นั่งเพิ่มขึ้นยี่สิบที่",
    ],
)
def test_a_named_lead_in_a_script_without_spaces_is_found(text):
    assert lead_of(f'<p class="summary">{text}</p>') == text


@pytest.mark.parametrize("place", ["Huế", "Thừa Thiên Huế"])
def test_a_place_before_what_the_page_declares_is_left_out(place):
    blocks = blocks_of(f"<p>{place} · {LEAD}</p>")
    assert lead_text(blocks, LEAD) == LEAD
    assert lead_text(blocks, OTHER) == f"{place} · {LEAD}"
