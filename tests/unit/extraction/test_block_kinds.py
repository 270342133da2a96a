from __future__ import annotations

import pytest

from scraper.items import Block, BlockKind
from tests.unit.extraction.kit import VIETNAMESE, record_blocks

ANSWER = "<p>Chúng tôi đã chuẩn bị từ đầu mùa xuân.</p>"


def kinds_of(markup):
    return [block.kind.value for block in record_blocks(markup)]


def test_blocks_keep_their_text_and_order():
    assert record_blocks(f"<p>{VIETNAMESE[0]}</p><h2>Đường xa</h2>") == (
        Block(BlockKind.PARAGRAPH, VIETNAMESE[0]),
        Block(BlockKind.HEADING, "Đường xa"),
    )


def test_no_blocks_are_no_blocks():
    assert record_blocks("") == ()


def test_a_short_paragraph_in_bold_is_a_sub_heading():
    assert kinds_of("<p><b>Mười hai điểm dừng</b></p>") == ["heading"]


@pytest.mark.parametrize("end", [".", "!", "…", ":", ";", "”", '"', ")"])
def test_a_bold_sentence_is_a_paragraph(end):
    assert kinds_of(f"<p><b>Xe sẽ trở lại vào tháng sau{end}</b></p>") == ["paragraph"]


def test_a_long_paragraph_in_bold_is_a_paragraph():
    assert kinds_of(f"<p><b>{'từ ' * 31}</b></p>") == ["paragraph"]


@pytest.mark.parametrize(
    "question",
    [
        "<p><b>Ông chờ đợi điều gì?</b></p>",
        "<h3>Ông chờ đợi điều gì?</h3>",
        "<p><strong>“Ông chờ đợi điều gì?”</strong></p>",
    ],
)
def test_two_questions_make_an_interview_with_answers(question):
    assert kinds_of(question + ANSWER + ANSWER + question + ANSWER) == [
        "question",
        "answer",
        "answer",
        "question",
        "answer",
    ]


def test_one_question_alone_is_a_sub_heading():
    assert kinds_of(f"<p><b>Vì sao?</b></p>{ANSWER}") == ["heading", "paragraph"]


def test_a_heading_ends_the_answers():
    question = "<p><b>Vì sao?</b></p>"
    markup = f"{question}{ANSWER}{question}<h2>Đường xa</h2>{ANSWER}"
    assert kinds_of(markup) == [
        "question",
        "answer",
        "question",
        "heading",
        "paragraph",
    ]


def test_what_stands_before_the_first_question_answers_nothing():
    question = "<p><b>Vì sao?</b></p>"
    assert kinds_of(ANSWER + question + ANSWER + question)[0] == "paragraph"


def test_quotes_lists_and_captions_among_answers_keep_their_kinds():
    question = "<p><b>Vì sao?</b></p>"
    between = "<blockquote>a</blockquote><ul><li>b</li></ul><figcaption>c</figcaption>"
    kinds = kinds_of(f"{question}{between}{ANSWER}{question}")
    assert kinds == ["question", "quote", "list_item", "caption", "answer", "question"]


def test_a_question_in_plain_text_is_a_paragraph():
    plain = "<p>Vậy bao giờ xe trở lại?</p>"
    assert kinds_of(plain * 2) == ["paragraph", "paragraph"]


def test_questions_set_in_bold_word_by_word_are_questions():
    asked = " ".join(
        f"<b>{word}</b>" for word in ["Xe", "sách", "ra", "đời", "thế", "nào?"]
    )
    body = f"<p>{asked}</p><p>{VIETNAMESE[0]}</p><p>{asked}</p>"
    kinds = [block.kind for block in record_blocks(body)]
    assert kinds == [BlockKind.QUESTION, BlockKind.ANSWER, BlockKind.QUESTION]


def test_an_embedded_post_is_one_block():
    post = "<blockquote class='twitter-tweet'><p>{}</p>— Ai đó (@aido)</blockquote>"
    blocks = record_blocks(f"<p>x</p>{post.format('một')}{post.format('hai')}")
    assert [(b.kind.value, b.text) for b in blocks] == [
        ("paragraph", "x"),
        ("embed", "một\n— Ai đó (@aido)"),
        ("embed", "hai\n— Ai đó (@aido)"),
    ]
