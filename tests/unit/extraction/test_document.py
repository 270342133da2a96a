from __future__ import annotations

import pytest

from scraper.errors import UndecodablePage
from scraper.extraction import document
from scraper.extraction.document import decode, parse_page, strip_unseen
from scraper.items import Page
from tests.unit.extraction.kit import ADDRESS, tree

TEXT = "Bộ Công an: “điều động” 1.200 chiến sĩ"


def parsed_text(body, **options):
    root = parse_page(Page(ADDRESS, body, **options))
    return " ".join(root.text_content().split())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_unicode_is_told_by_its_mark_or_its_form(encoding):
    raw = f"<html><body><p>{TEXT}</p></body></html>".encode(encoding)
    assert parsed_text(raw) == TEXT


@pytest.mark.parametrize("end", ["</html>", "</body></html>", "</BODY ></HTML\n>"])
def test_text_after_an_early_end_is_read(end):
    root = parse_page(Page(ADDRESS, f"<body><p>a</p>{end}<div><p>b</p></div>".encode()))
    assert [p.text for p in root.iter("p")] == ["a", "b"]
    assert [p.getparent().tag for p in root.iter("p")] == ["body", "div"]


@pytest.mark.parametrize(
    "declared", ["iso-8859-1", "windows-1252", "gb2312", "nonsense"]
)
def test_valid_utf8_is_believed_before_a_wrong_header(declared):
    assert parsed_text(f"<p>{TEXT}</p>".encode(), encoding=declared) == TEXT


def test_a_wrong_declaration_in_the_page_does_not_spoil_utf8():
    raw = f'<meta charset="iso-8859-1"><p>{TEXT}</p>'.encode()
    assert parsed_text(raw) == TEXT


def test_a_byte_order_mark_outranks_the_header():
    raw = b"\xff\xfe" + f"<p>{TEXT}</p>".encode("utf-16-le")
    assert parsed_text(raw, encoding="utf-8") == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_tells_a_text_with_few_latin_letters(encoding):
    raw = f"\ufeff<p>{'東京の朝は静かだ。' * 60}</p>".encode(encoding)
    assert decode(raw, "utf-8").startswith("<p>東京の朝")


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert decode(b"\xef\xbb\xbf<p>x</p>", "windows-1252") == "<p>x</p>"


def test_windows_1252_is_read_where_the_header_says_so():
    text = "Le préfet a reçu « la délégation » — hier à Besançon…"
    raw = f"<p>{text}</p>".encode("cp1252")
    assert parsed_text(raw, encoding="windows-1252") == text


def test_latin1_means_windows_1252_as_browsers_take_it():
    assert parsed_text(b"<p>\x93quoted\x94 caf\xe9</p>", encoding="iso-8859-1") == (
        "“quoted” café"
    )


def test_bytes_of_no_declared_encoding_are_taken_as_windows_1252():
    assert parsed_text(b"<p>caf\xe9 noir</p>") == "café noir"


def test_the_declaration_in_the_page_counts_where_the_header_is_silent():
    raw = '<meta charset="windows-1251"><p>Новости дня</p>'.encode("cp1251")
    assert parsed_text(raw) == "Новости дня"


def test_windows_1258_is_read_with_its_combining_marks():
    spelt = "Tha\u0300nh phô\u0301 mơ\u0309 cư\u0309a"  # no precomposed ố, ở, ử in it
    raw = f"<p>{spelt}</p>".encode("cp1258")
    assert parsed_text(raw, encoding="windows-1258") == spelt


def test_a_stateful_encoding_is_read_as_declared():
    raw = "<p>東京の朝</p>".encode("iso2022_jp")
    assert parsed_text(raw, encoding="iso-2022-jp") == "東京の朝"


def test_nul_bytes_and_controls_are_left_out():
    assert decode(b"<p>a\x00b\x07c\x1f</p>\n") == "<p>abc</p>\n"


def test_a_character_cut_at_the_end_spoils_nothing_before_it():
    raw = f"<p>{TEXT}</p>".encode() + "ế".encode()[:2]
    assert parsed_text(raw).startswith(TEXT)


