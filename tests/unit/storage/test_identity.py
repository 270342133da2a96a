"""Nothing is written into another store than the one that was opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from scraper.errors import StorageError
from scraper.storage import back_up, open_store, restore
from scraper.storage.sqlite import _mark_in

MOVED = "was moved or deleted while it was open"
REPLACED = "was replaced by another file while it was open"
OVERWRITTEN = "was overwritten while it was open"
RESTORED = "was replaced by another store while it was open"


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


@pytest.fixture
def file(folder) -> Path:
    return folder / "articles.db"


@pytest.fixture
def url(file) -> str:
    return f"sqlite:///{file}"


def move(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def move_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))


def delete_folder(file: Path) -> None:
    shutil.rmtree(file.parent)


def put_another(file: Path) -> None:
    other = _other(file)
    other.replace(file)


def overwrite(file: Path) -> None:
    file.write_bytes(_other(file).read_bytes())


def empty(file: Path) -> None:
    file.write_bytes(b"")


def put_backup_over(file: Path) -> None:
    copy = file.with_name("copy.db")
    back_up(f"sqlite:///{file}", copy)
    shutil.copyfile(copy, file)


def put_back(file: Path) -> None:
    copy = file.with_name("copy.db")
    back_up(f"sqlite:///{file}", copy)
    restore(f"sqlite:///{file}", copy, force=True)


def _other(file: Path) -> Path:
    other = file.with_name("other.db")
    open_store(f"sqlite:///{other}").close()
    return other


@pytest.mark.parametrize("age", ["new", "opened again"])
@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (os.remove, MOVED),
        (move, MOVED),
        (move_folder, MOVED),
        (delete_folder, MOVED),
        (put_another, REPLACED),
        (overwrite, OVERWRITTEN),
        (empty, OVERWRITTEN),
        (put_backup_over, OVERWRITTEN),
        (put_back, RESTORED),
    ],
)
def test_a_store_that_is_another_one_by_now_is_not_written(
    url, file, make, happens, said, age
) -> None:
    if age != "new":
        open_store(url).close()
    with open_store(url) as store:
        store.save([make(1)])
        happens(file)
        for _ in range(2):
            with pytest.raises(StorageError, match=f"{file.name} {said}"):
                store.save([make(2)])


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_log_that_is_gone_ends_writing(url, file, make, suffix) -> None:
    with open_store(url) as store:
        store.save([make(1)])
        Path(f"{file}{suffix}").unlink()
        with pytest.raises(StorageError, match=f"lost .*{suffix}, which was moved"):
            store.save([make(2)])


def test_what_is_committed_into_a_file_that_is_gone_is_not_called_stored(
    url, file, make
) -> None:
    with (
        open_store(url) as store,
        pytest.raises(StorageError, match=MOVED),
        store._transaction(writes=True),
    ):
        file.unlink()


def move_and_back(file: Path) -> None:
    move(file)
    file.with_name("elsewhere.db").rename(file)


def vacuum(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("VACUUM")


def checkpoint(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize("happens", [move_and_back, vacuum, checkpoint, lambda _: None])
def test_what_leaves_the_store_where_it_is_stops_nothing(
    url, file, make, happens
) -> None:
    with open_store(url) as store:
        for number in range(3):
            happens(file)
            store.save([make(number)])
        assert store.count() == 3


def test_a_file_that_a_checkpoint_is_still_extending_bears_its_mark(
    url, file, make
) -> None:
    """The header, which is written first, counts pages that are not there yet."""
    with open_store(url) as store:
        store.save([make(n) for n in range(9)])
        mark = store._transaction.identity._files._mark
    os.truncate(file, file.stat().st_size // 2)
    assert _mark_in(file) == mark


@pytest.mark.parametrize(
    ("owner", "name", "call"), [(Path, "stat", 2), (sqlite3, "connect", 1)]
)
def test_a_file_that_is_moved_while_it_is_looked_at_was_moved(
    file, make, monkeypatch, owner: object, name: str, call: int
) -> None:
    real = getattr(owner, name)
    calls = count(1)

    def moved_before(*arguments: object, **options: object) -> object:
        if next(calls) == call:
            move(file)
        return real(*arguments, **options)

    with open_store(f"sqlite:///{file}") as store:
        store.save([make(1)])
        file.touch()
        monkeypatch.setattr(owner, name, moved_before)
        with pytest.raises(StorageError, match=MOVED):
            store.save([make(2)])
    assert not file.exists()


def test_others_may_write_the_store_meanwhile(url, make) -> None:
    with open_store(url) as one, open_store(url) as other:
        for number in range(4):
            (one, other)[number % 2].save([make(number)])
        assert one.count() == 4


def test_a_store_without_its_token_is_read_and_not_written(url, file, make) -> None:
    with open_store(url) as store:
        store.save([make(1)])
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("DELETE FROM tinsach_identity")
    with open_store(url) as store:
        assert store.count() == 1
        with pytest.raises(StorageError, match=r"damaged.*doctor --repair"):
            store.save([make(2)])


def test_a_table_of_a_server_that_was_made_again_is_another_store(
    postgres, make
) -> None:
    url = postgres.new_database()
    with open_store(url) as store:
        store.save([make(1)])
        with store._transaction() as connection:
            for statement in (
                "CREATE TABLE kept AS TABLE stored_runs",
                "DROP TABLE stored_runs CASCADE",
                "ALTER TABLE kept RENAME TO stored_runs",
            ):
                connection.exec_driver_sql(statement)
        for _ in range(8):  # statements are prepared by the driver from the fifth on
            with pytest.raises(StorageError, match=RESTORED):
                store.save([make(2)])


def test_a_database_of_a_server_with_another_token_is_another_store(
    postgres, make
) -> None:
    with open_store(postgres.new_database()) as store:
        store.save([make(1)])
        with store._transaction() as connection:
            connection.exec_driver_sql("UPDATE tinsach_identity SET token = 'x'")
        with pytest.raises(StorageError, match=RESTORED):
            store.save([make(2)])


def test_a_database_that_was_dropped_and_restored_is_another_store(
    postgres, make
) -> None:
    url = postgres.new_database()
    with open_store(url) as store:
        store.save([make(1)])
        name = store._transaction.engine.url.database
        postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{name}'"
        )
        postgres.run(f"CREATE DATABASE copy TEMPLATE {name}")
        postgres.run(f"DROP DATABASE {name}")
        postgres.run(f"ALTER DATABASE copy RENAME TO {name}")
        with pytest.raises(StorageError, match=RESTORED):
            store.save([make(2)])


def test_a_database_without_its_tables_is_said(postgres, make) -> None:
    with open_store(postgres.new_database()) as store:
        with store._transaction() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        with pytest.raises(StorageError, match="has lost its tables"):
            store.save([make(1)])
