"""The sets that the project makes itself are the same each time, and right."""

from __future__ import annotations

import pytest

from bench.gold.made import NAMES, write_made
from scraper.extraction.careful import examine
from scraper.text import clean


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
