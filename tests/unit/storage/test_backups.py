from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from scraper import clock
from scraper.errors import JobHeld, StorageError
from scraper.storage import back_up, migrate, open_store, restore, upgrade
from scraper.storage.backups import refuse_if_used
from scraper.storage.jobs import FRESH, Owner
from scraper.storage.location import locate
from scraper.storage.maintenance import repair


@pytest.fixture
def url(sqlite_url) -> str:
    return sqlite_url


@pytest.fixture
def copy(tmp_path, store, url, make):
    """A copy of a store with three articles."""
    store.save([make(n) for n in range(3)])
    file = tmp_path / "copy.db"
    back_up(url, file)
    return file


def count(url) -> int:
    with open_store(url, create=False) as opened:
        return opened.count()


def test_a_copy_is_a_store_in_one_file(copy, tmp_path):
    assert count(f"sqlite:///{copy}") == 3
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".copy")]


def test_a_copy_is_made_while_a_transaction_is_under_way(tmp_path, store, url, make):
    store.save([make(1)])
    with store._transaction(writes=True) as connection:
        connection.exec_driver_sql("DELETE FROM stored_articles")
        back_up(url, tmp_path / "copy.db")
    assert count(f"sqlite:///{tmp_path}/copy.db") == 1
    assert store.count() == 0


def test_a_file_is_replaced_by_force_only(copy, url, store, make):
    store.save([make(9)])
    with pytest.raises(StorageError, match="exists: choose another name"):
        back_up(url, copy)
    assert count(f"sqlite:///{copy}") == 3
    back_up(url, copy, force=True)
    assert count(f"sqlite:///{copy}") == 4


def test_the_store_itself_is_no_place_for_its_copy(copy, url, tmp_path):
    with pytest.raises(StorageError, match="exists"):
        back_up(url, tmp_path / "articles.db", force=True)


def test_a_copy_comes_back_where_no_store_is(copy, tmp_path):
    there = f"sqlite:///{tmp_path}/new/articles.db"
    assert restore(there, copy) == migrate.HEAD
    assert count(there) == 3


def test_a_store_is_replaced_by_force_only(copy, url, store, make):
    store.save([make(9)])
    with pytest.raises(StorageError, match="exists: choose another name"):
        restore(url, copy)
    assert store.count() == 4
    restore(url, copy, force=True)
    assert store.count() == 3  # also for those who have it open
    with pytest.raises(StorageError, match="was replaced by another store"):
        store.save([make(8)])
    with open_store(url) as restored:
        restored.save([make(8)])
        assert [hit.article.title for hit in restored.search("tin 8")] == ["Tin số 8"]


def test_a_store_whose_job_is_held_is_not_replaced(copy, url, store):
    run = store.jobs.begin("bao", clock.now())
    with pytest.raises(JobHeld, match="job bao is held by"):
        restore(url, copy, force=True)
    with pytest.raises(JobHeld, match="job bao is held by"):
        repair(url)
    store.jobs.end(run, clock.now(), "")
    restore(url, copy, force=True)


def test_a_store_whose_run_was_killed_is_replaced(copy, url, store):
    store.jobs.begin("bao", clock.now() - FRESH, owner=Owner("elsewhere:1"))
    restore(url, copy, force=True)


@pytest.mark.parametrize("damage", ["no store", "times", "tables"])
def test_a_store_that_does_not_say_who_uses_it_is_replaced(
    copy, url, store, tmp_path, damage
):
    store.jobs.begin("bao", clock.now())
    store.close()
    if damage == "no store":
        (tmp_path / "articles.db").write_bytes(b"no store" * 999)
    else:
        spoil = {
            "times": "UPDATE stored_runs SET seen_at = 'noon'",
            "tables": "DROP TABLE stored_runs",
        }
        with closing(sqlite3.connect(tmp_path / "articles.db")) as other, other:
            other.execute(spoil[damage])
    refuse_if_used(locate(url))


@pytest.mark.parametrize("content", [b"", b"no store", None])
def test_a_file_that_is_no_store_is_refused(tmp_path, url, content):
    file = tmp_path / "x.db"
    if content is None:
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE khac (a)")
    else:
        file.write_bytes(content)
    with pytest.raises(StorageError, match=r"x\.db"):
        restore(url, file)
    assert not (tmp_path / "articles.db").exists()


def test_a_damaged_copy_is_refused(copy, tmp_path):
    content = bytearray(copy.read_bytes())
    content[8192:24576] = bytes(16384)
    copy.write_bytes(content)
    with pytest.raises(StorageError, match="damaged"):
        restore(f"sqlite:///{tmp_path}/new.db", copy)


def test_no_file_is_said(tmp_path, url):
    with pytest.raises(StorageError, match="there is no file"):
        restore(url, tmp_path / "none.db")


def test_no_store_is_not_upgraded(url):
    with pytest.raises(StorageError, match="there is no store"):
        upgrade(url)
