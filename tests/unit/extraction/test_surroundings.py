from __future__ import annotations

import pytest

from scraper.extraction.surroundings import FAMILIES, FAR, TAGS, surroundings
from tests.unit.extraction.kit import tree


def near(markup, family):
    """Return how near a name of *family* is to the last element of *markup*."""
    element = list(tree(markup).iter())[-1]
    return surroundings(element, {}).near[list(FAMILIES).index(family)]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("article-related", "related"),
        ("likeshare sharing", "share"),
        ("newsletter-box", "newsletter"),
        ("sponsored", "advert"),
        ("siteFooter", "footer"),
        ("comments", "comment"),
        ("author-bio", "signed"),
        ("wp-caption", "caption"),
        ("tags", "tags"),
        ("sapo", "lead"),
    ],
)
@pytest.mark.parametrize("attribute", ["class", "id", "itemprop"])
def test_an_element_is_known_by_the_words_of_its_names(attribute, name, family):
    assert near(f'<div {attribute}="{name}"></div>', family) == 0
    assert near(f'<div {attribute}="{name}"><p></p></div>', family) == 1


@pytest.mark.parametrize("name", ["adorable", "correlated", "loads", "unshared"])
def test_a_name_that_only_holds_such_letters_says_nothing(name):
    assert {near(f'<div class="{name}"></div>', family) for family in FAMILIES} == {FAR}


def test_what_is_far_up_says_nothing():
    markup = '<div class="ads">' + "<div>" * FAR + "<p></p>"
    assert near(markup, "advert") == FAR


def test_tags_and_roles_around_are_told():
    element = list(tree('<div role="main"><ul><li></li></ul></div>').iter())[-1]
    bits = surroundings(element, {}).tags
    around = {tag for at, tag in enumerate(TAGS) if bits >> at & 1}
    assert around == {"main", "ul"}


def test_what_is_above_is_looked_at_once():
    first, second = list(tree("<div><p></p><p></p></div>").iter())[-2:]
    known = {}
    surroundings(first, known)
    before = len(known)
    surroundings(second, known)
    assert len(known) == before + 1
