from __future__ import annotations

import pytest

from scraper.extraction.rules import end_rules, is_correction
from tests.unit.extraction.kit import ENGLISH, VIETNAMESE, blocks_of, paragraphs


def dropped(markup, *, unkept=()):
    """Return the rule of each text of *markup* that the rules of the end drop."""
    inside = blocks_of(markup)
    body = [block for block in inside if block.text not in unkept]
    rules = end_rules(inside, body)
    return {inside[index].text: rule for index, rule in rules.items()}


LINES = [
    "Contact Mai Example at mai@paper.example. Follow her on X at @maiexample.",
    "—Staff writer Mai B. Example can be reached at mai@paper.example.",
    "You can email Mai Example at mai@paper.example.",
    "Mai Example covers the valley. You can follow her on X.",
    "Follow us on Instagram and Threads.",
    "* Follow The Valley Paper on Facebook and YouTube.",
    "This story was originally published June 3, 2025, 11:09 AM.",
    "This article originally appeared on The Valley Paper.",
    "Read the original article on The Valley Paper.",
    "This interview has been edited for length and clarity.",
    "Want more valley news? Sign up for our free newsletter today.",
    "The Shelf is a weekly newsletter for readers. Get it delivered every Friday.",
    "If you buy through our links, we may earn a small commission.",
    "Copyright 2025 The Valley Paper",
    "©2025 Mai Example. Distributed by an agency.",
    "For more information: https://valley.example",
    "For more valley coverage, visit valley.example/news",
    "To learn more about the bus, watch our film.",
    "Includes information from The Associated Press.",
    "Listen to The Shelf on Spotify, Apple Podcasts and elsewhere.",
    "Also available on Apple Podcasts",
    "Do you have a news tip? Write to the desk.",
    "Example reported from Nà Sang.",
    "[Image via Agency/Pool]",
    "Gallery Credit: Mai Example",
    "Data courtesy of the council.",
    "This column is for information only and does not constitute medical advice.",
    "The views expressed here are their own.",
    "Mọi ý kiến đóng góp xin gửi về bandoc@bao.example",
    "Mời độc giả đón đọc số báo ra ngày mai.",
    "Đăng ký nhận bản tin buổi sáng",
    "Tải ứng dụng Báo Ví dụ",
    "Cet article a été initialement publié par Le Journal.",
    "Suivez-nous sur Instagram",
    "Inscrivez-vous à la newsletter du matin",
]
SENTENCES = [
    "The teacher can be reached only by boat in the rainy season.",
    "Parents can email the school and ask for a seat on the bus.",
    "Police asked drivers to follow the bus on its way to the coast.",
    "The children follow the bus on foot for the last mile.",
    "The story was first told by a miner in the valley.",
    "She signed up for the newsletter and then forgot all about it.",
    "For more than a year the road was closed to buses.",
    "To learn more words, the children read to each other.",
    "Copyrights on the books have run out, the council said.",
    "The available seats on the bus were taken within a day.",
    "Bạn đọc nhỏ tuổi đã mời nhau lên xe để chọn sách.",
    "Theo dõi sát diễn biến mưa lũ là yêu cầu đặt ra cho các xã.",
    "Bản quyền truyện tranh được mua từ năm ngoái, ông Pành nói.",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_to_the_reader_below_the_last_sentence_is_dropped(line):
    assert dropped(f"{paragraphs()}<p>{line}</p>") == {line: "closing_line"}


@pytest.mark.parametrize("line", LINES)
def test_the_same_line_between_paragraphs_is_kept(line):
    assert dropped(f"{paragraphs()}<p>{line}</p>{paragraphs(ENGLISH)}") == {}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_last_sentence_with_such_words_is_kept(sentence):
    assert dropped(f"{paragraphs()}<p>{sentence}</p>") == {}


@pytest.mark.parametrize(
    "between",
    [
        "Mai Example contributed to this report.",
        "Reporting by Mai Example; editing by An Example",
        "Contributing: Mai Example",
        "ME",
    ],
)
def test_who_else_worked_on_it_is_kept_and_does_not_end_the_search(between):
    markup = f"{paragraphs()}<p>{LINES[0]}</p><p>{between}</p><p>{LINES[4]}</p>"
    assert set(dropped(markup)) == {LINES[0], LINES[4]}


@pytest.mark.parametrize(
    "markup",
    [
        '<p class="p-author">Lò Văn Ví Dụ</p>',
        '<div class="p-source big"><p>Theo Báo Ví dụ</p></div>',
    ],
)
def test_a_signature_in_an_element_named_so_is_dropped_at_the_end(markup):
    assert list(dropped(f"{paragraphs()}{markup}").values()) == ["closing_line"]
    assert dropped(f"{paragraphs()}{markup}{paragraphs(ENGLISH)}") == {}


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Theo Báo Ví dụ</p>",
        f'<p class="source">{ENGLISH[0]}</p>',
        '<h3 class="authority">Lò Văn Ví Dụ</h3>',
    ],
)
def test_a_name_elsewhere_and_a_sentence_are_no_signature(markup):
    assert dropped(f"{paragraphs()}{markup}") == {}


def test_a_caption_at_the_end_does_not_end_the_search():
    caption = f"<figure><figcaption>{VIETNAMESE[0]}</figcaption></figure>"
    assert set(dropped(f"{paragraphs()}<p>{LINES[0]}</p>{caption}")) == {LINES[0]}


