from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.extraction.choose import choose, examine
from scraper.items import BlockKind, Kind
from scraper.reading import read
from tests.unit.extraction.kit import (
    FRENCH,
    LEAD,
    TITLE,
    VIETNAMESE,
    paragraphs,
    story,
)
from tests.unit.extraction.pages import (
    BYLINE,
    PAGES,
    RELATED,
    SEED,
    SEED_BODY,
    SEED_TAIL,
    TAIL,
    text_of,
)


def test_the_text_is_the_lead_and_the_body_and_nothing_of_the_tail():
    assert read(SEED).text == text_of(LEAD, *VIETNAMESE)


@pytest.mark.parametrize("string", TAIL)
def test_no_string_of_the_tail_reaches_the_reader(string):
    article = read(SEED)
    assert string not in article.text
    assert string not in article.captions


@pytest.mark.parametrize(
    "tail",
    [
        "".join(f"<p>{line}</p>" for line in TAIL[:5]),
        SEED_TAIL.replace("footer", "div"),
    ],
    ids=["residual strings", "all of it"],
)
def test_the_tail_inside_the_container_is_left_out_too(tail):
    article = read(story(SEED_BODY + tail))
    assert article.text == text_of(LEAD, *VIETNAMESE)
    assert article.byline == BYLINE


@pytest.mark.parametrize("tag", ["p", "h2", "b"])
def test_the_title_is_never_in_the_text(tag):
    body = f"<{tag}>{TITLE}</{tag}>{paragraphs()}"
    assert read(story(body)).text == text_of(LEAD, *VIETNAMESE)


def test_a_second_h1_below_the_lead_does_not_cost_the_lead():
    assert read(story(f"<h1>{TITLE}</h1>{paragraphs()}")).lead == LEAD


def test_the_lead_is_in_the_text_once():
    article = read(story(f"<p><b>{LEAD}</b></p>{paragraphs()}"))
    assert article.text.count(LEAD) == 1


def test_a_lead_that_the_first_paragraph_goes_on_from_is_said_once():
    longer = f"{LEAD} Chuyến xe dừng ở sân trường trong hai giờ."
    article = read(story(paragraphs([longer, *VIETNAMESE])))
    assert article.text.count(LEAD) == 1
    assert longer in article.text


def test_a_body_split_by_breaks_is_paragraphs():
    article = read(story(f"<p>{'<br><br>'.join(VIETNAMESE)}</p>"))
    assert [block.text for block in article.blocks] == list(VIETNAMESE)


def test_a_body_in_two_containers_is_whole():
    halves = (
        f"<div id=divfirst>{paragraphs(VIETNAMESE[:2])}</div><div class=ads><p>Quảng cáo"
        f"</p></div><div id=divend>{paragraphs(VIETNAMESE[2:])}</div>"
    )
    assert read(story(halves)).text == text_of(LEAD, *VIETNAMESE)


def test_a_page_whose_found_text_is_all_boilerplate_is_something_else():
    article = read(story("<p>Chia sẻ:</p><p>Xem thêm</p>" * 3 + "<p>...</p>", lead=""))
    assert (article.kind, article.text) == (Kind.OTHER, "")


def test_a_credit_of_a_picture_in_the_text_does_not_close_it():
    body = paragraphs([*VIETNAMESE[:3], "Ảnh: Mạnh Tú/TTXVN", *VIETNAMESE[3:], *FRENCH])
    article = read(story(body))
    assert article.text.endswith(FRENCH[-1])
    assert article.byline == ""


def test_a_correction_below_the_byline_is_kept():
    note = "Đính chính: Bản tin trước ghi nhầm tên thôn, xin cáo lỗi cùng bạn đọc."
    article = read(
        story(f"{SEED_BODY}<p><em>{note}</em></p><p>Xem thêm tin khác ở đây</p>")
    )
    assert article.text == text_of(LEAD, *VIETNAMESE, note)
    assert article.byline == BYLINE


def test_a_credit_line_below_a_lead_set_as_a_heading_is_the_byline_of_the_captions():
    figures = "".join(
        f"<figure><img src={n}.jpg><figcaption>{text}</figcaption></figure>"
        for n, text in enumerate(VIETNAMESE)
    )
    page = story(f'<div class="author">{BYLINE}</div><div>{figures}</div>')
    examined = examine(page)
    lead = next(b.index for b in examined.blocks if b.text == LEAD)
    captions = [b.index for b in examined.blocks if b.kind is BlockKind.CAPTION]
    inside = range(captions[0], captions[-1] + 1)
    main = replace(examined.main, found=frozenset({lead}), inside=inside)
    assert choose(examined, main).content.byline.printed == BYLINE


def test_the_byline_closes_the_body():
    stray = "<p>Một đoạn giới thiệu chuyên mục khác đứng sau tên tác giả của bài.</p>"
    article = read(story(f"{paragraphs()}<p>{BYLINE}</p>{stray}"))
    assert article.text == text_of(LEAD, *VIETNAMESE)
    assert article.byline == BYLINE


def test_teasers_among_the_paragraphs_are_left_out():
    teaser = f'<p>» <a href="/1">{RELATED}</a></p>'
    body = f"<p>{VIETNAMESE[0]}</p>{teaser}{paragraphs(VIETNAMESE[1:])}"
    assert read(story(body)).text == text_of(LEAD, *VIETNAMESE)


def test_a_link_inside_a_sentence_stays():
    sentence = (
        f'Xem <a href="/1">bản đồ các điểm dừng</a> trước khi đi. {VIETNAMESE[1]}'
    )
    article = read(story(f"<p>{VIETNAMESE[0]}</p><p>{sentence}</p>"))
    assert "Xem bản đồ các điểm dừng trước khi đi." in article.text


@pytest.mark.parametrize(
    "sentence",
    [
        "Bà Mai chia sẻ: “Tôi đã chờ chuyến xe này từ mùa xuân năm ngoái”.",
        "Ảnh hưởng của mưa lũ khiến chuyến xe thứ hai phải lùi lại ba ngày.",
        "Nhiều bình luận của bạn đọc theo dõi chuyến xe đã được gửi về tòa soạn.",
        "Video do người dân quay cho thấy xe vượt qua con suối cạn giữa trưa.",
    ],
)
def test_words_of_boilerplate_inside_a_sentence_are_ordinary_words(sentence):
    article = read(story(paragraphs([*VIETNAMESE[:2], sentence, *VIETNAMESE[2:]])))
    assert sentence in article.text


def test_an_interview_has_questions_and_answers():
    kinds = [block.kind.value for block in read(PAGES["interview"]).blocks]
    assert kinds == ["question", "answer", "answer", "question", "answer", "answer"]


def test_a_table_of_data_is_in_the_text_with_tabs():
    assert "Huyện\tSố xe\nMường La\t3" in read(PAGES["table"]).text


def test_a_photo_story_is_a_gallery():
    figures = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>{text}</figcaption></figure>"
        for n, text in enumerate(VIETNAMESE)
    )
    article = read(story(figures))
    assert (article.kind, article.captions) == (Kind.GALLERY, VIETNAMESE)
    assert article.text == LEAD
