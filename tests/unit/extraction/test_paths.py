from __future__ import annotations

import pytest

from scraper.extraction.features import block_features
from scraper.extraction.head import HeadWords
from scraper.extraction.paths import FAMILIES, FAR, nodes_of, template_paths
from tests.unit.extraction.kit import blocks_of, only_block


def path_of(markup):
    return template_paths([only_block(markup)])[0]


def test_a_path_names_the_last_four_steps():
    markup = "<main><div class='page'><section id='s'><div class='body'><p>x</p></div></section></div></main>"
    assert path_of(markup) == "div.page > section.#s > div.body > p"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("row css-1hno3qs", "row css-9x8y7z"),
        ("card dcr-1hnmz6y", "card dcr-7teqwow"),
        ("ad-slot-1", "ad-slot-27"),
        ("story is-open", "story"),
        ("b a", "a b"),
    ],
)
def test_names_that_differ_from_page_to_page_do_not_count(one, other):
    markup = "<div class='{}'><p>x</p></div>"
    assert path_of(markup.format(one)) == path_of(markup.format(other))


def test_names_that_a_template_gives_do_count():
    assert path_of("<div class='body'><p>x</p></div>") != path_of(
        "<div class='promo'><p>x</p></div>"
    )


def test_what_wraps_all_of_a_text_belongs_to_its_path():
    assert path_of("<p><span><em><a href='/x'>x</a></em></span></p>") == "p > em > a"
    assert path_of("<p>y <em>x</em></p>") == "p"


def test_paths_of_many_blocks_are_those_of_each():
    markup = "<div class='a'><p>x</p><p><b>y</b></p></div>"
    alone = [template_paths([block])[0] for block in blocks_of(markup)]
    assert template_paths(blocks_of(markup)) == alone


def test_a_name_without_end_is_cut():
    assert len(path_of(f"<p class='{'abc-' * 5000}'>x</p>")) < 100


def nodes(markup):
    return nodes_of(blocks_of(markup))


def near(markup, family):
    """Return how near a name of *family* is to the last block of *markup*."""
    return block_features(blocks_of(markup), HeadWords())[f"near_{family}"][-1]


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
