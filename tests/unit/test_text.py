from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.text import (
    clean,
    compare_key,
    find_hidden,
    fingerprint,
    fold,
    harmless,
    readable,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Bộ\u00a0Công\n\tan ", "Bộ Công an"),
        ("Bô\u0323", "Bộ"),
        ("tin\u200b sạ\u00adch\ufeff\u202e", "tin sạch"),
        ("a\x00b", "ab"),
        ("\u2009", ""),
    ],
)
def test_clean_text_is_nfc_with_single_spaces_and_nothing_invisible(text, expected):
    assert clean(text) == expected


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    once = clean(text)
    assert clean(once) == once


@given(st.text())
def test_clean_text_is_nfc(text):
    assert unicodedata.is_normalized("NFC", clean(text))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Bộ Công an", "bo cong an"),
        ("ĐIỀU ĐỘNG", "dieu dong"),
        ("hoà", "hòa"),
        ("Ươm mầm", "uom mam"),
        ("Łódź, Straße, Tromsø", "lodz, strasse, tromso"),
    ],
)
def test_folding_takes_case_marks_and_strokes_off(text, query):
    assert fold(text) == fold(query)


@given(st.text())
def test_folding_does_not_depend_on_the_normal_form(text):
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert fold(composed) == fold(apart)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hoà", "hòa"), ("thuý", "THÚY"), ("khoẻ", "khỏe"), ("Từ  khoá", "từ khóa")],
)
def test_two_places_of_a_tone_mark_are_one_spelling(one, other):
    assert compare_key(one) == compare_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoa", "hòa"), ("hoàng", "hòang"), ("toán", "toan"), ("má", "mà")],
)
def test_other_words_stay_apart(one, other):
    assert compare_key(one) != compare_key(other)


def test_words_are_lower_case_and_keep_their_marks():
    assert words("Bộ Công an: 1.200 chiến-sĩ!") == [
        "bộ",
        "công",
        "an",
        "1",
        "200",
        "chiến",
        "sĩ",
    ]


def test_words_of_a_decomposed_text_are_whole():
    assert words(unicodedata.normalize("NFD", "điều động")) == ["điều", "động"]


def test_no_words_are_none():
    assert words("… – !") == []


def test_equal_words_have_one_fingerprint_of_16_hex_digits():
    print_ = fingerprint("Bộ Công an, điều động!")
    assert print_ == fingerprint("bo  cong an\n\ndieu dong")
    assert len(print_) == 16
    assert int(print_, 16) >= 0


def test_other_words_have_another_fingerprint():
    assert fingerprint("điều động") != fingerprint("điều động thêm")


def test_what_a_terminal_obeys_is_left_out() -> None:
    said = "a\x1b]0;b\x07c\x9b31m\u202ed\te\r\nf\rg\u2066\u200b"
    assert harmless(said) == "a]0;bc31md\te\r\nfg\u200b"


def test_clean_text_holds_no_control_and_no_tag_character() -> None:
    said = "a\x1b[31m\x9b\u2066b\U000e0041\ufffac"
    assert clean(said) == "a[31mbc"


def test_hidden_characters_are_named_and_counted() -> None:
    assert find_hidden("a\u202eb\u200b\u200bc") == {
        "U+200B ZERO WIDTH SPACE": 2,
        "U+202E RIGHT-TO-LEFT OVERRIDE": 1,
    }


def test_half_of_a_surrogate_pair_is_no_text():
    assert clean("Tin \ud83d mới \U0001f600") == "Tin mới \U0001f600"


@pytest.mark.parametrize(
    "word",
    [
        "کتاب‌خانه",
        "क्‍ष",
        "👩‍🚀",
        "❤️‍🔥",
        "ശ്‌രീ",
        "বিশ্‌ব",
        "ක්‍ෂ",
        "👨‍👩‍👧",
        "🏳️‍🌈",
        "🧑🏽‍🌾",
        "می‌شود",
        "ᠮᠣᠩ‍ᠭᠣᠯ",
    ],
)
def test_joiners_stay_where_they_change_what_is_seen(word):
    assert clean(f" {word}\u200b ") == word
    assert not find_hidden(word)


FLAGS = ["gbeng", "gbsct", "usca"]


@pytest.mark.parametrize("region", FLAGS)
def test_the_flag_of_a_region_keeps_its_letters(region):
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    flag = f"\U0001f3f4{tags}"
    assert clean(f"{flag}\u200b 1:0") == f"{flag} 1:0"
    assert not find_hidden(flag)
    assert clean(f"a{tags}") == "a"


@pytest.mark.parametrize("text", ["a\u200cb", "\u200da b", "x \u200c\u200d1"])
def test_joiners_between_other_letters_are_left_out(text):
    assert clean(text) == text.replace("\u200c", "").replace("\u200d", "")
    assert find_hidden(text)


def test_a_word_with_a_joiner_is_one_word_and_folds_without():
    assert words("می‌روم خانه") == ["میروم", "خانه"]
    assert fold("کتاب‌خانه") == fold("کتابخانه")
    assert fingerprint("کتاب‌خانه") == fingerprint("کتابخانه")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Tide &amp; time", "Tide & time"),
        ("The ship&#x2019;s  bell", "The ship’s bell"),
        ("<p>One <b class='x'>bell</b></p><br/>rings", "One bell rings"),
        ("AT&T; R&D; a < b > c", "AT&T; R&D; a < b > c"),
        ("Tide &amp;amp;amp; time", "Tide & time"),
        ("&amp;lt;i&amp;gt;Swan&amp;lt;/i&amp;gt; sails", "Swan sails"),
        ("CO<sub>2</sub> and <mark>new</mark> <q>mills</q>", "CO2 and new mills"),
        ("One<br>bell", "One bell"),
        ("One <br /> bell", "One bell"),
        ("<p>The bell of the tower", "The bell of the tower"),
        ('<p class="lead"> Cut off in', "Cut off in"),
        ("Bell<img src='/a.jpg'> rings", "Bell rings"),
        ("<![CDATA[One bell]]>", "One bell"),
        ("<!-- x -->One bell", "One bell"),
        ("The <br> tag and the <p> tag", "The <br> tag and the <p> tag"),
        ("if a<b and c>d", "if a<b and c>d"),
    ],
)
def test_text_is_readable_without_entities_and_tags(written, shown):
    assert readable(written) == shown
