from __future__ import annotations

import unicodedata

import pytest
import rensa

from scraper import likeness
from scraper.likeness import (
    KEYS,
    NEAR_DUPLICATE,
    SHORTEST_SKETCHED,
    SLOTS,
    is_near_duplicate,
    shared,
    sketch_of,
)

TEXT = (
    "Chiều 12/3, tại thành phố Hòa Bình, Ủy ban nhân dân tỉnh tổ chức hội nghị"
    " hiệp thương lần thứ hai, thoả thuận lập danh sách sơ bộ những người ứng cử. Dự"
    " hội nghị có bà Nguyễn Thuý Hà, ông Trần Văn An cùng đại diện các sở, ban, ngành."
)


def numbered(first, last) -> str:
    return " ".join(f"từ{n}" for n in range(first, last))


@pytest.mark.parametrize(
    "same",
    [
        TEXT.replace("Hòa", "Hoà").replace("thoả", "thỏa").replace("Thuý", "Thúy"),
        unicodedata.normalize("NFD", TEXT),
        TEXT.upper(),
        TEXT.replace(",", " –").replace(".", "\n\n"),
        TEXT.replace("tỉnh", "tỉ\u200bnh"),
    ],
    ids=["tone", "nfd", "case", "points", "invisible"],
)
def test_another_spelling_has_the_same_sketch(same):
    assert sketch_of(same) == sketch_of(TEXT)


def test_a_word_without_its_mark_is_another_word():
    assert sketch_of(TEXT.replace("Hòa", "Hoa")) != sketch_of(TEXT)


@pytest.mark.parametrize(
    "short",
    [
        "",
        numbered(0, SHORTEST_SKETCHED - 1),
        "Nội dung bài viết. " * 100,
        "– … ! " * 200,
    ],
)
def test_a_short_text_has_none(short):
    assert sketch_of(short) is None


def test_the_shortest_text_has_one():
    sketch = sketch_of(numbered(0, SHORTEST_SKETCHED))
    assert sketch.shingles == 23
    assert (len(sketch.signature), len(sketch.keys)) == (SLOTS, KEYS)
    assert all(0 <= key < 2**31 for key in sketch.keys)


def test_half_a_surrogate_pair_is_passed_over():
    assert sketch_of(f"{TEXT} \ud83d") == sketch_of(TEXT)


def test_words_met_before_are_remembered_up_to_a_number(monkeypatch):
    monkeypatch.setattr(likeness, "_MOST_RUNS", 50)
    assert sketch_of(numbered(70_000, 70_500))
    assert len(likeness._SYLLABLES) <= 50


@pytest.mark.parametrize("parts", [(0, 400), (0, 200), (300, 400)])
def test_a_part_is_wholly_in_the_text(parts):
    whole, part = sketch_of(numbered(0, 400)), sketch_of(numbered(*parts))
    assert shared(whole, part) == pytest.approx(1, abs=0.12)
    assert shared(part, whole) == shared(whole, part)


@pytest.mark.parametrize("common", [0, 120, 180, 240])
def test_the_estimate_is_near_the_share_of_the_shorter_text(common):
    one, two = sketch_of(numbered(0, 300)), sketch_of(numbered(300 - common, 560))
    true = max(0, common - 7) / min(one.shingles, two.shingles)
    assert shared(one, two) == pytest.approx(true, abs=0.1)


def test_texts_that_share_two_fifths_of_all_mostly_share_a_key():
    met = 0
    for n in range(0, 100_000, 1000):
        one = sketch_of(numbered(n, n + 300))
        two = sketch_of(numbered(n + 128, n + 428))
        met += not set(one.keys).isdisjoint(two.keys)
    assert met >= 90


def test_more_than_half_of_a_text_makes_a_near_duplicate_and_nearly_all_at_one_site():
    one = sketch_of(numbered(0, 300))
    most = sketch_of(numbered(0, 150) + " " + numbered(900, 950))
    assert is_near_duplicate(one, most, one_site=False)
    assert not is_near_duplicate(one, most, one_site=True)
    assert is_near_duplicate(one, sketch_of(numbered(0, 280)), one_site=True)
    assert not is_near_duplicate(one, sketch_of(numbered(200, 500)), one_site=False)
    assert NEAR_DUPLICATE > 0.5


def test_a_short_text_is_lost_in_a_very_long_one():
    """Of texts so unequal a few bytes that are equal by chance look like everything."""
    long = sketch_of(numbered(0, 5000))
    for n in range(10_000, 20_000, 100):
        assert shared(long, sketch_of(numbered(n, n + 40))) == 0


def test_sketches_stored_before_compare_with_new_ones():
    """Where this fails, stored sketches must be made anew: a migration."""
    sketch = sketch_of(TEXT)
    assert rensa.RMinHash.ALGORITHM_VERSION == 2
    assert sketch.signature[:8].hex() == "9fec0a87d6d96966"
    assert sketch.keys[:2] == (1970077401, 621589021)
