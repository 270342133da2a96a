from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.sitemodel import cut
from scraper.sitemodel.cut import (
    _DECLARATIONS,
    MAX_DEPTH,
    NOWHERE,
    SEVERAL,
    element_end,
    find_opening,
    follower,
    prefixes,
)

PIECES = (
    *("<div>", "</div>", "<DIV class='a'>", "</div >", "</DIV>", "<div", "</div", "<"),
    *("<!--", "-->", "<!-->", "<script>", "</script>", "<SCRIPT>", "</SCRIPT>", ">"),
    *("<style>", "</style>", "<divider>", "<script-x>", "chữ", " ", "'", '"', "\0"),
)
tags = st.lists(st.sampled_from(PIECES), max_size=60).map("".join).map(str.encode)


@pytest.mark.parametrize(
    "element",
    [
        "<div></div>",
        "<div class='a'><div><p>x</p></div><div/></div></div>",
        "<DIV><div></Div></div>",
        "<div\n id='x'><div\n></div\n></div\t>",
        "<div><divider></div>",
        "<div><!-- </div> --></div>",
        "<div><!-- <script> --></div>",
        "<div><!--></div>",
        "<div><script>'</div>'</script></div>",
        "<div><SCRIPT>'</div>'</SCRIPT></div>",
        "<div><style>/* </div> */</style></div>",
        "<script>'<!--'</script>",
        "<script>'<script>'</script>",
        "<style><!-- </style>",
        "<h1>a<h2>b</h2></h1>",
    ],
)
def test_an_element_ends_where_it_closes(element):
    body = f"<p>{element}</p></div></script>-->".encode()
    assert element_end(body, 3) == 3 + len(element)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text",
        "</div>",
        "<!-- x --></div>",
        "<div><div></div>",
        "<div><!-- </div>",
        "<div><script></div>",
        "<div><SCRIPT></div></script>",
        "<div>" * (MAX_DEPTH + 1) + "</div>" * (MAX_DEPTH + 1),
    ],
)
def test_what_does_not_close_has_no_end(body):
    assert element_end(body.encode(), 0) == -1


@given(tags, st.integers(0, 400))
def test_an_element_ends_after_its_start_and_on_the_page(body, start):
    end = element_end(body, start)
    assert end == -1 or start < end <= len(body)
    assert end == -1 or body[:end].endswith(b">")


@given(tags)
def test_no_tag_is_looked_at_twice(body):
    steps = []

    class Counting:
        def __init__(self, pattern):
            self.pattern = pattern

        def search(self, text, position):
            steps.append(position)
            return self.pattern.search(text, position)

    before = cut._tags_of
    cut._tags_of = lambda name: Counting(before(name))
    try:
        element_end(b"<div>" + body, 0)
    finally:
        cut._tags_of = before
    assert len(steps) <= body.count(b"<") + 1
    assert steps == sorted(set(steps))


class CountedBytes(bytes):
    """Counts what is searched to its end for something that is not there."""

    missed = 0

    def find(self, *args):
        at = super().find(*args)
        self.missed += at < 0
        return at


@pytest.mark.parametrize("opening", [b"<!--", b"<script>", b"<style>"])
def test_what_is_never_closed_is_searched_for_once(opening):
    body = CountedBytes(b"<div>" + opening * 1000)
    assert element_end(body, 0) == -1
    assert body.missed <= 1


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("</div>x", "</div"),
        (" \n<!-- <p> -->\t<P class='a'>", "<p"),
        ("<my-tag>", "<my-tag"),
        ("chữ", "text"),
        ("<!-- a --> b", "text"),
        ("", ""),
        ("  \n", ""),
        ("<!-- never closed <p>", ""),
        ("<1>", ""),
    ],
)
def test_what_follows_is_the_next_tag_or_text(after, told):
    body = f"<div></div>{after}".encode()
    assert follower(body, 11) == told


def test_many_comments_before_what_is_no_tag_are_passed_once():
    """Where each could end at any later one this would take ages: 2^40 ways."""
    assert follower(b"<!--a-->" * 40 + b"<1", 0) == ""


@pytest.mark.parametrize(
    "open_tag",
    [b"<link canonical x", b"<meta x", b"<meta '", b"<title x", b"<html x"],
)
def test_declarations_that_never_end_are_passed_once(open_tag):
    """A search from each to the end of the page would take minutes."""
    assert _DECLARATIONS.findall(open_tag * 100_001) == []


def test_prefixes_end_after_the_name_and_each_attribute():
    assert prefixes('<div class="a b" id=\'x\' data-y="<1>">') == [
        "<div",
        '<div class="a b"',
        "<div class=\"a b\" id='x'",
        '<div class="a b" id=\'x\' data-y="<1>"',
        '<div class="a b" id=\'x\' data-y="<1>">',
    ]
    assert prefixes("<h1>") == ["<h1", "<h1>"]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("<p><div class='a'></div>", 3),
        ("<div class='a' id='x'>", 0),
        ("<div class='a'\n id='x'>", 0),
        ("<div class='a'/>", 0),
        ("<div class='a'", NOWHERE),
        ("<div class='ab'>", NOWHERE),
        ("<div class='a'b><p>", NOWHERE),
        ("<div class='a'b><div class='a'>", 16),
        ("<div class='a'><div class='a'>", SEVERAL),
        ("", NOWHERE),
    ],
)
def test_an_opening_is_found_where_its_tag_stands_once(body, at):
    assert find_opening(body.encode(), b"<div class='a'", 0) == at


def test_an_opening_is_looked_for_in_a_range_only():
    body = b"<h1>a</h1><h1>b</h1><h1>c</h1>"
    assert find_opening(body, b"<h1", 0) == SEVERAL
    assert find_opening(body, b"<h1", 5, 15) == 10
    assert find_opening(body, b"<h1>", 21) == NOWHERE


def test_a_whole_tag_is_an_opening_too():
    assert find_opening(b"<h1 class='a'><h1>b", b"<h1>", 0) == 14
