from __future__ import annotations

import pytest

from scraper.extraction.blocks import walk_blocks
from scraper.extraction.body import credit_of, extract_images, group_blocks
from scraper.items import Block, BlockKind, Image
from tests.unit.extraction.kit import ADDRESS, VIETNAMESE, record_blocks, tree

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


ALT = "Chú thích ảnh"


def images_of(body, *, url=ADDRESS):
    blocks, pictures = walk_blocks(tree(body))
    return extract_images(group_blocks(blocks), pictures, url=url)


def figure(name, caption, *, alt=ALT):
    return (
        f'<figure><img src="/{name}" alt="{alt}"><figcaption>{caption}</figcaption>'
        "</figure>"
    )


def test_a_caption_comes_with_the_picture_of_its_figure():
    assert images_of(figure("a.jpg", "Xe qua suối. Ảnh: Mạnh Tú/TTXVN")) == (
        Image(
            "https://bao.example/a.jpg",
            "Xe qua suối. Ảnh: Mạnh Tú/TTXVN",
            "Mạnh Tú/TTXVN",
        ),
    )


def test_each_caption_has_its_own_picture():
    found = images_of(figure("a.jpg", "một") + figure("b.jpg", "hai"))
    assert [(i.url[-5:], i.caption) for i in found] == [
        ("a.jpg", "một"),
        ("b.jpg", "hai"),
    ]


@pytest.mark.parametrize("alt", [ALT, "Một câu dài tả đúng bức ảnh này"])
def test_an_alternative_text_is_never_a_caption(alt):
    (image,) = images_of(f'<div><p>chữ</p><img src="/a.jpg" alt="{alt}"></div>')
    assert image == Image("https://bao.example/a.jpg", position=1)


def test_a_picture_outside_the_text_is_none_of_the_articles():
    assert images_of('<p>chữ</p><div><img src="/banner.jpg"></div>') == ()


def test_a_caption_without_a_picture_is_kept():
    assert images_of("<p>chữ</p><figcaption>rời</figcaption>") == (
        Image("", "rời", position=1),
    )


def test_a_picture_far_from_a_caption_is_not_its_own():
    deep = "<div>" * 5 + '<p class="caption">chú</p>' + "</div>" * 5
    (captioned,) = [i for i in images_of(f'<img src="/a.jpg">{deep}') if i.caption]
    assert captioned.url == ""


def test_several_captions_without_pictures_are_all_kept():
    markup = "<figcaption>một</figcaption><figcaption>hai</figcaption>"
    assert [i.caption for i in images_of(markup)] == ["một", "hai"]


def test_a_caption_below_a_table_of_one_picture_is_its_own():
    markup = (
        '<table><tr><td><img src="/a.jpg"></td></tr>'
        '<tr><td class="caption">chú</td></tr></table>'
    )
    assert [(i.url, i.caption) for i in images_of(markup)] == [
        ("https://bao.example/a.jpg", "chú")
    ]


def test_a_caption_beside_many_pictures_belongs_to_none_of_them():
    markup = (
        '<div><img src="/a.jpg"><img src="/b.jpg"><p class="caption">hai ảnh</p></div>'
    )
    (captioned,) = [i for i in images_of(markup) if i.caption]
    assert captioned.url == ""


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ('data-src="/real.jpg" src="/blank.gif"', "https://bao.example/real.jpg"),
        ('data-original="/real.jpg"', "https://bao.example/real.jpg"),
        ('src="data:image/gif;base64,R0" data-src=" "', ""),
        ('src="https://cdn.example/x.jpg"', "https://cdn.example/x.jpg"),
        ('src="javascript:void(0)"', ""),
        ('src="http://[broken/x.jpg"', ""),
        ("", ""),
    ],
)
def test_the_address_of_a_picture_is_its_real_one(attributes, source):
    markup = f"<figure><img {attributes}><figcaption>chú</figcaption></figure>"
    assert [i.url for i in images_of(markup)] == [source]


def test_without_an_address_of_the_page_relative_ones_stay():
    assert images_of(figure("a.jpg", "chú"), url="")[0].url == "/a.jpg"


@pytest.mark.parametrize("source", ["javascript:alert(1)", " vbscript:x", "ftp://x/a"])
def test_without_an_address_of_the_page_other_schemes_are_left_out_too(source):
    markup = f'<figure><img src="{source}"><figcaption>chú</figcaption></figure>'
    assert images_of(markup, url="") == (Image("", "chú"),)


def places_of(body):
    return {image.url[-5:]: image.position for image in images_of(body)}


