from __future__ import annotations

import unicodedata

import pytest
import rensa
from hypothesis import given
from hypothesis import strategies as st

from scraper import text
from scraper.text import (
    KEYS,
    NEAR_DUPLICATE,
    SHORTEST_SKETCHED,
    SLOTS,
    clean,
    compare_key,
    find_hidden,
    fingerprint,
    fold,
    harmless,
    is_near_duplicate,
    readable,
    shared,
    sketch_of,
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
    monkeypatch.setattr(text, "_MOST_RUNS", 50)
    assert sketch_of(numbered(70_000, 70_500))
    assert len(text._SYLLABLES) <= 50


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
