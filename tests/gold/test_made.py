"""The sets that the project makes itself are the same each time, and right."""

from __future__ import annotations

import pytest

from scraper.extraction.choose import examine
from scraper.text import clean
from worlds.gold.inserts import NAME as INSERTS
from worlds.gold.made import NAMES, write_made
from worlds.gold.park import NOW
from worlds.gold.speech import load_speech, opening_of, sentences_of, stories_of


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return write_made(tmp_path_factory.mktemp("made"))


def test_each_is_the_same_each_time(made, tmp_path):
    def held(gold_set):
        return {f.name: f.read_bytes() for f in gold_set.folder.rglob("*.*")}

    again = write_made(tmp_path)
    assert {each.name for each in made} == NAMES
    assert [*map(held, made)] == [*map(held, again)]


def test_what_is_told_stands_on_the_page(made):
    for gold_set in made:
        rows = {row["id"]: row for row in gold_set.rows}
        pages = dict(gold_set.iter_pages())
        assert pages.keys() == rows.keys()
        for name in [*rows][::7]:
            shown = " ".join(clean(b.text) for b in examine(pages[name]).blocks)
            told = rows[name]["text"].split("\n\n")
            assert [text for text in told if clean(text) not in shown] == []


def test_a_paper_and_an_article_with_inserts_is_a_site_of_its_own(made):
    sites = {each.name: set(each.sites.values()) for each in made}
    assert [len(sites[name]) for name in ("park", "inserts")] == [15, 450]


def test_articles_with_inserts_are_in_nine_languages(made):
    pages = [page.body.decode() for page in _inserts(made)]
    spoken = {body.split('lang="')[1][:2] for body in pages}
    assert spoken == {"vi", "en", "fr", "zh", "ja", "ko", "th", "hi", "ar"}


def test_some_articles_with_inserts_are_followed_by_others_set_alike(made):
    bodies = [page.body.decode() for page in _inserts(made)]
    assert sum('class="stream"' in body and body.count("<h1>") > 1 for body in bodies)


@pytest.mark.parametrize("language", ["zh", "ja", "ko", "th", "hi", "ar"])
def test_stories_in_turn_share_no_paragraph(language):
    stories = stories_of(load_speech(language), 5, NOW)
    told = [{*story.text_blocks} for story in stories]
    assert all(a.isdisjoint(b) for a in told[::2] for b in told[1::2])
    assert stories == stories_of(load_speech(language), 5, NOW)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three", ["One.", "Two!", "Three"]),
        ("一。二？", ["一。", "二？"]),
        ("एक। दो", ["एक।", "दो"]),
    ],
)
def test_a_text_is_parted_into_sentences(text, sentences):
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("one two three four", "one two three"),
        ("one two", "one two"),
        ("一二三四五六七八九十", "一二三四五六"),
    ],
)
def test_an_opening_is_a_few_words(text, opening):
    assert opening_of(text, 3) == opening


def _inserts(made):
    found = next(each for each in made if each.name == INSERTS)
    return [page for _, page in found.iter_pages()]
