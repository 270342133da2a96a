from __future__ import annotations

import pytest

from scraper.extraction.images import credit_of, extract_images
from scraper.items import BlockKind, Image
from tests.unit.extraction.kit import ADDRESS, blocks_of

ALT = "Chú thích ảnh"


def images_of(body, *, url=ADDRESS):
    blocks = blocks_of(body)
    captions = [b for b in blocks if b.kind is BlockKind.CAPTION]
    return extract_images(captions, blocks, url=url)


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
    assert image == Image("https://bao.example/a.jpg")


def test_a_picture_outside_the_text_is_none_of_the_articles():
    assert images_of('<p>chữ</p><div><img src="/banner.jpg"></div>') == ()


def test_a_caption_without_a_picture_is_kept():
    assert images_of("<p>chữ</p><figcaption>rời</figcaption>") == (Image("", "rời"),)


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
    body = blocks_of(f"<main>{inside}{outside}</main>")
    assert [i.url for i in extract_images([], body, url="https://bao.example/")] == [
        "https://bao.example/b.jpg"
    ]
