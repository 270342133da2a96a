"""Near-duplicates and look-alikes of the benchmark are what they are called."""

from __future__ import annotations

import unicodedata

import pytest

from bench.clusters.corpus import make_corpus
from bench.corpus.lookalikes import TEMPLATES, iter_lookalikes
from bench.corpus.near_duplicates import CHANGES, SHORTEST, iter_families

FAMILIES = list(iter_families(12))


@pytest.fixture(params=FAMILIES, ids=lambda family: family.story.id)
def family(request):
    return request.param


def test_families_are_the_same_in_every_run():
    assert list(iter_families(3)) == FAMILIES[:3]


def test_near_duplicates_stand_elsewhere_within_three_days(family):
    assert set(family.near_duplicates) == set(CHANGES)
    for near_duplicate in [*family.near_duplicates.values(), family.follow_up]:
        assert near_duplicate.site != family.story.site
        assert near_duplicate.canonical_url != family.story.canonical_url
        assert (
            0 < (near_duplicate.published_at - family.story.published_at).days + 1 <= 3
        )


def test_a_near_duplicate_is_changed_as_its_name_says(family):
    story, near_duplicates = family.story, family.near_duplicates
    words = len(story.text.split())
    assert words >= SHORTEST
    assert near_duplicates["whole"].text == near_duplicates["photos"].text == story.text
    assert near_duplicates["headline"].title != story.title
    assert near_duplicates["photos"].images != story.images
    assert near_duplicates["new_lead"].lead != story.lead
    assert len(near_duplicates["half"].text.split()) == pytest.approx(words / 2, abs=1)
    assert near_duplicates["local"].text.startswith(story.text)
    assert near_duplicates["nfd"].text != story.text
    assert unicodedata.normalize("NFC", near_duplicates["nfd"].text) == story.text
    assert near_duplicates["edited"].text.split().count("vừa") > words // 30


def test_some_near_duplicates_place_the_tone_mark_otherwise():
    assert any(f.near_duplicates["tone"].text != f.story.text for f in FAMILIES)


def test_a_follower_repeats_two_paragraphs(family):
    story = family.story.text.split("\n\n")
    assert sum(part in story for part in family.follow_up.text.split("\n\n")) == 2


def test_reports_of_one_template_are_all_different():
    for alike in iter_lookalikes(30):
        assert len({article.text for article in alike}) == 30
        assert len({article.site for article in alike}) == 2
        assert not any("{" in article.text for article in alike)


def test_a_corpus_knows_what_is_a_near_duplicate_of_what():
    corpus = make_corpus(FAMILIES[:2], 10)
    assert set(corpus.near_duplicates) == set(CHANGES)
    assert set(corpus.lookalikes) == {"follow_up", *TEMPLATES}
    pairs = [pair for some in corpus.near_duplicates.values() for pair in some]
    assert all(corpus.family[a.id] == corpus.family[b.id] for a, b in pairs)
    pairs = [pair for some in corpus.lookalikes.values() for pair in some]
    assert all(corpus.family[a.id] != corpus.family[b.id] for a, b in pairs)
    assert len(corpus.articles) == len(corpus.family) == 2 * 12 + 4 * 10
