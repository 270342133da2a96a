from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scraper.extraction.head import (
    base_url,
    canonical_url,
    extract_breadcrumbs,
    extract_language,
    extract_section,
    extract_tags,
    is_paywalled,
    read_head,
)
from scraper.extraction.json_ld import StructuredData
from tests.unit.extraction.kit import head_of, tree


def read(extract, body="<p>x</p>", *, head="", lang="vi", data=None):
    """Run *extract* with the tree, what its head declares and its JSON-LD."""
    root = tree(body, head=head, lang=lang)
    stated = read_head(root, PAGE)
    return extract(root, replace(stated, data=data) if data else stated)


def json_ld(**fields):
    return f'<script type="application/ld+json">{json.dumps(fields)}</script>'


@pytest.mark.parametrize("attribute", ["property", "name", "itemprop", "http-equiv"])
def test_a_declaration_is_found_under_any_attribute_and_case(attribute):
    head = f'<meta {attribute}="OG:Type" content=" a  b ">'
    assert head_of(head).declared.first("og:type") == "a b"


def test_a_declaration_may_be_written_as_a_value():
    head = '<meta name="date" value="2025-07-04"><meta name="a" content="x" value="y">'
    declared = head_of(head).declared
    assert (declared.first("date"), declared.first("a")) == ("2025-07-04", "x")


def test_the_first_name_with_a_value_counts():
    declared = head_of('<meta name="a" content=""><meta name="b" content="x">').declared
    assert declared.first("a", "b") == "x"
    assert declared.first("c") == ""


def test_all_values_of_a_name_are_kept_in_page_order():
    declared = head_of(
        '<meta name="a" content="1"><meta name="a" content="2">'
    ).declared
    assert declared.all("a") == ["1", "2"]
    assert declared.all("b") == []


PAGE = "https://www.example.com/van-hoa/xe-sach-1.htm"


def canonical_of(head, url=PAGE):
    root = tree("<p>x</p>", head=head)
    base = base_url(root, url)
    return canonical_url(root, read_head(root, url), base=base)


def link(href, rel="canonical"):
    return f'<link rel="{rel}" href="{href}">'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (link("/b/a.htm?utm_source=x"), "https://www.example.com/b/a.htm"),
        (link("/b/a.htm#top", "next Canonical"), "https://www.example.com/b/a.htm"),
        (link("https://example.com/b/a.htm"), "https://example.com/b/a.htm"),
        (link("/b/a.htm", "alternate"), PAGE),
        ('<meta property="og:url" content="/b/c">', "https://www.example.com/b/c"),
        (
            link(" ") + '<meta name="og:url" content="/b/c">',
            "https://www.example.com/b/c",
        ),
    ],
)
def test_a_page_declares_its_own_address(head, expected):
    assert canonical_of(head) == expected


@pytest.mark.parametrize(
    "href",
    [
        "",
        "https://other.example/b/a.htm",
        "https://www.example.com/",
        "https://example.com",
        "javascript:void(0)",
        "http://[x/",
    ],
)
def test_an_address_that_is_not_the_pages_own_is_not_believed(href):
    assert canonical_of(link(href), f"{PAGE}?fbclid=1#x") == PAGE


def test_a_page_may_declare_an_address_in_the_root():
    found = canonical_of(link("/xe-sach-post1.html"))
    assert found == "https://www.example.com/xe-sach-post1.html"


def test_a_home_page_may_declare_itself():
    found = canonical_of(
        link("https://www.example.com"), "https://www.example.com/?x=1"
    )
    assert found == "https://www.example.com/"


def test_a_page_of_no_known_address_is_believed():
    assert canonical_of(link("https://a.example/b"), "") == "https://a.example/b"


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("vi-VN", "", "vi"),
        ("EN_us", "", "en"),
        ("", '<meta property="og:locale" content="fr_FR">', "fr"),
        ("", '<meta http-equiv="content-language" content="vi">', "vi"),
        ("", json_ld(**{"@type": "NewsArticle", "inLanguage": "en-GB"}), "en"),
        ("vietnamese", "", ""),
        *(("vie", "", "vi"), ("fra-CA", "", "fr"), ("ger", "", "de"), ("iw", "", "he")),
        *(
            (wrong, "", "")
            for wrong in ("vn", "jp", "cn", "cz", "ua", "und", "x-default")
        ),
        ("jp", '<meta property="og:locale" content="ja_JP">', "ja"),
        ("", "", ""),
    ],
)
def test_the_language_is_the_one_the_page_declares(lang, head, language):
    assert read(extract_language, head=head, lang=lang) == language


def test_the_language_of_an_xhtml_page_is_read():
    root = tree("<p>x</p>", lang="")
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "vi")
    assert extract_language(root, read_head(root, PAGE)) == "vi"


def tag_meta(*tags):
    return "".join(f'<meta property="article:tag" content="{t}">' for t in tags)


TAGS = ("sách", "bản làng")
PRINTED = '<div class="keysword"><a>sách</a><a>#bản  làng</a></div>'
KEYWORDS = '<meta name="news_keywords" content="sách,bản làng">'