def test_a_long_block_is_no_line():
    long = f"Follow us on Facebook {' '.join(ENGLISH)} {ENGLISH[0]}"
    assert dropped(f"{paragraphs()}<p>{long}</p>") == {}


def test_a_text_that_is_mostly_such_lines_is_kept():
    assert dropped(f"<p>Nà Sang</p>{paragraphs(LINES[:5])}") == {}


@pytest.mark.parametrize("heading", ["Sources", "Photo credits:", "Tài liệu tham khảo"])
def test_a_section_of_sources_or_credits_is_dropped_to_the_end(heading):
    notes = ["A book, 1998", "Interview with a teacher, May 2025"]
    markup = f"{paragraphs()}<h3>{heading}</h3>{paragraphs(notes)}"
    assert dropped(markup) == dict.fromkeys([heading, *notes], "closing_section")
    assert set(dropped(markup, unkept=[heading])) == set(notes)


def test_a_line_above_a_section_is_dropped_too():
    markup = f"{paragraphs()}<p>{LINES[0]}</p><h3>Sources</h3><p>A book, 1998</p>"
    assert dropped(markup)[LINES[0]] == "closing_line"


def test_a_chapter_under_such_a_heading_is_kept():
    chapter = " ".join([*ENGLISH, *VIETNAMESE])
    assert dropped(f"{paragraphs()}<h3>Notes</h3><p>{chapter}</p>") == {}


def test_such_a_heading_over_most_of_the_text_is_no_end():
    assert dropped(f"<p>Nà Sang</p><h3>Notes</h3>{paragraphs()}") == {}


@pytest.mark.parametrize(
    "note",
    [
        "Đính chính: Bản tin trước ghi nhầm tên ông Nguyễn Văn A.",
        "* Bản tin đã được cập nhật lúc 15 giờ 30: sửa số người bị thương.",
        "Báo Ví dụ thành thật xin cáo lỗi cùng bạn đọc.",
        "Correction: the name of the valley was misspelled.",
        "Editor’s note: an earlier headline named the wrong river.",
        "This article was amended on 3 March to correct a figure.",
        "Rectificatif : le nom de la vallée était faux.",
        "Korrektur: Der Name des Tals war falsch.",
    ],
)
def test_a_note_on_what_was_said_before_is_a_correction(note: str) -> None:
    (block,) = blocks_of(f"<p>{note}</p>")
    assert is_correction(block)


@pytest.mark.parametrize(
    "text",
    ["Đính chính:", "Correction officers met on Monday.", "Mai Example covers rivers."],
)
def test_other_lines_are_no_correction(text: str) -> None:
    (block,) = blocks_of(f"<p>{text}</p>")
    assert not is_correction(block)


def test_a_box_under_such_a_heading_ends_where_the_box_does():
    first, *rest = VIETNAMESE
    box = '<div><b>Tin liên quan</b><ul><li><a href="/a">Bài khác</a></li></ul></div>'
    markup = f"<p>{first}</p>{box}{paragraphs(rest)}"
    assert dropped(markup, unkept=["Bài khác"]) == {}


QUOTED = "children had already formed along the wet stone wall"
LINKS = (
    '<ul><li><a href="/a">Một bài khác</a></li><li><a href="/b">Bài nữa</a></li></ul>'
)


@pytest.mark.parametrize(
    "markup",
    [
        f"<blockquote>“{QUOTED}.”</blockquote>{paragraphs(ENGLISH)}",
        f"{paragraphs(ENGLISH)}<blockquote><p>“{QUOTED}.”</p></blockquote>",
    ],
)
def test_a_quote_that_stands_in_a_paragraph_is_dropped(markup):
    assert dropped(markup) == {f"“{QUOTED}.”": "pull_quote"}


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote>“the wet stone wall”</blockquote>",
        "<blockquote>“children had already formed along the dry stone wall”</blockquote>",
        f"<p>“{QUOTED}.”</p>",
    ],
)
def test_a_short_quote_another_one_and_a_paragraph_are_kept(markup):
    assert dropped(f"{markup}{paragraphs(ENGLISH)}") == {}


def test_a_summary_without_its_details_is_dropped():
    markup = f"<details><summary>Xe là gì?</summary><p>{VIETNAMESE[0]}</p></details>"
    assert dropped(markup) == {}
    assert dropped(markup, unkept=VIETNAMESE) == {"Xe là gì?": "summary_alone"}


def test_a_heading_over_nothing_but_dropped_links_is_dropped():
    markup = f"{paragraphs()}<div><h3>Về Nà Sang</h3>{LINKS}</div>{paragraphs(ENGLISH)}"
    links = ("Một bài khác", "Bài nữa")
    assert dropped(markup, unkept=links) == {"Về Nà Sang": "heading_of_links"}
    assert dropped(markup) == {}


@pytest.mark.parametrize(
    "markup",
    [
        f"<div><h3>Về Nà Sang</h3>{LINKS}<p>{VIETNAMESE[0]}</p></div>",
        f'<div><h3>Về Nà Sang</h3><p><a href="/a">Một bài khác</a></p></div>{LINKS}',
    ],
)
def test_a_heading_with_text_under_it_or_one_link_is_kept(markup):
    assert dropped(markup, unkept=("Một bài khác", "Bài nữa")) == {}
