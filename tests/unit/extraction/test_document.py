from __future__ import annotations

import unicodedata

import pytest

from scraper.errors import UndecodablePage
from scraper.extraction import document
from scraper.extraction.document import (
    MOST_ATTRIBUTES,
    MOST_BLOCKS,
    MOST_TAGS,
    MOST_TEXT,
    MOST_VALUES,
    decode,
    parse_markup,
    parse_page,
    strip_unseen,
)
from scraper.extraction.labeller import MOST_WEIGHED
from scraper.items import Page
from scraper.reading import read
from scraper.text import MOST_MARKS, clean, normalised
from tests.fuzz.test_long_runs import assert_in_proportion
from tests.unit.extraction.kit import ADDRESS, tree
from worlds.hostile.make import PARAGRAPHS, numbered, page

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


MARKS = "\u0301\u0323"
CLOSED = "<i></i>" * (MOST_TAGS // 2)
BEYOND = {
    "tags_beyond": (page(CLOSED), f"bytes after {MOST_TAGS:,} tags"),
    "blocks_beyond": (page("<p>a" * MOST_BLOCKS), f"all after {MOST_BLOCKS:,} blocks"),
    "attributes_beyond": (
        page(f"<p {numbered('b{n} ', MOST_ATTRIBUTES * 20)}>a</p>"),
        f"after the {MOST_ATTRIBUTES}th",
    ),
    "text_beyond": (page("một " * MOST_TEXT), "the rest of 1 blocks"),
    "json_ld_beyond": (
        page(
            head=f'<script type="application/ld+json">[{"1," * MOST_VALUES}1]</script>'
        ),
        f"values after {MOST_VALUES:,}",
    ),
    "marks_beyond": (
        page(f"<p>{'một ' * 50} a{MARKS * MOST_MARKS}"),
        "in 1 blocks",
    ),
}


@pytest.mark.parametrize("rule", BEYOND)
def test_what_is_beyond_a_bound_is_not_read_and_named(rule):
    body, what = BEYOND[rule]
    article = read(Page(ADDRESS, body))
    entry = next(entry for entry in article.ledger if entry.rule == rule)
    assert what in entry.evidence
    assert article.extraction.dropped[rule] == 1
    assert article.title == "Tiêu đề của một bài viết"


@pytest.mark.parametrize("rule", BEYOND)
def test_a_page_within_the_bounds_says_nothing_of_them(rule):
    assert not any(e.rule == rule for e in read(Page(ADDRESS, page())).ledger)


def test_the_article_before_a_bound_is_read_whole():
    alone = read(Page(ADDRESS, page()))
    followed = read(Page(ADDRESS, page(after="<i></i>" * MOST_TAGS)))
    assert followed.text == alone.text


def attributes_of(markup: str) -> int:
    return len(next(parse_markup(markup.encode()).iter("p")).attrib)


@pytest.mark.parametrize(
    "before",
    [
        *("", "<a b='", "<!-- <a ", '<script>a<b c="</script>', "<textarea><a b='"),
        *("<a <a <a ", "<a b=<c d='"),
    ],
)
def test_nothing_before_an_element_hides_how_many_attributes_it_has(before):
    ends = {"<a b='": "'>", "<!-- <a ": "-->", "<textarea><a b='": "</textarea>"}
    ends["<a b=<c d='"] = "'>"
    names = numbered("b{n}='>' ", 40_000)
    markup = f"<body>{before}{ends.get(before, '>')}<p {names}>a</p>"
    assert attributes_of(markup) == MOST_ATTRIBUTES


@pytest.mark.parametrize("first", ["", "b=c ", "b='c>' ", '="b="> " ', "b'c='> ' "])
def test_no_quote_in_an_element_hides_how_many_attributes_it_has(first):
    names = numbered("b{n} ", 40_000)
    markup = f"<body><p {first}{names}>a</p>"
    assert attributes_of(markup) == MOST_ATTRIBUTES


def test_a_few_elements_may_have_up_to_twice_as_many_attributes():
    several = MOST_ATTRIBUTES * 2 - 1
    element = f"<p {' '.join(f'b{n}' for n in range(several))}>a</p>"
    assert attributes_of(element) == several
    assert attributes_of(element * 21) == MOST_ATTRIBUTES


def test_a_script_that_looks_like_many_attributes_changes_nothing():
    script = f"<script>for(a=0;a<b;{'c d ' * MOST_ATTRIBUTES * 2})</script>"
    markup = f"<title>a</title>{script}<p id=x class=y>b <b>c</b> d<br>e{PARAGRAPHS}"
    plain, built = (
        parse_markup(each.encode()) for each in (markup.replace(" d ", ""), markup)
    )
    seen = [
        [(e.tag, e.text, e.tail, dict(e.attrib)) for e in r.iter() if e.tag != "script"]
        for r in (plain, built)
    ]
    assert seen[0] == seen[1]


def test_a_letter_keeps_as_many_marks_as_unicode_reckons_with():
    text = f"{'một ' * 50}a{MARKS * 40_000}b"
    assert len(clean(text)) <= len(clean("một " * 50)) + 3 + MOST_MARKS
    few = f"{'một ' * 50}a{MARKS * (MOST_MARKS // 2)}"
    assert clean(few) == unicodedata.normalize("NFC", few)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize("mark", ["\u0301\u0323", "\u064c\u064b", "\U0001d165\u0323"])
def test_marks_without_end_are_normalised_in_proportion(form, mark):
    def normalise(share: int) -> None:
        normalised("a" + mark * (100_000 // share), form)

    assert_in_proportion(normalise)


def test_the_blocks_of_a_page_are_weighed_up_to_a_bound():
    body = page("<p>một hai ba bốn" * (MOST_WEIGHED + 50))
    ledger = read(Page(ADDRESS, body), full=True, weigh=True).ledger
    assert any(entry.weighed for entry in ledger[:50])
    assert not any(entry.weighed for entry in ledger[-20:])