def test_truncated_utf16_keeps_what_came():
    raw = f"<p>{TEXT}</p>".encode("utf-16")[:-1]
    assert parsed_text(raw).startswith(TEXT)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        (b"GIF89a\x01", "a GIF image"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "a RIFF file"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\x1f\x8b\x08\0", "gzip data"),
        (b' {"error": "not found"}', "JSON"),
        (b"\xef\xbb\xbf[1, 2]", "JSON"),
        (b'<?xml version="1.0"?>\n<rss version="2.0">', "a feed or sitemap"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', "a feed or sitemap"),
        (b"<?xml version='1.0'?><!-- made --><urlset>", "a feed or sitemap"),
        (b"<sitemapindex>", "a feed or sitemap"),
        (b"", "empty answer"),
        (b" \r\n\t\n", "empty answer"),
        (b"\xef\xbb\xbf", "empty answer"),
        (b"Too many requests, come back later", "without any HTML tag"),
    ],
)
def test_what_is_no_html_is_refused_by_address_and_by_what_was_found(body, found):
    with pytest.raises(UndecodablePage) as caught:
        parse_page(Page(ADDRESS, body))
    assert str(caught.value).startswith(f"{ADDRESS}: ")
    assert found in str(caught.value)


def test_another_media_type_is_refused_by_its_name():
    page = Page(ADDRESS, b"body { color: red }", "Text/CSS; charset=utf-8")
    with pytest.raises(UndecodablePage, match=r"text/css, not an HTML page"):
        parse_page(page)


@pytest.mark.parametrize(
    "media", [None, "text/html; charset=x", "application/xhtml+xml", "text/plain", ""]
)
def test_html_is_taken_under_the_types_servers_give_it(media):
    assert parsed_text(b"hello <b>there</b>", content_type=media) == "hello there"


def test_markup_is_read_under_a_wrong_media_type():
    assert parsed_text(b" <p>here</p>", content_type="application/json") == "here"


def test_a_page_without_any_element_is_refused():
    with pytest.raises(UndecodablePage, match="no HTML could be parsed"):
        parse_page(Page(ADDRESS, b"<!-- nothing but a remark -->"))


def test_comments_and_instructions_are_left_out():
    root = tree("<p>a<!-- x -->b<?php y ?>c</p>")
    assert all(isinstance(node.tag, str) for node in root.iter())
    assert root.text_content().strip() == "abc"


def test_unseen_elements_go_and_the_text_after_them_stays():
    root = tree("<p>one<script>x()</script> two<svg><text>y</text></svg> three</p>")
    strip_unseen(root)
    assert root.text_content().strip() == "one two three"
    assert not list(root.iter("script", "svg"))


def test_a_template_that_is_the_inside_of_an_element_is_read():
    root = parse_page(
        Page(
            ADDRESS,
            b"<p>a</p><x-tin><template shadowrootmode='open'><p>b</p></template></x-tin>"
            b"<template><p>c</p></template>",
        )
    )
    strip_unseen(root)
    assert root.text_content() == "ab"


def test_control_characters_do_not_make_broken_bytes_valid():
    assert parsed_text(b"<p>caf\xc3\x01\xa0</p>") == "caf\u00c3"


def test_a_page_nested_a_hundred_thousand_deep_is_cut_and_read():
    raw = b"<p>before</p>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000
    assert parsed_text(raw).startswith("before")


def test_a_page_of_fifty_megabytes_is_cut_and_read():
    raw = b"<p>first</p><pre>" + b"x" * 50_000_000
    root = parse_page(Page(ADDRESS, raw))
    kept = len(root.text_content())
    assert document.MAX_BYTES - 100 < kept < document.MAX_BYTES


@pytest.mark.parametrize("name", ["uu", "rot13", "zip", "hex"])
def test_a_codec_that_is_none_of_text_is_passed_over(name):
    body = f'<meta charset="{name}"><p>caf\u00e9</p>'.encode("cp1252")
    assert "caf\u00e9" in decode(body)