@pytest.mark.parametrize(
    ("body", "head", "tags"),
    [
        ("<p>x</p>", tag_meta("sách", "bản làng"), ("sách", "bản làng")),
        ("<p>x</p>", tag_meta("sách, bản làng"), ("sách", "bản làng")),
        (PRINTED, KEYWORDS, ("sách", "bản làng")),
        ("<p>x</p>", KEYWORDS, ("sách", "bản làng")),
        (PRINTED, tag_meta("chợ", "phiên"), ("chợ", "phiên")),
        (
            '<p class="tags"><a>Chợ &amp;amp; bến</a><a>Caf&amp;eacute;</a></p>',
            "",
            ("Chợ & bến", "Café"),
        ),
        *(
            ("<p>x</p>", f'<meta name="keywords" content="sách{comma}bản làng">', TAGS)
            for comma in (",", "; ", "，", "、")
        ),
        ('<div class="tags"></div>', KEYWORDS, ("sách", "bản làng")),
        (
            "<p>x</p>",
            json_ld(**{"@type": "NewsArticle", "keywords": ["sách", "bản"]}),
            ("sách", "bản"),
        ),
        ("<p>x</p>", tag_meta("Sách", "sách", " ,", "rất dài " * 7), ("Sách",)),
        ("<p>x</p>", tag_meta("chợ,bến phà,ghe"), ("chợ", "bến phà", "ghe")),
        ("<p>x</p>", tag_meta("a, b, c", "d"), ("a", "b", "c", "d")),
        ("<p>x</p>", tag_meta("Chợ Bến, Đồi Cao", "d"), ("Chợ Bến, Đồi Cao", "d")),
        ("<p>x</p>", "", ()),
    ],
)
def test_tags_are_declared_or_printed_each_once(body, head, tags):
    assert read(extract_tags, body, head=head) == tags


CRUMBS = (
    '<ul class="breadcrumb"><li><a>Trang chủ</a><li><a>Văn hóa</a><li><a></a>'
    "<li><a>Văn hóa</a></ul>"
)
CRUMB_DATA = json_ld(
    **{"@type": "BreadcrumbList", "itemListElement": [{"name": "Home"}, {"name": "B"}]}
)


@pytest.mark.parametrize(
    ("body", "head", "crumbs"),
    [
        (CRUMBS, CRUMB_DATA, ("Văn hóa",)),
        ("<p>x</p>", CRUMB_DATA, ("B",)),
        ('<nav aria-label="Breadcrumb"><a>Xã hội</a></nav>', "", ("Xã hội",)),
        (
            '<ol class="breadcrumb"><li><a>Chợ &amp;amp; bến</a></li></ol>',
            "",
            ("Chợ & bến",),
        ),
        ('<div id="breadcrumbs"><a></a></div>', CRUMB_DATA, ("B",)),
        (
            '<p itemtype="https://schema.org/BreadcrumbList"><a>Xã hội</a></p>',
            "",
            ("Xã hội",),
        ),
        ('<p class="breadcrumb"><a>Xã hội</a></p>', "", ()),
        ("<p>x</p>", "", ()),
    ],
)
def test_breadcrumbs_are_printed_or_declared_without_home(body, head, crumbs):
    root = tree(body, head=head)
    assert extract_breadcrumbs(root, read_head(root, PAGE)) == crumbs


@pytest.mark.parametrize(
    ("body", "head", "crumbs", "section"),
    [
        (
            '<h4 class="cate">In</h4>',
            '<meta property="article:section" content="Văn hóa">',
            (),
            "Văn hóa",
        ),
        ('<h4 class="cate"> Văn  hóa </h4>', "", ("A",), "Văn hóa"),
        ('<a class="section-name">Văn hóa</a>', "", (), "Văn hóa"),
        ('<div class="category"></div>', "", ("A", "B"), "B"),
        (f'<div class="category">{"dài " * 9}</div>', "", ("A",), "A"),
        (
            "<p>x</p>",
            json_ld(**{"@type": "NewsArticle", "articleSection": "Xã hội"}),
            ("A",),
            "Xã hội",
        ),
        ("<p>x</p>", "", (), ""),
    ],
)
def test_the_section_is_declared_printed_or_the_last_breadcrumb(
    body, head, crumbs, section
):
    root = tree(body, head=head)
    assert extract_section(root, read_head(root, PAGE), crumbs) == section


@pytest.mark.parametrize(
    ("tier", "paywalled"), [("Locked", True), ("metered", True), ("free", False)]
)
def test_a_declared_tier_tells_of_a_paywall(tier, paywalled):
    head = head_of(f'<meta property="article:content_tier" content="{tier}">')
    assert is_paywalled(head) is paywalled


def test_data_that_is_not_free_tells_of_a_paywall():
    assert is_paywalled(head_of(data=StructuredData(free=False)))


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ('<base href="/b/">', "https://www.example.com/b/c"),
        (
            '<base target="_top"><base href="https://www.example.com/d/">',
            "https://www.example.com/d/c",
        ),
        ('<base href="javascript:x">', "https://www.example.com/a/c"),
        ('<base href="http://[">', "https://www.example.com/a/c"),
    ],
)
def test_a_relative_address_refers_to_the_base_of_the_page(bases, expected):
    root = tree("<p>x</p>", head=f'{bases}<link rel="canonical" href="c">')
    url = "https://www.example.com/a/b"
    base = base_url(root, url)
    assert canonical_url(root, read_head(root, url), base=base) == expected


@pytest.mark.parametrize(
    ("stated", "crumbs", "section"),
    [
        ("Chợ,Bến phà", (), "Chợ"),
        ("Chợ, Bến phà, Ghe", (), "Chợ"),
        ("Chợ, Bến phà", ("Chợ",), "Chợ"),
        ("Food, Drink", (), "Food, Drink"),
    ],
)
def test_of_several_sections_in_one_element_the_first_counts(stated, crumbs, section):
    head = f'<meta property="article:section" content="{stated}">'
    root = tree("<p>x</p>", head=head)
    assert extract_section(root, read_head(root, PAGE), crumbs) == section


@pytest.mark.parametrize("element", ["span", "a", "p"])
def test_a_section_is_known_by_its_microdata(element):
    root = tree(f'<{element} itemprop="articleSection">Bến phà</{element}>')
    assert extract_section(root, read_head(root, PAGE), ()) == "Bến phà"
