"""Links and images in Markdown, HTML and JSON, as readers of these formats see them."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from urllib.parse import quote

import jsonschema
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scraper.errors import ConfigurationError
from scraper.exports import FORMATS, PAGE_FORMATS, Extras, exporter, render
from scraper.items import Article, Block, BlockKind, Image, Kind, Link
from scraper.schema import article_schema

BOTH = Extras(links=True, images=True)
LINKS, IMAGES = Extras(links=True), Extras(images=True)
A, B = "https://a.vn/x", "https://b.vn/y?a=1&b=2"
SAID = "Cầu mới. Ảnh: An"


def linked(kind, text, *links, time=""):
    """Return a block of *text* with *links*: pairs of words in it and a URL."""
    made, at = [], 0
    for words, url in links:
        at = text.index(words, at)
        made.append(Link(words, url, at))
        at += len(words)
    return Block(kind, text, time, tuple(made))


def paragraph(text, *links):
    return linked(BlockKind.PARAGRAPH, text, *links)


def reader():
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.normalizeLink = lambda url: url
    markdown.validateLink = lambda _: True
    return markdown


def seen_in_markdown(text):
    """Return the links of *text* as words and URL, and its images as alt and URL."""
    links, images = [], []
    for token in reader().parse(text):
        words, url = [], None
        for child in token.children or ():
            if child.type == "link_open":
                words, url = [], child.attrs["href"]
            elif child.type == "link_close":
                links.append(("".join(words), url))
                url = None
            elif child.type == "image":
                images.append((child.content, child.attrs["src"]))
            else:
                breaks = {"softbreak": "\n", "hardbreak": "\n"}
                words.append(breaks.get(child.type, child.content))
    return links, images


def seen_in_html(text):
    """Return the links of the body and its images, likewise."""
    (article,) = lxml.html.document_fromstring(text).iter("article")
    article.remove(article.find("header"))
    links = [(a.text_content(), a.get("href")) for a in article.iter("a")]
    return links, [(i.get("alt"), i.get("src")) for i in article.iter("img")]


def body_of(markdown):
    """Return what follows the title and the facts."""
    return markdown.split("\n\n", 2)[2]


@pytest.fixture
def whole(full) -> Article:
    """*full* with links in a block of every kind, and images with and without captions."""
    blocks = [
        linked(b.kind, b.text, *[(w, A) for w in b.text.split()[:1]], time=b.time)
        for b in full.blocks
    ]
    images = (
        Image("https://anh.vn/a.jpg", SAID, "An", 2),
        Image("https://anh.vn/dau.jpg"),
        Image("https://anh.vn/giua.jpg", position=5),
        Image("https://anh.vn/cuoi.jpg", position=len(blocks)),
    )
    lead_links = (Link("Sapo", B, 0),)
    return replace(full, blocks=tuple(blocks), images=images, lead_links=lead_links)


def test_markdown_shows_links_and_images_where_the_page_has_them(whole):
    assert (
        body_of(render(whole, "markdown", BOTH))
        == """\
