"""A store is brought up to date when it is opened, and loses nothing; older ones are refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from scraper.errors import StorageError
from scraper.storage import migrate, open_read_only, open_store, upgrade
from tests.unit.storage.steps import NEXT, add_step

ADD_A_COLUMN = "ALTER TABLE stored_articles ADD COLUMN mood TEXT DEFAULT 'calm'"


@pytest.fixture
def stored(url, make):
    """An article in the store that *url* names."""
    with open_store(url) as store:
        store.save([make(1)])
    return make(1)


def version_of(store) -> str:
    return store.check_writable()


def test_a_store_is_upgraded_when_it_is_opened(url, stored, tmp_path, monkeypatch):
    add_step(monkeypatch, tmp_path, ADD_A_COLUMN)
    with open_store(url, create=False) as store:
        assert version_of(store) == NEXT
        assert store.load(stored.url) == stored
        with store._transaction() as connection:
            select = "SELECT mood FROM stored_articles"
            assert connection.exec_driver_sql(select).scalar_one() == "calm"


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    url, stored, tmp_path, monkeypatch
):
    with monkeypatch.context() as tomorrow:
        add_step(
            tomorrow,
            tmp_path,
            ADD_A_COLUMN,
            "ALTER TABLE stored_runs ADD COLUMN job TEXT",
        )
        with pytest.raises(StorageError, match=r"failed: .*column"):
            open_store(url)
    with open_store(url, create=False) as store:
        assert version_of(store) == migrate.HEAD
        assert store.save([stored]) == ["unchanged"]


def test_an_upgrade_says_from_which_version_to_which(
    url, stored, tmp_path, monkeypatch
):
    before = migrate.HEAD
    add_step(monkeypatch, tmp_path, ADD_A_COLUMN)
    assert upgrade(url) == (before, NEXT)
    assert upgrade(url) == (NEXT, NEXT)


def test_a_store_is_not_upgraded_to_be_read(sqlite_url, make, tmp_path, monkeypatch):
    with open_store(sqlite_url) as store:
        store.save([make(1)])
    before = (tmp_path / "articles.db").read_bytes()
    add_step(monkeypatch, tmp_path, ADD_A_COLUMN)
    with pytest.raises(StorageError, match="`tinsach store upgrade` brings them up"):
        open_read_only(sqlite_url)
    assert (tmp_path / "articles.db").read_bytes() == before


@pytest.mark.parametrize("version", ["0001", "0010"])
def test_a_store_of_before_the_first_release_is_refused(
    sqlite_url, tmp_path, version, make
):
    with open_store(sqlite_url) as store:
        store.save([make(1)])
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other, other:
        other.execute("UPDATE tinsach_version SET version_num = ?", (version,))
    said = (
        rf"articles.db was made before the first release \(tables {version}, .*:"
        " crawl into another file, or export it with the version that made it"
    )
    for open_it in (open_store, open_read_only, upgrade):
        with pytest.raises(StorageError, match=said):
            open_it(sqlite_url)
