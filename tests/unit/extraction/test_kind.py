from __future__ import annotations

import pytest

from scraper.extraction.features import block_features
from scraper.extraction.head import HeadWords
from scraper.extraction.kind import Evidence, classify, is_gallery, page_features
from scraper.items import Kind, Page
from tests.unit.extraction.kit import (
    TITLE,
    VIETNAMESE,
    blocks_of,
    data_of,
    head_of,
    paragraphs,
)

ARTICLE = "https://bao.example/van-hoa/xe-sach-len-ban-xa-20250711140623717.htm"
SECTION = "https://bao.example/van-hoa.htm"
TEASERS = "".join(
    f'<li><a href="/{n}">Một tin khác trong ngày số {n} đáng chú ý</a></li>'
    for n in range(40)
)
WALLS = [
    "Vui lòng đăng nhập để tiếp tục",
    "Just a moment...",
    "Trang web này sử dụng cookie để phục vụ bạn",
    "Please verify you are a human",
    "Veuillez activer JavaScript",
    "ACCESS DENIED",
]


def kind_of(  # noqa: PLR0913
    body, *, url=ARTICLE, found=(), head="", scripts=(), status=200, article=0.9
):
    blocks = blocks_of(body)
    evidence = Evidence(
        Page(url, b"", status=status),
        blocks,
        [block for block in blocks if block.text in found],
        head_of(head, data_of(*scripts)),
    )
    return classify(evidence, article)


def test_a_page_with_main_content_is_an_article():
    assert kind_of(paragraphs(), found=VIETNAMESE) is Kind.ARTICLE


def test_a_page_without_main_content_is_something_else():
    assert kind_of("<p>x</p>", url=SECTION) is Kind.OTHER


def test_captions_alone_make_an_article():
    assert kind_of("<figcaption>chú thích</figcaption>") is Kind.ARTICLE


@pytest.mark.parametrize("wall", WALLS)
def test_a_page_that_says_it_is_a_wall_and_little_else_is_blocked(wall):
    assert kind_of(f"<h1>{wall}</h1><p>Mã: 12345</p>") is Kind.BLOCKED


def test_a_page_that_only_asks_for_scripts_is_a_wall():
    asked = "Bạn cần bật JavaScript để chạy ứng dụng này trên trình duyệt."
    assert kind_of(f"<noscript><p>{asked}</p></noscript>") is Kind.BLOCKED


def test_a_wall_may_say_so_in_its_declared_title():
    head = '<meta property="og:title" content="Just a moment">'
    assert kind_of("<p>x</p>", head=head) is Kind.BLOCKED


@pytest.mark.parametrize("status", [401, 402, 403, 429, 451])
def test_a_short_page_under_a_refusal_is_blocked(status):
    assert kind_of("<p>x</p>", status=status) is Kind.BLOCKED


def test_a_short_page_that_is_missing_is_not_blocked():
    assert kind_of("<p>x</p>", status=404) is Kind.OTHER


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Page not found", "Try the search box or go back to where you came from."),
        ("Rất tiếc", "Bài viết không tồn tại hoặc đã bị gỡ bỏ khỏi trang này."),
        ("Oups !", "Cette page a été déplacée. Retournez à l'accueil."),
    ],
)
def test_a_page_that_says_it_is_not_there_holds_no_article(heading, text):
    markup = f"<h1>{heading}</h1><p>{text}</p>"
    assert kind_of(markup, found=[text]) is Kind.OTHER


def test_an_article_about_a_page_that_is_not_there_is_one():
    markup = f"<h1>Page not found</h1>{paragraphs(VIETNAMESE * 3)}"
    assert kind_of(markup, found=VIETNAMESE * 3) is Kind.ARTICLE


@pytest.mark.parametrize("status", [200, 403])
def test_an_article_that_speaks_of_a_wall_is_no_wall(status):
    long = [f"{text} Just a moment, she said." for text in VIETNAMESE * 3]
    assert kind_of(paragraphs(long), found=long, status=status) is Kind.ARTICLE


def test_a_hidden_consent_box_makes_no_wall():
    blocks = blocks_of(f"<p>We value your privacy</p>{paragraphs()}")
    blocks[0].hidden = True
    page = Page(ARTICLE, b"")
    evidence = Evidence(page, blocks, blocks[1:], head_of())
    assert classify(evidence, 0.9) is Kind.ARTICLE


@pytest.mark.parametrize(
    "path",
    ["", "/", "/index.html", "/home", "/default.aspx", "/trang-chu.htm", "/?a=1"],
)
def test_a_home_page_is_a_listing_by_its_address(path):
    url = f"https://bao.example{path}"
    assert kind_of(paragraphs(), url=url, found=VIETNAMESE) is Kind.LISTING


def test_a_number_in_the_query_is_that_of_an_article():
    base = "https://bao.example/default.asp"
    told = {"found": VIETNAMESE}
    assert kind_of(paragraphs(), url=f"{base}?id=111200", **told) is Kind.ARTICLE
    assert kind_of(paragraphs(), url=f"{base}?id=7", **told) is Kind.LISTING


def test_markup_of_no_address_is_no_home_page():
    assert kind_of(paragraphs(), url="", found=VIETNAMESE) is Kind.ARTICLE


def test_a_page_that_is_hardly_an_article_is_a_listing():
    assert kind_of(paragraphs(), found=VIETNAMESE, article=0.2) is Kind.LISTING
    assert kind_of(paragraphs(), found=VIETNAMESE, article=0.3) is Kind.ARTICLE


def test_a_live_page_says_so():
    scripts = ['{"@type": "LiveBlogPosting"}']
    assert kind_of(paragraphs(), found=VIETNAMESE, scripts=scripts) is Kind.LIVE


@pytest.mark.parametrize(
    "told",
    [
        {"head": '<meta property="og:type" content="video.other">'},
        {"url": "https://bao.example/video/xe-sach-v20250711140623717.htm"},
    ],
)
def test_a_video_page_is_told_by_its_type_or_its_address(told):
    assert kind_of(paragraphs(), found=VIETNAMESE, **told) is Kind.VIDEO


@pytest.mark.parametrize(("captions", "expected"), [(3, True), (2, False), (0, False)])
def test_a_photo_story_has_captions_that_say_more_than_its_paragraphs(
    captions, expected
):
    shown = blocks_of(f"<figcaption>{VIETNAMESE[0]}</figcaption>" * captions)
    said = blocks_of(f"<p>{TITLE}</p>")
    assert is_gallery([*said, *shown]) is expected


def test_a_long_text_with_captions_is_no_photo_story():
    shown = blocks_of("<figcaption>ngắn</figcaption>" * 5)
    assert not is_gallery([*blocks_of(paragraphs()), *shown])


@pytest.mark.parametrize(
    ("text", "is_price"),
    [
        *(("from $5", True), ("€ 1.200", True), ("120.000 đ", True), ("99kr.", True)),
        *(
            ("5 USD", True),
            ("12 kreist", False),
            ("$ only", False),
            ("5 % of €", False),
        ),
    ],
)
def test_blocks_with_a_price_are_counted(text, is_price):
    blocks = blocks_of(f"<p>{text}</p><p>x</p>")
    columns = block_features(blocks, HeadWords())
    assert page_features(blocks, columns, [0, 0], head_of(""))["prices"] == is_price
