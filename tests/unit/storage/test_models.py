from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from scraper import clock
from scraper.errors import StorageError
from scraper.storage import StoredModel, open_store, stored_model

SITE = "example.vn"
A, B, C = "aaaa000000000001", "aaaa000000000002", "bbbb000000000003"
START = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.fixture
def models(store, monkeypatch):
    """The models of an empty store, in which every saving is a minute later."""
    minutes = iter(range(1000))
    monkeypatch.setattr(clock, "now", lambda: START + timedelta(minutes=next(minutes)))
    return store.models


@pytest.fixture
def filled(models):
    for version in (A, B, C):
        assert models.save_model(SITE, version, f"record {version}", pages=5)
    return models


def in_use(models, site=SITE) -> str:
    (version,) = [m.version for m in models.list_models(site) if m.current]
    assert models.load_model(site) == f"record {version}"
    return version


def test_a_model_comes_back_as_it_was_saved(models):
    record = '{"tiêu đề": "Đường",\n "b": [1]}\n'
    assert models.save_model(SITE, A, record, pages=12) is True
    assert models.load_model(SITE) == record
    assert models.load_model(SITE, A) == record


def test_an_unknown_site_or_version_loads_nothing(filled):
    assert filled.load_model("other.vn") is None
    assert filled.load_model(SITE, "cccc") is None
    assert filled.load_model("other.vn", A) is None


def test_the_version_saved_last_is_in_use_and_older_ones_are_kept(filled):
    assert in_use(filled) == C
    assert filled.load_model(SITE, A) == f"record {A}"


def test_a_known_version_keeps_its_time_and_gets_the_record_anew(filled):
    filled.save_model(SITE, C, "a damaged record", pages=99)
    assert filled.save_model(SITE, C, f"record {C}", pages=5) is False
    newest = filled.list_models(SITE)[0]
    assert (newest.version, newest.pages) == (C, 5)
    assert newest.created_at == START + timedelta(minutes=2)
    assert filled.load_model(SITE, C) == f"record {C}"


def test_one_version_is_forgotten_and_the_one_before_is_in_use(filled):
    assert filled.forget_version(SITE, C)
    assert not filled.forget_version(SITE, C)
    assert in_use(filled) == B


def test_an_old_version_that_is_learned_again_is_the_newest(filled):
    assert filled.save_model(SITE, A, f"record {A}", pages=5) is False
    assert in_use(filled) == A
    assert [m.version for m in filled.list_models(SITE)] == [A, C, B]
    assert filled.list_models(SITE)[0].created_at == START


def test_versions_are_listed_newest_first_a_site(filled):
    filled.save_model("another.vn", A, f"record {A}", pages=2)
    listed = filled.list_models()
    assert [(m.site, m.version) for m in listed] == [
        ("another.vn", A),
        (SITE, C),
        (SITE, B),
        (SITE, A),
    ]
    assert [m.current for m in listed] == [True, True, False, False]
    assert listed[3] == StoredModel(
        SITE, A, pages=5, created_at=START, pinned=False, current=False
    )
    assert filled.list_models("another.vn") == listed[:1]
    assert filled.list_models("nowhere.vn") == []


def test_a_pinned_version_is_in_use_whatever_is_saved_later(filled):
    assert filled.pin(SITE, A) == A
    filled.save_model(SITE, "cccc", "record cccc", pages=6)
    assert in_use(filled) == A
    assert [m.version for m in filled.list_models() if m.pinned] == [A]


def test_a_pinned_version_that_is_learned_again_stays_pinned(filled):
    filled.pin(SITE, A)
    filled.save_model(SITE, A, "record", pages=5)
    assert [m.version for m in filled.list_models() if m.pinned] == [A]


def test_pinning_another_version_takes_the_first_pin_out(filled):
    filled.save_model("another.vn", A, f"record {A}", pages=2)
    for site, version in (("another.vn", A), (SITE, A), (SITE, B)):
        filled.pin(site, version)
    pinned = [(m.site, m.version) for m in filled.list_models() if m.pinned]
    assert pinned == [("another.vn", A), (SITE, B)]


