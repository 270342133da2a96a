from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.storage.finding import parse_query, snippet
from scraper.text import _RUNS, fold, folded_words


def marked(text, query):
    return snippet(text, parse_query(query))


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("Hà Nội", [("ha",), ("noi",)]),
        ('"Hà Nội" mưa', [("ha", "noi"), ("mua",)]),
        ('mưa "Hà Nội', [("mua",), ("ha",), ("noi",)]),
        ("mưa mưa MUA", [("mua",)]),
        ("1.500 covid-19", [("1", "500"), ("covid", "19")]),
        ('a"b c"d', [("a",), ("b", "c"), ("d",)]),
    ],
)
def test_a_query_is_words_and_phrases(query, terms):
    assert parse_query(query) == terms


@given(st.text())
def test_words_are_those_of_the_folded_text(text):
    # The one letter whose lower case depends on its neighbours.
    text = text.replace("Σ", "s")
    joined = "".join(c if c.isalnum() else " " for c in fold(text))
    assert folded_words(text) == " ".join(joined.split())


def test_an_nfd_text_has_the_words_of_its_nfc_form():
    text = "Điều động lực lượng"
    assert folded_words(unicodedata.normalize("NFD", text)) == folded_words(text)


def test_marks_stand_where_folding_changes_lengths():
    assert marked("Straße ßß và ĐƯỜNG", "strasse duong") == "**Straße** ßß và **ĐƯỜNG**"
    nfd = unicodedata.normalize("NFD", "phố Huế")
    assert unicodedata.normalize("NFC", marked(nfd, "hue")) == "phố **Huế**"


def test_a_letter_folded_to_two_and_a_mark_folded_to_none_do_not_make_up():
    assert marked("ß mưa e\u0301", "mua") == "ß **mưa** e\u0301"


def test_what_is_kept_of_runs_met_before_is_bounded(monkeypatch):
    monkeypatch.setattr("scraper.text._MOST_RUNS", 10)
    assert folded_words(" ".join(f"x{n}," for n in range(99))).endswith("x97 x98")
    assert len(_RUNS) <= 10


def test_neighbours_are_marked_as_one():
    assert marked("Bộ Công an.", "bo cong an") == "**Bộ Công an**."
    assert marked("Bộ, Công an", "bo cong") == "**Bộ**, **Công** an"


def test_a_phrase_is_marked_only_where_it_stands_whole():
    assert marked("công ty và công an", '"công an"') == "công ty và **công an**"


def test_overlapping_hits_are_marked_once():
    assert marked("một hai ba", '"một hai" "hai ba"') == "**một hai ba**"


def test_the_densest_place_is_shown():
    text = f"mưa {'x ' * 100}gió {'y ' * 100}mưa và gió cuối ngày"
    shown = marked(text, "mưa gió")
    assert shown.startswith("… y y y y y y y y **mưa** và **gió** cuối ngày")
    assert shown.endswith("ngày")


def test_a_long_text_is_cut_on_both_sides():
    shown = marked(f"{'a ' * 50}mưa{' b' * 50}", "mưa")
    assert shown == f"… {'a ' * 8}**mưa**{' b' * 31} …"


def test_a_text_without_a_hit_shows_its_beginning():
    assert marked("Một câu\n\nhai câu", "khác") == "Một câu hai câu"
    assert marked("!!!", "khác") == "!!!"
    assert marked("", "khác") == ""
