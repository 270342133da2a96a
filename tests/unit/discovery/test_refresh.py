"""Where a page sends a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery.links import find_refresh

URL = "https://example.org/tin/cu.htm"
NEW = "https://example.org/moi.htm"


def page(content: str, *, before: str = "", after: str = "") -> bytes:
    meta = f"<meta http-equiv='refresh' content=\"{content}\">"
    return f"<html><head>{before}{meta}{after}</head><body><p>x</p></body>".encode()


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        *(("0; url=/moi.htm", 0), ("0;URL='/moi.htm'", 0), ("5;/moi.htm", 5)),
        *(("3, url = /moi.htm", 3), ("0 https://example.org/moi.htm", 0)),
        *((".5;url=/moi.htm", 0), ("00;\nURL = /moi.htm", 0)),
        *(("0;url=//example.org/moi.htm", 0), ("0,/moi.htm", 0)),
        *((" 0.5 ; Url=../moi.htm ", 0), ("1800; url=/moi.htm#top", 1800)),
    ],
)
def test_every_spelling_is_read(content: str, seconds: int) -> None:
    assert find_refresh(page(content), url=URL) == (NEW, seconds)


@pytest.mark.parametrize(
    "meta",
    [
        '<META HTTP-EQUIV="Refresh" CONTENT="0; URL=/moi.htm">',
        '<meta content="0; url=/moi.htm" http-equiv=refresh />',
        '<noscript><meta http-equiv="refresh" content="0; url=/moi.htm"></noscript>',
        '<base href="/"><meta http-equiv="refresh" content="0; url=moi.htm">',
        '<base href="https://example.org/x/y"><meta http-equiv=refresh content="0;../moi.htm">',
        "<meta http-equiv=refresh content=0;url=/moi.htm>",
        '</head><body><p>x</p><meta http-equiv="refresh " content="0;url=/moi.htm">',
        f"<style>{'a{}' * 5000}</style><meta http-equiv='REFRESH' content='0;/moi.htm'>",
    ],
)
def test_every_form_of_the_element_is_read(meta: str) -> None:
    found = find_refresh(f"<html><head>{meta}</head><body></body>".encode(), url=URL)
    assert found == (NEW, 0)


@pytest.mark.parametrize(
    "content",
    [
        *("1800", "0", "0;", "0; url=", "url=/moi.htm", "soon; url=/moi.htm"),
        *(
            "0; url=cu.htm",
            "0; url=#top",
            "5; url=https://EXAMPLE.org/tin/cu.htm?utm_source=x",
        ),
        *("0; url=javascript:go()", "0; url=file:///etc/passwd", "0; url=app://open"),
    ],
)
def test_what_reloads_the_page_or_is_no_address_is_nowhere(content: str) -> None:
    assert find_refresh(page(content), url=URL) is None


def test_a_refresh_far_behind_the_head_is_ignored() -> None:
    filler = "</head><body>" + "<p>một hai</p>" * 2000
    assert find_refresh(page("0; url=/moi.htm", before=filler), url=URL) is None


@pytest.mark.parametrize("inert", ["script", "textarea", "template", "style"])
def test_what_a_page_only_quotes_is_nowhere(inert: str) -> None:
    quoted = page("0; url=/moi.htm", before=f"<{inert}>", after=f"</{inert}>")
    assert find_refresh(quoted, url=URL) is None
    assert find_refresh(b"<!--" + page("0; url=/a") + b"--><p>x", url=URL) is None


def test_an_article_for_browsers_without_a_script_is_read() -> None:
    meta = '<noscript><meta http-equiv="refresh" content="0; url=/moi.htm"></noscript>'
    text = "<p>Một hai ba bốn năm sáu.</p>" * 30
    body = f"<html><head>{meta}</head><body>{text}</body>".encode()
    assert find_refresh(body, url=URL) is None
    hidden = f"<html><head>{meta}</head><body><script>{text}</script></body>".encode()
    assert find_refresh(hidden, url=URL) == (NEW, 0)


def test_the_header_says_it_where_the_page_does_not() -> None:
    body = b"<html><p>x"
    assert find_refresh(body, url=URL, header="0; url=/moi.htm") == (NEW, 0)
    assert find_refresh(page("5; url=/a"), url=URL, header="0; url=/b") == (
        "https://example.org/a",
        5,
    )


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_page_leads_somewhere_or_nowhere(body: bytes, content: str) -> None:
    body = b"<meta http-equiv=refresh content='" + content.encode() + b"'>" + body
    found = find_refresh(body, url=URL)
    assert found is None or found.url.startswith("http")