def test_unpinning_gives_the_newest_back_and_says_whether_one_was_pinned(filled):
    filled.pin(SITE, A)
    assert filled.unpin(SITE) is True
    assert in_use(filled) == C
    assert filled.unpin(SITE) is False


def test_the_beginning_of_one_version_names_it(filled):
    assert filled.full_version(SITE, "bbbb") == C
    assert filled.pin(SITE, "bbbb0000") == C
    assert in_use(filled) == C


def test_a_whole_version_is_meant_also_where_another_begins_so(filled):
    filled.save_model(SITE, "aaaa", "record aaaa", pages=5)
    assert filled.full_version(SITE, "aaaa") == "aaaa"


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("aaaa", rf"'aaaa' is the beginning of {A}, {B} of {SITE}: give 4 characters"),
        ("bbb", rf"'bbb' is the beginning of {C} of {SITE}: give 4 characters"),
        ("cccc", rf"'cccc' is not a version of {SITE}, whose newest is {C}: .* all 3"),
    ],
)
def test_a_version_that_is_not_one_is_refused_and_the_pin_stays(filled, version, words):
    filled.pin(SITE, B)
    with pytest.raises(StorageError, match=words):
        filled.pin(SITE, version)
    assert in_use(filled) == B


def test_pins_of_a_site_without_a_model_are_refused(filled):
    words = r"^store .+ has no model of other\.vn: `tinsach model list`"
    with pytest.raises(StorageError, match=words):
        filled.pin("other.vn", A)
    with pytest.raises(StorageError, match=words):
        filled.unpin("other.vn")


def test_forgetting_a_site_takes_its_versions_and_samples(filled):
    filled.save_samples(SITE, {"a": "1", "b": "2"}, keep=9)
    filled.save_samples("another.vn", {"a": "1"}, keep=9)
    filled.save_model("another.vn", A, f"record {A}", pages=2)
    assert filled.forget_models(SITE) == 5
    assert filled.load_model(SITE) is None
    assert filled.load_samples(SITE) == {}
    assert in_use(filled, "another.vn") == A
    assert filled.load_samples("another.vn") == {"a": "1"}
    assert filled.forget_models(SITE) == 0


def test_samples_are_forgotten_alone(filled):
    filled.save_samples(SITE, {"a": "1"}, keep=9)
    filled.save_samples("other.vn", {"b": "2"}, keep=9)
    filled.forget_samples(SITE)
    assert filled.load_samples(SITE) == {}
    assert filled.load_samples("other.vn") == {"b": "2"}
    assert in_use(filled) == C


def test_samples_are_added_and_replaced(models):
    models.save_samples(SITE, {"b": "1", "a": "đường"}, keep=9)
    models.save_samples(SITE, {"b": "2", "c": "3"}, keep=9)
    kept = models.load_samples(SITE)
    assert list(kept.items()) == [("a", "đường"), ("b", "2"), ("c", "3")]
    assert models.load_samples("other.vn") == {}


def test_the_samples_that_stay_do_not_depend_on_the_order_of_saving(models):
    records = {f"{number * 7919 % 101:016x}": str(number) for number in range(100)}
    smallest = {key: records[key] for key in sorted(records)[:10]}
    pairs = list(records.items())
    for site, order in (("a.vn", pairs), ("b.vn", pairs[::-1])):
        for start in range(0, 100, 7):
            models.save_samples(site, dict(order[start : start + 7]), keep=10)
    models.save_samples("c.vn", records, keep=10)
    for site in ("a.vn", "b.vn", "c.vn"):
        assert models.load_samples(site) == smallest


def test_fewer_samples_are_kept_when_less_is_asked_for(models):
    models.save_samples(SITE, {"a": "1", "b": "2", "c": "3"}, keep=9)
    models.save_samples("other.vn", {"a": "1", "b": "2"}, keep=9)
    models.save_samples(SITE, {}, keep=1)
    assert models.load_samples(SITE) == {"a": "1"}
    assert len(models.load_samples("other.vn")) == 2


