from __future__ import annotations

import pytest

from scraper.extraction.paths import template_paths
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
