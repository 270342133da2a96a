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
