"""Reading takes time in proportion: no run of one sign or element, however long, slows it.

Regular expressions that go back over what they read take seconds for what others take in
milliseconds. Each sign stands in every place of a page at once, 100,000 characters of it
ten times over: 1 MB. Short runs find what takes time beyond the square.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from scraper.discovery.pages import parse_listing
from scraper.errors import ExtractionError
from scraper.exports import PAGE_FORMATS, Extras, render
from scraper.extraction.dates.choice import printed_days
from scraper.extraction.people import parse_byline
from scraper.items import Page
from scraper.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT, LONG = 2_000, 100_000
TIMES = 10
"""A page is compared with one whose run is a tenth as long."""
MOST = 35.0
"""Times the CPU time of that one: 10 in proportion, 100 with the square."""
LEAST = 0.02
"""Seconds: below, the clock and the garbage collector decide."""
RUNS = (
    *("1", " ", "a", "a-", "1/", "1.", "\n", "-", "/", "&", "a ", "1 ", "A ", "ngày "),
    *("trang", "Ảnh", "|", "a.1", "=", "(", ": ", "#", "_", "a,", "1:", "\u00a0", "@"),
)


def page_of(run: str) -> bytes:
    attribute = run.replace('"', "")
    body = "".join(
        f"<p>Đoạn {n} bình thường của bài viết dài vừa đủ để được giữ lại ở đây.</p>"
        for n in range(8)
    )
    return f"""<html><head><title>{run[:1000]}</title></head><body>
<article class="{attribute[:10_000]}"><h1>Bài {run[:1000]}</h1><div class="detail"><p>{run}</p>
<blockquote>{run}</blockquote><h2>{run}</h2><li>{run}</li><td>{run}</td><div>{run}</div>
{body}<p>Đoạn {run}</p><time>{run}</time><p class="author">{run}</p>
<a href="/{attribute[:10_000]}">x</a></div></article></body></html>""".encode()


@pytest.mark.parametrize("sign", RUNS)
def test_a_long_run_is_read_in_proportion(sign: str, *, at_length: bool) -> None:
    length = LONG if at_length else SHORT

    def read_run(share: int) -> None:
        run = sign * (length // share // len(sign))
        page = _page(page_of(run))
        article = read(page)
        for form in PAGE_FORMATS:
            render(article, form)
        for form in ("markdown", "html", "json"):
            render(article, form, Extras(links=True, images=True))
        parse_listing(page.body, url=page.url)
        parse_byline(run)
        printed_days(run, "vi")

    assert_in_proportion(read_run)


ELEMENTS = (
    *("<p>a", "<div>a</div>", "<a href=/x>a b</a>", "<li>a", "<br>a", "<h2>a</h2>"),
    *("<table><td>a</table>", "<img src=x>", "<b>a</b> ", "<p class=author>Mạnh Tú"),
    *("<p>Ngày 12/3/2024 10:00", "<b>12/3/2024</b><br>", "<h2>a</h2><br>b"),
    *("<p>a <a href=/x>b</a> c", "<p><a href=/x>b</a><img src=/x>"),
    *("<br>Ảnh: Anh <em class=credit>x</em>", "<br>a <time>10:00</time>"),
)


@pytest.mark.parametrize("element", ELEMENTS)
def test_a_page_of_one_element_is_read_in_proportion(
    element: str, *, at_length: bool
) -> None:
    count = (LONG if at_length else SHORT) * 3 // 10

    def read_elements(share: int) -> None:
        elements = element * (count // share)
        markup = f"<html><title>Bài</title><body><h1>Bài</h1>{elements}"
        with suppress(ExtractionError):
            article = read(_page(markup.encode()))
            render(article, "markdown", Extras(links=True, images=True))

    assert_in_proportion(read_elements)


def _page(body: bytes) -> Page:
    return Page("https://site.example/x.htm", body, content_type="text/html")


def assert_in_proportion(reads: Callable[[int], None]) -> None:
    """*reads* takes what its input is divided by; the smaller input is read first."""
    small, whole = seconds(reads, TIMES), seconds(reads, 1)
    assert whole < MOST * max(small, LEAST)


def seconds(reads: Callable[[int], None], share: int) -> float:
    began = time.process_time()
    reads(share)
    return time.process_time() - began
