from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def found(store, words, **options):
    return [hit.article.title for hit in store.search(words, **options)]


@pytest.fixture
def filled(store, make):
    day = datetime(2025, 7, 1, tzinfo=UTC)
    store.save(
        [
            make(1, "Bộ Công an điều động cán bộ.", title="một", published_at=day),
            make(2, "Đường phố ngập; công ty nghỉ.", title="hai", lead="Bão số 3"),
            make(3, "Phòng dịch COVID-19 tại Huế", title="ba Thủ đô Hà Nội"),
        ]
    )
    return store


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("bo cong an", ["một"]),
        ("Bộ Công an", ["một"]),
        (unicodedata.normalize("NFD", "Bộ Công an ĐIỀU ĐỘNG"), ["một"]),
        ("dieu dong", ["một"]),
        ("duong pho", ["hai"]),
        ("bao so 3", ["hai"]),
        ("thu do", ["ba Thủ đô Hà Nội"]),
        ("ha noi hue", ["ba Thủ đô Hà Nội"]),
        ("covid-19", ["ba Thủ đô Hà Nội"]),
        ("covi", []),
        ("cong ty an", []),
        ('"cong an"', ["một"]),
        ('"an cong"', []),
        ("“công an” điều", ["một"]),
        ('"cong an', ["một"]),
        ("an cong", ["một"]),
    ],
)
def test_words_are_found_without_case_and_marks(filled, words, titles):
    assert found(filled, words) == titles


@pytest.mark.parametrize(
    "words",
    ["", " ", '"', '""', "*", "🙂", "()", "-", "^", ":", "'", "_", "\x00", "\ud800"],
)
def test_a_query_without_a_word_finds_nothing(filled, words):
    assert filled.search(words) == []


@pytest.mark.parametrize(
    "words", ["AND", "OR", "NOT", "NEAR", "a AND b", "title_folded:mot", "NEAR(a b)"]
)
def test_operators_are_words_like_others(filled, words):
    assert filled.search(words) == []


@pytest.mark.parametrize("words", ["công*", "(công", "^công", "công'; --", "+công"])
def test_signs_around_a_word_ask_for_nothing(filled, words):
    assert len(found(filled, words)) == 2


@given(words=st.text(max_size=60))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_is_a_query(filled, words):
    filled.search(words)


def test_a_query_may_be_very_long(filled):
    assert filled.search(" ".join(f"từ{n}" for n in range(5000))) == []
    assert found(filled, "công " * 20_000, limit=5) == ["hai", "một"]


def test_a_limit_may_be_larger_than_any_number_of_the_database(filled):
    assert found(filled, "công", limit=10**20) == ["hai", "một"]


def test_the_newest_hits_come_first_and_the_limit_cuts_the_rest(store, make):
    for hour, title in ((3, "b"), (5, "a"), (1, "c")):
        at = datetime(2025, 7, 1, hour, tzinfo=UTC)
        store.save([make(hour, "mưa", title=title, published_at=at)])
    store.save([make(9, "mưa " * 9, title="undated", published_at=None)])
    assert found(store, "mưa") == ["a", "b", "c", "undated"]
    assert found(store, "mưa", limit=2) == ["a", "b"]
    assert found(store, "mưa", limit=0) == []


def test_of_one_moment_the_better_hit_comes_first(store, make):
    at = datetime(2025, 7, 1, tzinfo=UTC)
    long = "mưa " + "chữ khác " * 50
    store.save([make(1, long, title="weak", published_at=at)])
    store.save([make(2, "mưa to, mưa lớn", title="strong", published_at=at)])
    assert found(store, "mưa") == ["strong", "weak"]
    assert found(store, "mưa", limit=1) == ["strong"]


def test_the_index_follows_a_changed_article(store, make):
    store.save([make(1, "trời nắng")])
    store.save([make(1, "trời mưa")])
    assert found(store, "nắng") == []
    assert found(store, "mưa") == ["Tin số 1"]


def test_a_hit_shows_the_printed_words(filled):
    (hit,) = filled.search('"cong an" dong')
    assert hit.snippet == "Bộ **Công an** điều **động** cán bộ."


def test_the_newest_of_very_many_hits_are_found_in_any_order_of_storing(
    store, make, monkeypatch
):
    monkeypatch.setattr("scraper.storage.store.CANDIDATES", 3)
    for hour in (3, 9, 1, 7, 5):
        at = datetime(2025, 7, 1, hour, tzinfo=UTC)
        store.save([make(hour, "mưa", title=str(hour), published_at=at)])
    assert found(store, "mưa", limit=2) == ["9", "7"]
    assert found(store, "mưa", limit=5) == ["9", "7", "5", "3", "1"]


def test_no_more_than_the_newest_candidates_are_ranked(store, make, monkeypatch):
    monkeypatch.setattr("scraper.storage.store.CANDIDATES", 2)
    at = datetime(2025, 7, 1, tzinfo=UTC)
    words = ["mưa mưa mưa", "mưa và chữ khác", "mưa và nhiều chữ khác nữa"]
    for number, text in enumerate(words):
        store.save([make(number, text, title=str(number), published_at=at)])
    assert found(store, "mưa", limit=1) == ["1"]


def test_an_article_is_found_at_its_new_date(store, make):
    for day in (1, 2):
        at = datetime(2025, 7, day, tzinfo=UTC)
        store.save([make(day, "mưa", title=str(day), published_at=at)])
    later = datetime(2025, 7, 3, tzinfo=UTC)
    store.save([make(1, "mưa", title="1", published_at=later)])
    assert found(store, "mưa") == ["1", "2"]
    store.save([make(1, "mưa", title="1", published_at=None)])
    assert found(store, "mưa") == ["2", "1"]


def test_a_search_of_one_site_looks_past_the_newer_hits_of_others(
    store, make, monkeypatch
):
    from scraper.storage import store as module

    monkeypatch.setattr(module, "CANDIDATES", 2)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    store.save([make(1, "Bão lớn", site="khac.vn", published_at=old)])
    store.save([make(number, "Bão lớn") for number in range(2, 6)])
    assert found(store, "bao", limit=2, site="khac.vn") == ["Tin số 1"]
    assert len(found(store, "bao", limit=9, site="example.vn")) == 4
    assert found(store, "bao", site="không có") == []
