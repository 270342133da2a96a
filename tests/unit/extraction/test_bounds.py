"""What is beyond the bounds of a page is not read, and the ledger says so."""

from __future__ import annotations

import unicodedata

import pytest

from scraper.extraction.bounds import (
    MOST_ATTRIBUTES,
    MOST_BLOCKS,
    MOST_TAGS,
    MOST_TEXT,
    MOST_VALUES,
)
from scraper.extraction.document import parse_markup
from scraper.extraction.labeller import MOST_WEIGHED
from scraper.items import Page
from scraper.reading import read
from scraper.text import MOST_MARKS, clean, normalised
from tests.fuzz.test_long_runs import assert_in_proportion
from tests.unit.extraction.kit import ADDRESS
from worlds.hostile.make import PARAGRAPHS, numbered, page

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