[Sapo](https://b.vn/y?a=1&b=2).

![](https://anh.vn/dau.jpg)

[Đoạn](https://a.vn/x) một.

## [Mục](https://a.vn/x) lớn

![Cầu mới. Ảnh: An](https://anh.vn/a.jpg)

*[Cầu](https://a.vn/x) mới. Ảnh: An*

> [Câu](https://a.vn/x) trích

- [gạo](https://a.vn/x)

![](https://anh.vn/giua.jpg)

- [muối](https://a.vn/x)

| [Tỉnh](https://a.vn/x) | Số |
| --- | --- |
| Huế | 3 |
| Hà Nội |  |

**[Vì](https://a.vn/x) sao?**

[Vì](https://a.vn/x) vậy.

**10:15** [Bão](https://a.vn/x) vào bờ

> [Phim](https://a.vn/x) ngắn

![](https://anh.vn/cuoi.jpg)
"""
    )


@pytest.mark.parametrize("fmt", ["markdown", "html"])
def test_links_and_images_come_only_when_asked_for(whole, fmt):
    seen = {"markdown": seen_in_markdown, "html": seen_in_html}[fmt]
    plain = render(replace(whole, url=""), fmt)
    assert seen(plain) == ([], [])
    assert plain == render(
        replace(
            whole,
            url="",
            lead_links=(),
            images=(),
            blocks=tuple(replace(b, links=()) for b in whole.blocks),
        ),
        fmt,
    )
    links, none = seen(render(replace(whole, url=""), fmt, LINKS))
    assert (len(links), none) == (len(whole.blocks) + 1, [])
    none, images = seen(render(replace(whole, url=""), fmt, IMAGES))
    assert ([url for _, url in images], none) == (
        [f"https://anh.vn/{name}.jpg" for name in ("dau", "a", "giua", "cuoi")],
        [],
    )


def test_html_shows_links_and_figures(whole):
    text = render(whole, "html", BOTH)
    assert f'<h2><a href="{A}">Mục</a> lớn</h2>' in text
    assert f'<td><a href="{A}">Tỉnh</a></td><td>Số</td>' in text
    assert '<strong><a href="https://b.vn/y?a=1&amp;b=2">Sapo</a>.</strong>' in text
    assert (
        '<figure><img src="https://anh.vn/a.jpg" alt=""><figcaption>'
        f'<a href="{A}">Cầu</a> mới. Ảnh: An</figcaption></figure>' in text
    )
    assert '<figure><img src="https://anh.vn/dau.jpg" alt=""></figure>' in text
    assert text.count("Cầu</a> mới") == 1


@pytest.mark.parametrize(
    ("image", "line"),
    [
        (Image(A, "Cầu mới", "An"), "*Cầu mới (An)*"),
        (Image(A, "Cầu mới. Ảnh: An", "An"), "*Cầu mới. Ảnh: An*"),
        (Image(A, "", "An"), "*An*"),
        (Image(A, "Cầu mới"), "*Cầu mới*"),
    ],
)
def test_a_credit_is_said_once(make, image, line):
    text = render(make("một", images=(image,)), "markdown", IMAGES)
    assert f"]({A})\n\n{line}\n\nmột\n" in text
    shown = lxml.html.document_fromstring(
        render(make("một", images=(image,)), "html", IMAGES)
    )
    assert shown.findtext(".//figcaption") == line.strip("*")


def test_a_picture_beside_a_captioned_one_leaves_it_its_caption(make):
    images = (Image(A, SAID, "An", 0), Image(B, position=0))
    article = make(Block(BlockKind.CAPTION, SAID), "một", images=images)
    assert body_of(render(article, "markdown", IMAGES)) == (
        f"![]({B})\n\n![{SAID}]({A})\n\n*{SAID}*\n\nmột\n"
    )


def test_a_caption_whose_picture_has_no_address_is_shown_alone(make):
    article = make(Block(BlockKind.CAPTION, SAID), images=(Image("", SAID, "An"),))
    assert body_of(render(article, "markdown", IMAGES)) == f"*{SAID}*\n"


def test_an_image_is_shown_once_and_one_from_beyond_the_text_at_its_end(make):
    images = (Image(A, position=99), Image(A, "khác"), Image(B, position=-3))
    shown = body_of(render(make("một", images=images), "markdown", IMAGES))
    assert shown == f"![]({B})\n\nmột\n\n![]({A})\n"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/png;base64,R0", "/xe.jpg", "tel:113"]
)
@pytest.mark.parametrize("fmt", ["markdown", "html", "json"])
def test_an_address_that_is_not_of_the_web_never_leaves(make, fmt, url):
    block = paragraph("một hai", ("hai", url))
    article = make(block, lead="Sapo.", lead_links=(Link("Sapo", url, 0),))
    assert url not in render(article, fmt, BOTH)
    if fmt != "json":
        assert url not in render(replace(article, images=(Image(url),)), fmt, BOTH)


@pytest.mark.parametrize(
    "link",
    [
        Link("hai", A, 3),
        Link("khác", A, 4),
        Link("hai", A, 40),
        Link("hai", A, -3),
        Link("", A, 4),
    ],
)
@pytest.mark.parametrize("fmt", ["markdown", "html", "json"])
def test_a_link_that_does_not_stand_where_it_says_is_left_out(make, fmt, link):
    article = make(Block(BlockKind.PARAGRAPH, "một hai", "", (link,)))
    assert A not in render(article, fmt, LINKS)


def test_of_links_within_each_other_the_first_counts(make):
    links = (Link("hai", B, 4), Link("một hai", A, 0))
    article = make(Block(BlockKind.PARAGRAPH, "một hai", "", links))
    assert body_of(render(article, "markdown", LINKS)) == f"[một hai]({A})\n"


def test_a_link_over_several_cells_leads_there_from_each(make):
    text = "a\tb\nc\td"
    table = Block(BlockKind.TABLE, text, "", (Link("b\nc\td", A, 2),))
    shown = render(make(table, url=""), "markdown", LINKS)
    assert seen_in_markdown(shown)[0] == [("b", A), ("c", A), ("d", A)]
    assert [w for w, _ in seen_in_html(render(make(table), "html", LINKS))[0]] == [
        "b",
        "c",
        "d",
    ]


def test_an_exclamation_mark_before_a_link_makes_no_image(make):
    block = paragraph("Ồ!tin", ("tin", A))
    assert seen_in_markdown(render(make(block, url=""), "markdown", LINKS)) == (
        [("tin", A)],
        [],
    )


@pytest.mark.parametrize("rest", ["?a=1&lt;b", "&copy;", "&#38;x", "(a)_(b)", "a'\"b"])
def test_a_url_that_looks_like_signs_of_the_format_stays(make, rest):
    block = paragraph("một tin", ("tin", f"{A}{rest}"))
    article = make(block, url="", images=(Image(f"{B}{rest}"),))
    expected = [("tin", f"{A}{rest}")], [("", f"{B}{rest}")]
    assert seen_in_markdown(render(article, "markdown", BOTH)) == expected
    assert seen_in_html(render(article, "html", BOTH)) == expected


_SIGNS = "ab1 #*_-+>.)[](){}<>!`|~=&;:\\\"'đ"
_WORDS = st.text(st.sampled_from(_SIGNS), max_size=6).map(
    lambda text: " ".join(text.split()) or "a"
)
_URLS = st.text(st.sampled_from(_SIGNS + "%?/\n"), max_size=8).map(
    lambda rest: f"https://a.vn/{rest}"
)
_KINDS = st.sampled_from([kind for kind in BlockKind if kind is not BlockKind.TABLE])


def in_a_url(url):
    return re.sub(r"\s+", lambda space: quote(space[0]), url)


@given(_KINDS, st.lists(st.tuples(_WORDS, _URLS, _WORDS), min_size=1, max_size=3))
def test_any_link_comes_back_as_it_was_given(kind, given_links):
    links, text = [], "x "
    for words, url, after in given_links:
        links.append(Link(words, url, len(text)))
        text += f"{words} {after} "
    article = article_with(Block(kind, text.strip(), "", tuple(links)))
    expected = [(link.text, in_a_url(link.url)) for link in links]
    assert seen_in_markdown(render(article, "markdown", BOTH)) == (expected, [])
    as_html = [(link.text, link.url) for link in links]
    assert seen_in_html(render(article, "html", BOTH)) == (as_html, [])


@given(st.lists(st.tuples(_WORDS, _URLS), min_size=4, max_size=4))
def test_any_link_in_a_table_comes_back_as_it_was_given(cells):
    text, links = "", []
    for (words, url), end in zip(cells, "\t\n\t\n", strict=True):
        links.append(Link(words, url, len(text)))
        text += words + end
    article = article_with(Block(BlockKind.TABLE, text[:-1], "", tuple(links)))
    expected = [(words, in_a_url(url)) for words, url in cells]
    assert seen_in_markdown(render(article, "markdown", LINKS))[0] == expected
    assert seen_in_html(render(article, "html", LINKS))[0] == cells


@given(_WORDS, _URLS, st.sampled_from(("", "An (TTXVN)")))
def test_any_image_comes_back_as_it_was_given(caption, url, credit):
    image = Image(url, caption, credit)
    article = replace(article_with(Block(BlockKind.PARAGRAPH, "x")), images=(image,))
    links, images = seen_in_markdown(render(article, "markdown", BOTH))
    assert (links, [shown for _, shown in images]) == ([], [in_a_url(url)])
    assert seen_in_html(render(article, "html", BOTH)) == ([], [("", url)])


def article_with(block) -> Article:
    return Article(
        url="", canonical_url="", site="", kind=Kind.ARTICLE, title="t", blocks=(block,)
    )


def test_json_has_links_and_images_at_their_blocks_when_asked_for(whole):
    plain, record = whole.to_dict(), whole.to_dict(links=True, images=True)
    for each in (plain, record, whole.to_dict(links=True), whole.to_dict(images=True)):
        jsonschema.validate(each, article_schema())
    assert "lead_links" not in plain
    assert [set(b) for b in plain["blocks"]] == [{"kind", "text", "time"}] * 11
    assert record["lead_links"] == [{"text": "Sapo", "url": B, "start": 0}]
    assert record["blocks"][1]["links"] == [{"text": "Mục", "url": A, "start": 0}]
    assert record["blocks"][2]["images"] == [plain["images"][0]]
    assert [len(block["images"]) for block in record["blocks"]] == [
        *(1, 0, 1, 0, 0, 1),
        *(0, 0, 0, 0, 1),
    ]
    assert Article.from_dict(json.loads(json.dumps(record))) == whole
    assert record["images"] == plain["images"]


def test_an_article_of_images_alone_has_no_block_to_carry_them(make):
    record = make(lead="Sapo.", images=(Image(A),)).to_dict(links=True, images=True)
    assert (record["blocks"], len(record["images"])) == ([], 1)


def test_the_methods_of_an_article_show_what_is_asked_for(whole):
    assert whole.to_markdown(links=True) == render(whole, "markdown", LINKS)
    assert whole.to_markdown(images=True) == render(whole, "markdown", IMAGES)
    assert whole.to_html(links=True, images=True) == render(whole, "html", BOTH)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_file_holds_what_one_article_does_or_the_format_is_refused(whole, fmt):
    out = io.BytesIO()
    if fmt not in ("jsonl", "markdown", "html"):
        with pytest.raises(
            ConfigurationError, match=f"{fmt} holds no links and images"
        ):
            exporter(fmt, BOTH)
        with pytest.raises(ConfigurationError, match="leave out --images"):
            exporter(fmt, IMAGES)
        assert exporter(fmt) is FORMATS[fmt].write
        return
    assert exporter(fmt, BOTH)([whole], out) == 1
    text = out.getvalue().decode()
    if fmt == "jsonl":
        assert json.loads(text) == whole.to_dict(links=True, images=True)
    else:
        assert A in text
        assert "anh.vn/cuoi.jpg" in text


@pytest.mark.parametrize("fmt", set(PAGE_FORMATS) - {"markdown", "html", "json"})
def test_one_article_in_a_format_that_holds_no_links_is_refused(whole, fmt):
    with pytest.raises(ConfigurationError, match="holds no links: use --format"):
        render(whole, fmt, LINKS)
