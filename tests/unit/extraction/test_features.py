from __future__ import annotations

import pytest

from scraper.extraction.features import block_features
from scraper.extraction.head import HeadWords
from scraper.text import count_units, words
from tests.unit.extraction.kit import VIETNAMESE, blocks_of, paragraphs

MENU = "".join(f'<li><a href="/{n}">Mục số {n}</a></li>' for n in range(3))


def columns(markup, **head):
    return block_features(blocks_of(markup), HeadWords(**head))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one two three", 3),
        ("Bộ Công an điều động", 5),
        ("東京の天気は晴れです", 5),
        ("วันนี้อากาศดีมาก", 8),
        ("서울의 날씨는 맑음", 3),
        ("", 0),
    ],
)
def test_words_are_counted_in_scripts_without_spaces_too(text, count):
    assert count_units(text, words(text)) == count


def test_a_page_without_blocks_has_no_columns():
    assert columns("") == {}


def test_every_column_has_a_number_for_each_block():
    found = columns(f"<nav><ul>{MENU}</ul></nav><h1>Tít</h1>{paragraphs()}")
    assert {len(column) for column in found.values()} == {len(VIETNAMESE) + 4}


def test_the_same_page_has_the_same_numbers():
    markup = f"<ul>{MENU}</ul>{paragraphs()}"
    assert columns(markup) == columns(markup)


def test_the_title_and_the_description_are_found_again():
    markup = f"<h1>Xe sách</h1><p>{VIETNAMESE[0]}</p><p>khác hẳn</p>"
    found = columns(markup, title=["xe", "sách"], description=words(VIETNAMESE[0]))
    assert found["title_covered"][0] == 1
    assert found["description_covered"] == pytest.approx([0.1, 1, 0], abs=0.1)
    assert found["from_headline"] == [0, 1, 2]


def test_what_json_ld_states_is_told_by_its_runs_of_words():
    found = columns(paragraphs(), body=words(VIETNAMESE[1]))
    assert found["stated"] == [0, 1, 0, 0]
    assert set(columns(paragraphs())["stated"]) == {-1}


def test_the_element_with_most_prose_is_the_top():
    found = columns(f"<div><ul>{MENU}</ul></div><div>{paragraphs()}</div>")
    assert found["steps_to_top"][-1] == 1
    assert found["steps_to_top"][0] > 1
    assert found["links_since_prose"][-1] == 0


def test_text_that_a_page_hides_is_prose_where_it_shows_next_to_none():
    hidden = f'<div style="display:none">{paragraphs()}</div>'
    alone = columns(f"<p>{VIETNAMESE[0]}</p>{hidden}")
    beside = columns(f"<div>{paragraphs()}</div>{hidden}")
    assert alone["page_prose"][0] > beside["page_prose"][0]


def test_blocks_that_are_set_alike_are_of_one_design_whatever_their_numbers():
    markup = "".join(f'<div class="teaser t{n}"><p>Tin {n}</p></div>' for n in range(3))
    assert columns(markup)["design_blocks"] == (3, 3, 3)


def test_a_second_article_is_told_from_that_of_the_headline():
    first, second = (
        f"<article><h1>{title}</h1>{paragraphs()}</article>" for title in ("Một", "Hai")
    )
    found = columns(first + second + "<p>x</p>", title=["một"])
    half = len(VIETNAMESE) + 1
    assert found["of_article"] == [1] * half + [0] * half + [-1]


def test_where_a_block_and_the_headline_meet_is_told():
    found = columns(f"<main><h1>Tin</h1><div>{paragraphs()}</div></main><p>x</p>")
    assert found["levels_to_headline"] == (0, 1, 1, 1, 1, 2)
    assert found["prose_to_headline"][1] == 1


def test_text_among_the_blocks_of_an_element_may_be_of_the_element_around_it():
    text = VIETNAMESE[0]
    found = columns(f"<div><span><h1>Tin</h1>{text}<p>{text}</p></span></div>")
    assert found["levels_to_headline"] == (0, 2, 1)
    assert found["steps_to_headline"] == [0, 2, 2]
    assert found["steps_to_prose"] == [2, 2, 999]
    assert found["steps_from_prose"] == [999, 999, 2]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Đọc thêm:</p>",
        "<p>» Bài liên quan</p>",
        '<p>x <span class="hidden">Print</span></p>',
    ],
)
def test_the_last_label_of_boilerplate_is_found(markup):
    assert columns(f"{markup}<p>x</p>")["since_label"][:2] == [0, 1]
