from __future__ import annotations

import pytest

from scraper.extraction.rules import end_rules
from tests.unit.extraction.kit import ENGLISH, VIETNAMESE, blocks_of, paragraphs

QUOTED = "children had already formed along the wet stone wall"
LINKS = (
    '<ul><li><a href="/a">Một bài khác</a></li><li><a href="/b">Bài nữa</a></li></ul>'
)


def dropped(markup, *, unkept=()):
    """Return the rule of each text of *markup* that the rules of the end drop."""
    inside = blocks_of(markup)
    body = [block for block in inside if block.text not in unkept]
    rules = end_rules(inside, body)
    return {inside[index].text: rule for index, rule in rules.items()}


@pytest.mark.parametrize(
    "markup",
    [
        f"<blockquote>“{QUOTED}.”</blockquote>{paragraphs(ENGLISH)}",
        f"{paragraphs(ENGLISH)}<blockquote><p>“{QUOTED}.”</p></blockquote>",
    ],
)
def test_a_quote_that_stands_in_a_paragraph_is_dropped(markup):
    assert dropped(markup) == {f"“{QUOTED}.”": "pull_quote"}


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote>“the wet stone wall”</blockquote>",
        "<blockquote>“children had already formed along the dry stone wall”</blockquote>",
        f"<p>“{QUOTED}.”</p>",
    ],
)
def test_a_short_quote_another_one_and_a_paragraph_are_kept(markup):
    assert dropped(f"{markup}{paragraphs(ENGLISH)}") == {}


def test_a_summary_without_its_details_is_dropped():
    markup = f"<details><summary>Xe là gì?</summary><p>{VIETNAMESE[0]}</p></details>"
    assert dropped(markup) == {}
    assert dropped(markup, unkept=VIETNAMESE) == {"Xe là gì?": "summary_alone"}


def test_a_heading_over_nothing_but_dropped_links_is_dropped():
    markup = f"{paragraphs()}<div><h3>Về Nà Sang</h3>{LINKS}</div>{paragraphs(ENGLISH)}"
    links = ("Một bài khác", "Bài nữa")
    assert dropped(markup, unkept=links) == {"Về Nà Sang": "heading_of_links"}
    assert dropped(markup) == {}


@pytest.mark.parametrize(
    "markup",
    [
        f"<div><h3>Về Nà Sang</h3>{LINKS}<p>{VIETNAMESE[0]}</p></div>",
        f'<div><h3>Về Nà Sang</h3><p><a href="/a">Một bài khác</a></p></div>{LINKS}',
    ],
)
def test_a_heading_with_text_under_it_or_one_link_is_kept(markup):
    assert dropped(markup, unkept=("Một bài khác", "Bài nữa")) == {}