def test_samples_that_fail_on_the_way_leave_what_was_there(sqlite_url):
    store = open_store(sqlite_url)
    store.models.save_samples(SITE, {"a": "1", "b": "2"}, keep=9)
    with closing(sqlite3.connect(store.name)) as other, other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON samples WHEN new.key = 'c'"
            " BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    with pytest.raises(StorageError, match=r"articles\.db failed: no room"):
        store.models.save_samples(SITE, {"a": "9", "c": "3"}, keep=9)
    assert store.models.load_samples(SITE) == {"a": "1", "b": "2"}
    store.close()


def test_half_a_surrogate_is_stored_as_it_can_be(models):
    models.save_model(SITE, A, "x\ud83dy", pages=1)
    models.save_samples(SITE, {"a": "x\ud83dy"}, keep=1)
    assert models.load_model(SITE) == "x?y"
    assert models.load_samples(SITE) == {"a": "x?y"}
    assert models.load_model("\ud83d") is None


def test_several_threads_may_save_the_same_site(store):
    def save(number: int) -> bool:
        store.models.save_samples(SITE, {f"{number % 20:016x}": "x"}, keep=15)
        named = SITE, f"{number % 20:016x}"
        return store.models.save_model(*named, "{}", pages=1, keep=0)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(save, range(40))) == 20
    assert len(store.models.list_models(SITE)) == 20
    assert len(store.models.load_samples(SITE)) == 15


def test_the_model_in_use_is_found_without_opening_a_store(url):
    with open_store(url) as store:
        store.models.save_model(SITE, A, f"record {A}", pages=2)
        store.models.save_model(SITE, B, f"record {B}", pages=2)
        store.models.pin(SITE, A)
    assert stored_model(SITE, url) == f"record {A}"
    assert stored_model("other.vn", url) is None


@pytest.mark.parametrize("there", ["nothing", "an empty file"])
def test_a_mere_look_makes_no_store(tmp_path, monkeypatch, there):
    monkeypatch.delenv("TINSACH_STORE", raising=False)
    monkeypatch.setenv("TINSACH_HOME", str(tmp_path / "home"))
    if there != "nothing":
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "articles.db").touch()
    before = sorted(tmp_path.rglob("*"))
    assert stored_model(SITE) is None
    assert sorted(tmp_path.rglob("*")) == before
    assert all(path.is_dir() or not path.stat().st_size for path in before)


def test_a_look_into_what_is_no_store_is_an_error(tmp_path):
    (tmp_path / "notes.db").write_text("Ghi chú của tôi. " * 100)
    with pytest.raises(StorageError, match="is not a SQLite database"):
        stored_model(SITE, f"sqlite:///{tmp_path}/notes.db")


def test_the_newest_versions_are_kept_and_the_pinned_one(models):
    versions = [f"{n:016x}" for n in range(9)]
    for version in versions:
        models.save_model(SITE, version, f"record {version}", pages=5, keep=3)
        if version == versions[2]:
            models.pin(SITE, version)
    listed = [m.version for m in models.list_models(SITE)]
    assert listed == [*versions[:5:-1], versions[2]]
    assert in_use(models) == versions[2]


def test_without_a_bound_all_versions_are_kept(models):
    for n in range(9):
        models.save_model(SITE, f"{n:016x}", "record", pages=5, keep=0)
    assert len(models.list_models(SITE)) == 9


def test_a_version_takes_the_place_and_the_time_of_another(filled):
    filled.save_model(SITE, "dddd", "record dddd", pages=5, instead_of=C)
    assert [m.version for m in filled.list_models(SITE)] == ["dddd", B, A]
    assert filled.list_models(SITE)[0].created_at == START + timedelta(minutes=2)


def test_a_pinned_version_is_not_replaced(filled):
    filled.pin(SITE, C)
    filled.save_model(SITE, "dddd", "record dddd", pages=5, instead_of=C)
    assert [m.version for m in filled.list_models(SITE)] == ["dddd", C, B, A]
