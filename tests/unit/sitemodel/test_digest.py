from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scraper.reading import study
from scraper.sitemodel import PageDigest
from scraper.sitemodel.model import Role
from tests.unit.sitemodel.kit import changed, listing, page, rich


def places(page, role):
    return [each for each in study(page).digest.places if each.role is role]


@pytest.mark.parametrize(
    ("role", "opening", "frame", "follower"),
    [
        (Role.START, "<h1 class=", '<div class="content">', "<div"),
        (
            Role.CONTAINER,
            '<div class="box" data-id="9">',
            '<div class="content"><div class="detail">',
            "<div",
        ),
        (
            Role.END,
            '<div class="author">',
            '<div class="content"><div class="detail">',
            "</div",
        ),
    ],
)
def test_a_place_says_how_its_tag_begins_what_is_around_and_what_follows(
    role, opening, frame, follower
):
    found = places(rich(9), role)[0]
    assert any(prefix.startswith(opening) for prefix in found.prefixes)
    assert (found.frame, found.follower) == (frame, follower)


def test_only_beginnings_that_no_other_tag_has_are_prefixes():
    (container, *_) = places(rich(9), Role.CONTAINER)
    assert container.prefixes[0] == '<div class="box"'
    twice = changed(rich(9), ('class="river"', 'class="box" data-x="1"'))
    (container, *_) = places(twice, Role.CONTAINER)
    assert container.prefixes[0] == '<div class="box" data-id="9"'


def test_where_the_container_cannot_be_told_apart_what_is_around_it_is_a_place():
    twice = changed(rich(9), ('class="box" data-id="9"', 'class="box"'))
    twice = changed(twice, ('class="river"', 'class="box"'))
    prefixes = [p for place in places(twice, Role.CONTAINER) for p in place.prefixes]
    assert '<div class="detail">' in prefixes
    assert '<div class="box"' not in prefixes


def test_an_article_without_anything_after_its_container_has_no_end():
    assert places(page(9), Role.END) == []
    assert len(places(page(9), Role.START)) >= 1


@pytest.mark.parametrize("codec", ["cp1252", "utf-16"])
def test_a_page_that_is_no_utf_8_has_no_places(codec):
    body = rich(9).body.replace(b"utf-8", codec.encode()).decode()
    body = body.encode(codec, "xmlcharrefreplace")
    told = study(replace(rich(9), body=body, encoding=codec))
    assert told.article.text
    assert told.digest.places == ()


def test_a_page_that_ends_within_a_character_has_places():
    cut = replace(rich(9), body=rich(9).body + "ế".encode()[:2])
    assert study(cut).digest.places == study(rich(9)).digest.places != ()


def test_a_listing_that_is_no_utf_8_has_no_places():
    body = listing(7).body.replace(b"utf-8", b"cp1252").decode()
    body = body.encode("cp1252", "xmlcharrefreplace")
    told = study(replace(listing(7), body=body + b"\xe9", encoding="cp1252")).digest
    assert told.is_listing
    assert told.places == ()


def test_a_page_with_nul_bytes_has_no_places():
    assert study(changed(rich(9), ("<body>", "<body>\0"))).digest.places == ()


def test_an_element_that_never_closes_is_no_place():
    cut_off = rich(9).body.partition(b"(TTXVN)")[0]
    assert places(rich(9), Role.END)
    assert places(replace(rich(9), body=cut_off), Role.END) == []


def test_a_digest_of_an_earlier_version_is_read_without_places_of_fields():
    digest = study(rich(9)).digest
    stored = json.loads(digest.to_json())
    stored["places"].append(["tags", ['<div class="tags">'], "", "</div", ""])
    assert PageDigest.from_json(json.dumps(stored)) == digest


def test_attributes_are_compared_as_they_are_meant():
    odd = changed(
        rich(9),
        ('<div class="box" data-id="9">', "<DIV data-id=9  CLASS='b&#111;x'\n>"),
    )
    (container, *_) = places(odd, Role.CONTAINER)
    assert container.prefixes[-1] == "<DIV data-id=9  CLASS='b&#111;x'\n>"


def test_a_listing_has_the_place_of_its_teasers_and_of_its_heading():
    told = study(listing(7)).digest
    assert told.is_listing
    by_role = {place.role: place for place in told.places}
    assert by_role.keys() == {Role.LISTING, Role.HEADING}
    assert by_role[Role.LISTING].prefixes == ("<div class='list'", "<div class='list'>")
    assert by_role[Role.LISTING].path.endswith("div.list > div.teaser > a")
    assert by_role[Role.HEADING].prefixes == ("<h1", "<h1>")


def test_a_listing_whose_title_only_the_whole_page_tells_has_no_places():
    """Nothing but its head and first heading will be read."""
    second = changed(listing(7), ("<h1>", "<h1>Tin tức hôm nay</h1><h1>"))
    told = study(second)
    assert told.article.title == "Chuyên mục 7"
    assert told.digest.places == ()


def test_places_survive_the_json_of_their_digest():
    for told in (rich(9), listing(7)):
        digest = study(told).digest
        assert digest.places
        assert PageDigest.from_json(digest.to_json()) == digest


def test_an_attribute_with_a_name_that_no_xml_has_does_no_harm():
    box = '<div class="box" data-id="9">'
    strange = changed(rich(9), (box, '<div class="box" {x="9">'))
    assert study(strange).digest.places