def test_a_picture_stands_at_the_block_of_its_caption():
    body = f"<p>một</p>{figure('a.jpg', 'chú')}<p>hai</p>{figure('b.jpg', 'thích')}"
    assert places_of(body) == {"a.jpg": 1, "b.jpg": 3}


def test_a_picture_without_a_caption_stands_before_the_block_that_follows_it():
    body = (
        '<img src="/a.jpg"><p>một</p><p><img src="/b.jpg">hai</p>'
        '<p>ba <img src="/c.jpg">bốn</p><p>năm</p><img src="/d.jpg">'
    )
    assert places_of(f"<div>{body}</div>") == {
        "a.jpg": 0,
        "b.jpg": 1,
        "c.jpg": 3,
        "d.jpg": 4,
    }


def test_a_picture_between_lines_stands_between_them():
    body = '<div>một<br><img src="/a.jpg"><br>hai<br>ba<img src="/b.jpg"></div>'
    assert places_of(f"<div>{body}</div>") == {"a.jpg": 1, "b.jpg": 3}


def test_a_picture_that_only_a_page_without_scripts_shows_has_its_place():
    body = '<p>một</p><noscript><img src="/a.jpg"></noscript><p>hai</p>'
    assert places_of(f"<div>{body}</div>") == {"a.jpg": 1}


def test_a_picture_inside_an_embedded_post_stands_behind_it():
    post = '<p>một</p><img src="/a.jpg"><p>hai</p>'
    body = f'<p>x</p><blockquote class="twitter-tweet">{post}</blockquote><p>y</p>'
    assert places_of(f"<div>{body}</div>") == {"a.jpg": 2}


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("Xe qua suối. Ảnh: Phương Hoa/TTXVN", "Phương Hoa/TTXVN"),
        ("Xe qua suối. Ảnh: TTXVN phát", "TTXVN phát"),
        ("Xe qua suối (Ảnh: Mạnh Tú)", "Mạnh Tú"),
        ("Ảnh: Mạnh Tú", "Mạnh Tú"),
        ("The bus at dawn. Photo: Jane Doe", "Jane Doe"),
        ("The bus (Credit : Agency)", "Agency"),
        ("Ảnh: người xưa kể. Nguồn: Bảo tàng", "Bảo tàng"),
        ("Ảnh chụp từ trên cao", ""),
        ("Bức tranh ảnh", ""),
        ("", ""),
    ],
)
def test_the_credit_of_a_caption_is_who_it_names_after_the_colon(caption, credit):
    assert credit_of(caption) == credit


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("A bus. (Photo by Jane Doe/Agency)", "Jane Doe/Agency"),
        ("A bus. (AP Photo/Jane Doe)", "AP Photo/Jane Doe"),
        ("A bus. Photograph: Jane Doe/Agency", "Jane Doe/Agency"),
        ("A bus. Photo credit: Jane Doe", "Jane Doe"),
        ("Un car. Crédit : Anne Roux", "Anne Roux"),
        ("A bus. © Jane Doe", "Jane Doe"),
        ("A photo by the road shows a bus", ""),
        ("A bus. Photo by J. K. Doe. More below", "J. K. Doe"),
        ("The image shows a bus", ""),
    ],
)
def test_a_credit_is_read_in_the_forms_of_several_languages(caption, credit):
    assert credit_of(caption) == credit


@pytest.mark.parametrize("name", ["credit", "photo-credit", "copyright"])
def test_a_credit_may_stand_in_an_element_of_its_own(name):
    caption = f'A bus. <span class="{name}">(Jane Doe)</span>'
    (image,) = images_of(figure("a.jpg", caption))
    assert (image.caption, image.credit) == ("A bus. (Jane Doe)", "Jane Doe")


def test_pictures_without_captions_come_in_the_order_of_the_page():
    names = [f"{n}.jpg" for n in range(30)]
    body = "".join(f'<div><img src="/{n}"><p>Đoạn văn {n}.</p></div>' for n in names)
    assert [image.url.rpartition("/")[2] for image in images_of(body)] == names


def test_pictures_around_the_holder_of_loose_text_are_others():
    inside = (
        "<div><p>Một đoạn của bài.</p>Lời nối giữa hai đoạn.<img src='/b.jpg'></div>"
    )
    outside = "<aside><img src='/a.jpg'></aside>"
    found = images_of(f"<main>{inside}{outside}</main>")
    assert [image.url for image in found] == ["https://bao.example/b.jpg"]
