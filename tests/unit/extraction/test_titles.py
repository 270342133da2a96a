from __future__ import annotations

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.metadata import extract_declared
from scraper.extraction.titles import extract_title
from tests.unit.extraction.kit import TITLE, tree


def title_of(body, head="", *, start=None):
    root = tree(body, head=head)
    data = extract_structured_data(root)
    declared, blocks = extract_declared(root), iter_blocks(root)
    url = "https://www.example.com/a"
    return extract_title(root, declared, data, blocks, url=url, start=start)


def og_title(text):
    return f'<meta property="og:title" content="{text}">'


def test_the_title_is_the_h1_that_agrees_with_the_head():
    body = f"<h1>Báo Ví dụ</h1><h1>{TITLE}</h1>"
    assert title_of(body, og_title(f"{TITLE} | Báo Ví dụ")) == TITLE


def test_without_an_h1_the_declared_title_counts_without_the_sites_name():
    assert title_of("<p>x</p>", f"<title>{TITLE} - baotintuc.vn</title>") == TITLE


def test_an_h1_that_names_a_section_does_not_count_beside_the_headline():
    body = f"<h1>Chuyên trang sách</h1><div>{TITLE}</div><p>x</p>"
    assert title_of(body, og_title(TITLE)) == TITLE


def test_the_h1_above_the_body_counts_before_a_headline_for_search_engines():
    body = "<h1>Những trang sách lên núi</h1><p>x</p><h1>Xem thêm tin khác</h1>"
    found = title_of(body, og_title(TITLE), start=1)
    assert found == "Những trang sách lên núi"


def test_an_h1_of_two_words_does_not_count_against_the_head():
    assert title_of("<h1>Văn hóa</h1><p>x</p>", og_title(TITLE), start=1) == TITLE


def test_an_h1_counts_where_the_head_declares_nothing():
    assert title_of(f"<h1>{TITLE}</h1>") == TITLE


def test_a_hidden_h1_does_not_count():
    body = f"<div hidden><h1>{TITLE} (bản in)</h1></div>"
    assert title_of(body, og_title(TITLE)) == TITLE


def test_a_page_without_any_title_has_none():
    assert title_of("<p>x</p>") == ""


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Báo Ví dụ - Lũ quét", "Lũ quét"),
        ("Example: | Lũ quét", "Lũ quét"),
        ("Lũ quét | EXAMPLE", "Lũ quét"),
        ("Example.com | Lũ quét | Báo Ví dụ", "Lũ quét"),
    ],
)
def test_the_sites_name_is_cut_on_either_side_its_domain_is_one(declared, title):
    site = '<meta property="og:site_name" content="Báo Ví dụ">'
    assert title_of("<p>x</p>", site + og_title(declared)) == title


def test_the_sites_name_is_cut_from_a_printed_headline():
    site = '<meta property="og:site_name" content="Báo Ví dụ">'
    assert title_of(f"<h1>{TITLE} | Báo Ví dụ</h1>", site) == TITLE


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Xe sách về bản vùng cao | Báo Ví dụ", "Xe sách về bản vùng cao"),
        ("Xe sách về bản vùng cao - Báo Ví dụ", "Xe sách về bản vùng cao"),
        ("Xe sách – chuyện ở bản xa", "Xe sách – chuyện ở bản xa"),
        ("Lũ quét - Nỗi lo", "Lũ quét - Nỗi lo"),
        ("Một tít không có dấu ngăn", "Một tít không có dấu ngăn"),
    ],
)
def test_only_a_last_part_that_names_the_site_is_cut(declared, title):
    assert title_of("<p>x</p>", og_title(declared)) == title


def test_the_declared_name_of_the_site_is_cut_from_a_short_title():
    site = '<meta property="og:site_name" content="Báo Ví dụ">'
    assert title_of("<p>x</p>", f"{site}{og_title('Xe sách - báo ví dụ')}") == "Xe sách"


NAMED = '<meta property="og:site_name" content="Brook Daily">'
CLOCK = "The town hall clock runs again after a year"


@pytest.mark.parametrize(
    "joined",
    [
        "{} › Brook Daily",
        "{} * Brook Daily",
        "{} :: Brook Daily",
        "{} / Brook Daily",
        "{}｜Brook Daily",
        "{}-Brook Daily",
        "{}_Brook Daily",
    ],
)
def test_the_sites_name_is_cut_after_any_mark(joined):
    head = f"{NAMED}<title>{joined.format(CLOCK)}</title>"
    assert title_of("<p>x</p>", head) == CLOCK


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("河边图书馆重新开放迎来读者_本地_河网", "河边图书馆重新开放迎来读者"),
        ("川辺の図書館が改装を終えて再開｜川辺新聞", "川辺の図書館が改装を終えて再開"),
        (
            "강변 도서관이 새 단장을 마치고 다시 문을 열었다 | 강변뉴스",
            "강변 도서관이 새 단장을 마치고 다시 문을 열었다",
        ),
        (
            "snake_case and camelCase in one file",
            "snake_case and camelCase in one file",
        ),
    ],
)
def test_an_unknown_site_is_cut_in_every_script(stated, title):
    assert title_of("<p>x</p>", f"<title>{stated}</title>") == title


def test_what_a_line_above_the_body_prints_of_a_title_is_the_headline():
    head = f"<title>{CLOCK} | News from the towns of the north coast</title>"
    body = f"<div class=a>{CLOCK}</div><p>x</p>"
    assert title_of(body, head, start=1) == CLOCK


def test_a_printed_headline_with_a_mark_in_it_is_not_cut():
    whole = f"{CLOCK} - and how"
    head = og_title(f"{whole}")
    assert title_of(f"<h2>{whole}</h2><p>x</p>", head) == whole


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        (f"<span>Town</span> {CLOCK}", CLOCK),
        (f"<small>4 July</small><b>{CLOCK}</b>", CLOCK),
        (f"Town {CLOCK}", f"Town {CLOCK}"),
        (
            "<span>Clock of the town</span><span>It runs again</span>",
            "Clock of the town: It runs again",
        ),
    ],
)
def test_a_kicker_set_apart_in_the_headline_is_left_out(heading, title):
    stated = title if title.startswith("Clock") else CLOCK
    assert title_of(f"<h1>{heading}</h1>", og_title(stated)) == title


@pytest.mark.parametrize("rest", [" | Opinion", " / July", "｜社説"])
def test_what_follows_a_bar_is_left_out_if_the_head_has_it_not_twice(rest):
    twice = og_title(CLOCK) + f'<meta name="twitter:title" content="{CLOCK}">'
    assert title_of(f"<h1>{CLOCK}{rest}</h1>", twice) == CLOCK
    whole = title_of(f"<h1>{CLOCK}{rest}</h1>", og_title(CLOCK))
    assert whole.startswith(f"{CLOCK}{rest[:2]}")


@pytest.mark.parametrize(
    "written", ["Tide &amp;amp; time on the quay", "Tide &amp;#38; time on the quay"]
)
def test_entities_in_a_headline_are_decoded_once_more(written):
    assert title_of(f"<h1>{written}</h1>") == "Tide & time on the quay"
    assert title_of("<p>x</p>", og_title(written)) == "Tide & time on the quay"


def test_headlines_in_a_script_without_spaces_are_compared_by_characters():
    head = og_title("川辺の図書館が改装を終えて再開した")
    body = "<h1>くらしと文化のページ案内</h1><h1>川辺の図書館が改装を終え再開した</h1>"
    assert title_of(body, head) == "川辺の図書館が改装を終え再開した"
