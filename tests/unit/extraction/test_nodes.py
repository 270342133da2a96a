from __future__ import annotations

import pytest

from scraper.extraction.paths import FAMILIES, FAR, nodes_of
from tests.unit.extraction.kit import blocks_of


def nodes(markup):
    return nodes_of(blocks_of(markup))


def near(markup, family):
    """Return how near a name of *family* is to the last block of *markup*."""
    return nodes(markup)[-1].near()[list(FAMILIES).index(family)]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("article-related", "related"),
        ("likeshare sharing", "related"),
        ("newsletter-box", "newsletter"),
        ("CommentList", "comment"),
        ("comments", "comment"),
        ("author-bio", "signed"),
        ("tac-gia", "signed"),
        ("tin-lien-quan", "related"),
    ],
)
@pytest.mark.parametrize("attribute", ["class", "id"])
def test_an_element_is_known_by_the_words_of_its_names(attribute, name, family):
    assert near(f'<div {attribute}="{name}">x</div>', family) == 0
    assert near(f'<div {attribute}="{name}"><p>x</p></div>', family) == 1


@pytest.mark.parametrize("name", ["adorable", "correlated", "commentary", "unshared"])
def test_a_name_that_only_holds_such_letters_says_nothing(name):
    markup = f'<div class="{name}">x</div>'
    assert {near(markup, family) for family in FAMILIES} == {FAR}


def test_what_is_far_up_says_nothing():
    markup = '<div class="comments">' + "<div>" * FAR + "<p>x</p>"
    assert near(markup, "comment") == FAR


def test_tags_and_roles_around_are_counted():
    inner = nodes('<div role="main"><article><ul><li>x</li></ul></article></div>')[0]
    assert (inner.in_main, inner.in_list) == (2, 1)
    assert inner.article.element.tag == "article"


def test_an_element_spans_the_blocks_in_it():
    first, second, third, after = nodes(
        "<div><p>a</p><div><p>b</p><p>c</p></div></div><p>d</p>"
    )
    outer = first.above
    assert (outer.first, outer.last) == (0, 2)
    assert (second.above.first, second.above.last) == (1, 2)
    assert third.above is second.above
    assert after.above is outer.above


def test_elements_that_are_set_alike_are_of_one_design():
    same, other = '<li class="t{}"><b>x</b></li>', '<li class="lead">x</li>'
    first, second, third = nodes(f"<ul>{same.format(1)}{same.format(22)}{other}</ul>")
    assert first.design == second.design != third.design
