from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import jsonschema
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scraper.exports import FORMATS, jsonl, render
from scraper.exports.jsonl import chunks_of
from scraper.items import Article, Block, BlockKind, Image, Kind
from scraper.schema import chunk_schema

VECTORS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "</title><script>alert(1)</script>",
    "</p></article><script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<script\x00>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<img src=`javascript:alert(1)`>",
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=data:text/html;base64,PHNjcmlwdD4=>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jAvAsCrIpT&colon;alert(1)'>x</a>",
    "<a href=&#106;&#97;&#118;&#97;script:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    "<a href=vbscript:msgbox(1)>x</a>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<button formaction=javascript:alert(1)>",
    "<input onfocus=alert(1) autofocus>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=javascript:alert(1)>",
    "<style>@import'javascript:alert(1)';</style>",
    "<div style='background:url(javascript:alert(1))'>",
    "<base href='javascript:alert(1)//'>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](<javascript:alert(1)>)",
    '[x](http://a "onmouseover=alert(1)")',
    "![x](javascript:alert(1))",
    "![x](x 'onerror=alert(1)')",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "`<script>`<script>alert(1)</script>",
    "```\n<script>alert(1)</script>",
    "    <script>alert(1)</script>",
    "x\n<script>alert(1)</script>\n",
    "\\<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "- <script>alert(1)</script>",
    "> <img src=x onerror=alert(1)>",
    "| a | <script>alert(1)</script> |",
    "javascript:alert(1)",
    "http://x/<script>alert(1)</script>",
    "http://x/\"onmouseover='alert(1)'",
    "http://x/ javascript:alert(1)",
)
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "article",
        "header",
        "h1",
        "h2",
    ),
    *("p", "b", "strong", "em", "ul", "ol", "li", "blockquote", "figure", "figcaption"),
    *("table", "thead", "tbody", "tr", "td", "th", "br", "hr", "a", "code", "pre"),
}
ATTRIBUTES = {"href", "lang", "charset", "name", "content", "style", "start", "title"}
COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable("table")


def full_of(make, vector: str):
    """Return an article that says *vector* wherever it says anything."""
    blocks = [Block(kind, vector, time=vector) for kind in BlockKind]
    return make(
        *blocks,
        url=vector,
        canonical_url=vector,
        title=vector,
        lead=vector,
        byline=vector,
        authors=(vector,),
        agency=vector,
        section=vector,
        tags=(vector,),
        breadcrumbs=(vector,),
        language=vector,
        images=(Image(vector, vector, vector),),
    )


def check(html: str) -> None:
    """Fail on an element, an attribute or a link that no export has need of."""
    for element in lxml.html.document_fromstring(html).iter():
        assert element.tag in ELEMENTS, html
        assert set(element.attrib) <= ATTRIBUTES, html
        link = element.get("href")
        assert link is None or urlsplit(link).scheme in {"http", "https"}, html


@pytest.mark.parametrize("vector", VECTORS)
def test_html_holds_no_script(make, vector: str) -> None:
    check(render(full_of(make, vector), "html"))


@pytest.mark.parametrize("vector", VECTORS)
def test_markdown_renders_to_no_script(make, vector: str) -> None:
    check(COMMONMARK.render(render(full_of(make, vector), "markdown")))


@pytest.mark.parametrize("form", ["html", "markdown", "text"])
def test_no_export_commands_a_terminal(make, form: str) -> None:
    said = full_of(make, "a\x1b]0;b\x07\x9b31m\u202ec")
    out = io.BytesIO()
    FORMATS[form].write([said], out)
    written = out.getvalue().decode()
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(written)


LETTERS = "aBđ1 \n\t\u00a0\u2028.!?…”"
BLOCKS = st.builds(
    Block,
    st.sampled_from(BlockKind),
    st.text(LETTERS, max_size=80),
    st.sampled_from(["", "10:15"]),
)
ARTICLES = st.builds(
    Article,
    url=st.just("https://example.vn/tin.htm"),
    canonical_url=st.just("https://example.vn/tin.htm"),
    site=st.just("example.vn"),
    kind=st.just(Kind.ARTICLE),
    lead=st.text(LETTERS, max_size=40),
    lead_source=st.sampled_from(["page", "meta"]),
    blocks=st.lists(BLOCKS, max_size=8).map(tuple),
)


def texts(article, most):
    return [chunk["text"] for chunk in chunks_of(article, most)]


@given(ARTICLES, st.integers(1, 30))
def test_chunks_are_the_whole_text_in_its_order_and_none_is_too_long(article, most):
    made, text = chunks_of(article, most), article.text
    at, between = 0, []
    for chunk in made:
        assert 1 <= len(chunk["text"].split()) <= most
        assert chunk["text"] == chunk["text"].strip()
        between.append(text[at : chunk["start"]])
        at = chunk["start"] + len(chunk["text"])
        assert text[chunk["start"] : at] == chunk["text"]
    assert "".join([*between, text[at:]]).strip() == ""
    assert " ".join(texts(article, most)).split() == text.split()
    assert [chunk["position"] for chunk in made] == list(range(len(made)))


