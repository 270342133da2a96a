"""A store in another database says the same as before, also where copying was broken off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scraper.errors import StorageError
from scraper.storage import (
    Address,
    AddressKind,
    Outcome,
    backups,
    copy_store,
    open_store,
)

AT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/copy.db"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def source(url, make) -> str:
    """A store with something in every table."""
    long = " ".join(f"câu số {n} nói điều khác" for n in range(200))
    with open_store(url) as store:
        store.save([make(n, f"{long} {n % 7}") for n in range(40)])
        store.save([make(3, "Chữ khác hẳn."), make(50, "Hòa bình.", published_at=None)])
        store.save([replace(make(4, long), url="https://example.vn/cũ.htm?x=đ")])
        store.forget("https://example.vn/tin-5.htm", AT)
        store.models.save_model("example.vn", "abc123", '{"a": "đ"}', pages=3)
        store.models.save_samples("example.vn", {"a": "1"}, keep=9)
        run = store.jobs.begin("job", AT)
        listed = [Address("https://example.vn/", AddressKind.FEED)]
        store.jobs.add("job", listed, at=AT)
        store.jobs.end(run, AT, "{}")
    return url


def told(*_) -> None:
    pass


def test_a_copy_says_what_its_source_says_and_goes_on(source, target, make):
    counts = copy_store(source, target, report=told)
    assert counts["stored_articles"] == 40
    assert min(counts.values()) > 0
    with open_store(source) as before, open_store(target, create=False) as after:
        assert list(after.iter_articles()) == list(before.iter_articles())
        assert after.search("hoa binh") == before.search("hoa binh") != []
        for article in before.iter_articles():
            assert after.near_duplicates(article.url) == before.near_duplicates(
                article.url
            )
        assert len(after.history("https://example.vn/tin-3.htm")) == 2
        assert after.models.load_model("example.vn") == '{"a": "đ"}'
        assert after.save([make(99, "Mới.")]) == [Outcome.NEW]
        assert after.jobs.begin("job", AT) > 1
        assert after.jobs.add(
            "job", [Address("https://example.vn/2", AddressKind.FEED)], at=AT
        )


@pytest.mark.parametrize(
    "table", ["stored_articles", "addresses", "stored_texts", "sketch_keys"]
)
def test_a_copy_that_was_broken_off_is_no_store_and_goes_on(
    source, target, table, monkeypatch
):
    monkeypatch.setattr(backups, "BATCH", 7)

    def broken(name, rows):
        if name == table:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, report=broken)
    with pytest.raises(
        StorageError, match="an incomplete copy: `tinsach store copy` resumes"
    ):
        open_store(target)
    assert copy_store(source, target, report=told)["stored_articles"] == 40
    with open_store(source) as before, open_store(target) as after:
        assert list(after.iter_articles()) == list(before.iter_articles())


def test_a_source_that_changed_meanwhile_is_told(source, target, make, monkeypatch):
    monkeypatch.setattr(backups, "BATCH", 7)

    def broken(name, rows):
        if name == "stored_articles":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, report=broken)
    with open_store(source) as store:
        store.save([make(n, "Chữ khác hẳn nữa.") for n in range(40)])
    with pytest.raises(StorageError, match="remove the copy, and make it again"):
        copy_store(source, target, report=told)


def test_what_is_there_is_not_written_over(source, target, make):
    with open_store(target) as store:
        store.save([make(1)])
    with pytest.raises(
        StorageError, match="is not empty, stored_articles has rows: name one"
    ):
        copy_store(source, target, report=told)
    with open_store(target) as store:
        assert store.count() == 1


def test_a_store_is_not_copied_into_itself(source):
    with pytest.raises(StorageError, match="into itself"):
        copy_store(source, source, report=told)
