from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scraper.errors import ConfigurationError
from scraper.sitemodel import PageDigest, SiteModel, learn
from scraper.sitemodel.digest import PlaceDigest
from scraper.sitemodel.learn import learn_openings
from scraper.sitemodel.model import Opening, Role
from tests.unit.sitemodel.kit import SITE, digests, listing, model_of, rich, rich_pages


def digest(number, *places):
    return PageDigest(f"{number:016x}", "", "f", False, (), places)


def place(*prefixes, role=Role.CONTAINER, frame="<main>", follower="</main", path=""):
    return PlaceDigest(role, prefixes, frame, follower, path)


def learned(*pages, listing=()):
    told = [digest(n, *places) for n, places in enumerate(pages)]
    return learn_openings(told, frozenset(listing))


def test_an_opening_is_the_longest_beginning_that_most_pages_share():
    one = place("<div class='a'", "<div class='a' id='1'", "<div class='a' id='1'>")
    two = place("<div class='a'", "<div class='a' id='2'", "<div class='a' id='2'>")
    assert learned([one], [two]) == {
        "container": (Opening("<div class='a'", 2, "<main>", ("</main",)),)
    }
    assert learned([one], [one])["container"][0].prefix == "<div class='a' id='1'>"


def test_what_one_page_has_is_no_opening():
    assert learned([place("<div class='a'")], [place("<div class='b'")]) == {}


def test_designs_side_by_side_are_told_apart_most_used_first():
    pages = [[place("<div class='a'")]] * 2 + [[place("<div class='b'")]] * 3
    openings = learned(*pages)["container"]
    assert [(o.prefix, o.pages) for o in openings] == [
        ("<div class='b'", 3),
        ("<div class='a'", 2),
    ]


def test_not_more_than_four_designs_are_kept():
    pages = [[place(f"<div class='{n}'")] for n in range(6) for _ in range(2)]
    assert len(learned(*pages)["container"]) == 4


def test_all_that_followed_is_known_and_the_frame_that_most_have():
    pages = (
        [place("<i>", frame="<main>", follower="</main")],
        [place("<i>", frame="<main>", follower="<div")],
        [place("<i>", frame="<b>", follower="<div")],
    )
    assert learned(*pages)["container"] == (
        Opening("<i>", 3, "<main>", ("</main", "<div")),
    )


def test_pages_agree_on_an_outer_element_where_the_inner_ones_differ():
    pages = [[place(f"<div id='{n}'>"), place("<main>")] for n in range(3)]
    assert [o.prefix for o in learned(*pages)["container"]] == ["<main>"]


def test_of_equals_the_inner_element_is_taken():
    pages = [[place("<p>"), place("<section class='outer'>")]] * 3
    assert [o.prefix for o in learned(*pages)["container"]] == ["<p>"]


def test_teasers_on_a_path_that_articles_have_make_no_listing():
    pages = [[place("<ul>", role=Role.LISTING, path="main > ul > li")]] * 2
    assert learned(*pages) == {}
    assert "listing" in learned(*pages, listing=["main > ul > li"])


def test_openings_do_not_depend_on_the_order_of_the_pages():
    told = digests([*rich_pages(6), *(listing(n) for n in (1, 2))])
    assert learn(SITE, told).version == learn(SITE, told[::-1]).version


def test_openings_survive_the_json_of_their_model():
    model = model_of(rich_pages(4))
    assert model.openings.keys() >= {"container", "start", "end"}
    assert SiteModel.from_json(model.to_json()) == model


@pytest.mark.parametrize(
    "opening",
    [
        {"prefix": 1, "pages": 2, "frame": "", "followers": []},
        {"prefix": "<p", "pages": "2", "frame": "", "followers": []},
        {"prefix": "<p", "pages": 2, "frame": "", "followers": [1]},
        {"prefix": "<p", "pages": 2, "frame": ""},
        [],
    ],
)
def test_an_opening_that_makes_no_sense_is_refused(opening):
    record = json.loads(model_of(rich_pages(3)).to_json())
    record["openings"]["container"] = [opening]
    with pytest.raises(ConfigurationError, match="no site model"):
        SiteModel.from_json(json.dumps(record))


def test_a_model_of_the_format_without_openings_is_read():
    record = json.loads(model_of(rich_pages(3)).to_json()) | {"format": 1}
    for name in ("openings", "audited", "agreed", "version"):
        del record[name]
    model = SiteModel.from_json(json.dumps(record))
    assert (model.openings, model.audited, model.agreed) == ({}, 0, 0)
    assert model == replace(model_of(rich_pages(3)), openings={})


def test_a_digest_of_before_there_were_places_is_read_and_learned_from():
    records = [json.loads(digest.to_json()) for digest in digests(rich_pages(4))]
    for record in records:
        del record["places"]
    old = [PageDigest.from_json(json.dumps(record)) for record in records]
    assert {digest.places for digest in old} == {()}
    assert learn(SITE, old).openings == {}
    mixed = learn(SITE, [*old, *digests([rich(8), rich(9)])])
    assert mixed.openings["container"][0].pages == 2
