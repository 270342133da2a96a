"""The sample of a gold set: small, the same in every run, and of whole sites."""

from __future__ import annotations

from collections import Counter

from worlds.gold.sets import SMALL


def ids(gold_set):
    return {row["id"] for row in gold_set.rows}


def test_a_small_set_is_its_own_sample(gold_set):
    small = gold_set(SMALL)
    assert small.sampled() is small


def test_the_sample_of_a_large_set_is_a_tenth_of_its_sites_each_of_them_whole(gold_set):
    sample = gold_set(900).sampled()
    assert sample.name == "s.sample"
    assert 15 <= len(sample.rows) / 3 <= 45
    assert set(Counter(row["url"] for row in sample.rows).values()) == {3}
    assert sample.sampled() is sample


def test_a_sample_stays_in_it_while_its_set_grows(gold_set):
    before = ids(gold_set(300).sampled())
    after = ids(gold_set(900).sampled())
    assert before < after


def test_pages_are_read_by_id_and_what_cannot_be_read_is_left_out(gold_set):
    some = gold_set(3)
    (some.folder / "1.html").write_text("<p>one")
    (some.folder / "2.html").write_text("<p>two")
    assert [name for name, _ in some.iter_pages()] == ["1", "2"]
    assert [name for name, _ in some.iter_pages({"2", "9"})] == ["2"]