@given(ARTICLES, st.integers(1, 30))
def test_a_paragraph_that_fits_is_in_one_chunk(article, most):
    made = texts(article, most)
    for _, part in article.text_parts():
        if 0 < len(part.split()) <= most:
            assert any(part.strip() in text for text in made)


def test_a_text_that_fits_is_one_chunk(make):
    article = make("Một hai.", "Ba bốn.")
    assert texts(article, 4) == [article.text] == ["Một hai.\n\nBa bốn."]


def test_paragraphs_are_put_together_while_they_fit(make):
    article = make("Một hai.", "Ba bốn.", "Năm sáu.")
    assert texts(article, 4) == ["Một hai.\n\nBa bốn.", "Năm sáu."]
    assert texts(article, 3) == ["Một hai.", "Ba bốn.", "Năm sáu."]


def test_a_paragraph_that_is_too_long_is_cut_where_sentences_end(make):
    article = make("Mưa to ở Huế. Nước lên nhanh! “Chạy đi!” Ông nói.")
    assert texts(article, 4) == [
        "Mưa to ở Huế.",
        "Nước lên nhanh!",
        "“Chạy đi!” Ông nói.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "TP. Hồ Chí Minh mưa.",
        "PGS.TS. Lê An nói.",
        "Giá 1.000 đồng... mỗi cân.",
        "“GS. An nói.”",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(make, sentence):
    article = make(f"Bão vào. {sentence}")
    assert texts(article, len(sentence.split())) == ["Bão vào.", sentence]


def test_a_sentence_that_is_too_long_is_cut_between_words(make):
    article = make("một hai ba bốn năm, sáu bảy tám chín mười.")
    assert texts(article, 4) == ["một hai ba bốn", "năm, sáu bảy tám", "chín mười."]


def test_a_table_is_cut_between_its_rows(make):
    article = make(Block(BlockKind.TABLE, "Huế\t3\nHà Nội\t4\nVinh\t5"))
    assert texts(article, 4) == ["Huế\t3", "Hà Nội\t4", "Vinh\t5"]


@pytest.mark.parametrize("kind", [BlockKind.HEADING, BlockKind.QUESTION])
def test_what_leads_on_stays_with_what_follows(make, kind):
    article = make("Một hai ba.", Block(kind, "Vì sao?"), "Bốn năm sáu.", "Bảy.")
    assert texts(article, 5) == ["Một hai ba.", "Vì sao?\n\nBốn năm sáu.", "Bảy."]


def test_a_heading_stays_with_the_first_sentence_of_a_long_paragraph(make):
    article = make(Block(BlockKind.HEADING, "Mục lớn"), "Một hai. Ba bốn năm. Sáu.")
    assert texts(article, 5) == ["Mục lớn\n\nMột hai.", "Ba bốn năm. Sáu."]


def test_a_chunk_names_the_heading_that_it_stands_under(make):
    article = make("Một.", Block(BlockKind.HEADING, "Mục lớn"), "Hai ba.", "Bốn năm.")
    made = chunks_of(article, 4)
    headings = {chunk["text"]: chunk["heading"] for chunk in made}
    assert headings == {
        "Một.": "",
        "Mục lớn\n\nHai ba.": "Mục lớn",
        "Bốn năm.": "Mục lớn",
    }
    assert [chunk["heading"] for chunk in chunks_of(article, 20)] == [""]


def test_captions_and_embeds_are_in_no_chunk(full):
    assert not any("Ảnh: An" in t or "Phim ngắn" in t for t in texts(full, 5))


def test_a_chunk_carries_what_is_cited_of_its_article(full):
    gone = datetime(2025, 8, 1, tzinfo=UTC)
    article = replace(full, revision=2, gone_at=gone)
    made = chunks_of(article, 10)
    assert len(made) > 1
    for position, chunk in enumerate(made):
        jsonschema.Draft202012Validator(chunk_schema()).validate(chunk)
        assert chunk["id"] == f"{article.id}-{position}"
        assert (chunk["revision"], chunk["chunks"]) == (2, len(made))
        assert chunk["published_at"] == "2025-07-11T14:06:23+07:00"
        assert chunk["gone_at"] == "2025-08-01T00:00:00+00:00"
        record = article.to_dict()
        for name in ("url", "title", "site", "section", "language", "kind"):
            assert chunk[name] == record[name]


def test_written_they_are_json_lines_and_articles_are_counted(full, make):
    out = io.BytesIO()
    assert (
        jsonl.write_chunks(iter([full, make(), make("Một hai ba.")]), out, most=2) == 3
    )
    records = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    expected = chunks_of(full, 2) + chunks_of(make("Một hai ba."), 2)
    assert records == expected
