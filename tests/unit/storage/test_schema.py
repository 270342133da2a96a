from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from scraper.errors import StorageError
from scraper.storage import migrate, open_store
from scraper.storage.rows import pack
from scraper.storage.tables import metadata
from tests.unit.storage.old_store import write_store


@pytest.fixture
def url(sqlite_url) -> str:
    return sqlite_url


def _is_comparable(_object, name, _kind, _reflected, _compare_to):
    # SQLite does not tell that the columns of an index run downwards; see below.
    return not name.startswith("articles_fts") and name != "articles_newest"


def test_an_upgraded_store_and_a_new_one_have_the_tables_of_the_code(tmp_path, make):
    new, upgraded = (f"sqlite:///{tmp_path}/{name}.db" for name in ("new", "old"))
    write_store(upgraded, [make()], "0001")
    for url in (new, upgraded):
        open_store(url).close()
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            options = {
                "include_object": _is_comparable,
                "version_table": migrate.VERSION_TABLE,
            }
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, metadata) == []
        engine.dispose()
    assert described(new) == described(upgraded)


def described(url):
    """Return all columns, indexes, triggers and views of a store, and its version."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        ask = connection.execute
        found = {
            "version": ask("SELECT version_num FROM tinsach_version").fetchall(),
            "other": set(ask("SELECT sql FROM sqlite_master WHERE type <> 'table'")),
        }
        kept = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = ask(f"{kept} AND name <> 'sqlite_sequence'").fetchall()
        for (name,) in tables:
            found[name] = [
                sorted(ask(f"PRAGMA {pragma}({name})"), key=str)
                for pragma in ("table_info", "foreign_key_list")
            ]
        return found


def test_head_is_the_newest_of_numbered_revisions():
    folder = migrate.__file__.replace("migrate.py", "migrations")
    script = ScriptDirectory(folder)
    assert script.get_heads() == [migrate.HEAD]
    assert all(step.revision.isdigit() for step in script.walk_revisions())


@pytest.fixture
def connection(store):
    with closing(store._engine.raw_connection()) as pooled:
        yield pooled.driver_connection


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("synchronous", 1),
        ("secure_delete", 2),
        ("busy_timeout", 30000),
    ],
)
def test_connections_are_set_up(connection, pragma, value):
    assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_deleting_an_article_takes_its_words_and_addresses_along(
    store, connection, make
):
    store.save([make()])
    connection.execute("DELETE FROM articles")
    assert store.search("noi dung") == []
    assert store.known([make().url]) == set()
    assert connection.execute("SELECT count(*) FROM texts").fetchone() == (0,)
    check = "INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')"
    connection.execute(check)


def test_a_batch_is_one_segment_of_the_index_whatever_its_order(
    store, connection, make
):
    store.save([make(n) for n in range(12, 0, -1)])
    select = "SELECT count(DISTINCT id >> 37) FROM articles_fts_data WHERE id > 10"
    assert connection.execute(select).fetchone() == (1,)


def test_an_undated_article_has_its_position_as_its_number(store, connection, make):
    store.save([make(n, published_at=None) for n in range(5)])
    store.save([make(2, "Khác.", published_at=None)])
    rows = connection.execute("SELECT position, recency FROM texts ORDER BY 1")
    assert rows.fetchall() == [(n, n) for n in range(1, 6)]


def test_a_record_that_cannot_be_read_has_no_words(store, connection, make):
    store.save([make(1), make(2)])
    connection.execute("UPDATE texts SET record = x'00' WHERE position = 1")
    words = "SELECT text_folded, title_folded FROM article_words ORDER BY recency"
    assert connection.execute(words).fetchall() == [
        ("", ""),
        ("noi dung bai viet", "tin so 2"),
    ]


def test_the_newest_articles_are_read_by_the_index(store, connection, make):
    store.save([make(n) for n in range(3)])
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT position FROM articles WHERE published_at <= '2025'"
        " ORDER BY published_at DESC, position LIMIT 5"
    ).fetchall()
    assert "articles_newest" in plan[0][3]
    assert not any("TEMP B-TREE" in step[3] for step in plan)


def test_times_are_kept_in_utc(store, connection, make):
    from datetime import datetime

    at = datetime.fromisoformat("2025-07-01T03:30:00+07:00")
    store.save([make(published_at=at)])
    (kept,) = connection.execute("SELECT published_at FROM articles").fetchone()
    assert kept == "2025-06-30 20:30:00.000000"


@pytest.mark.parametrize("record", ["", b"x", *map(pack, ("{", "[]", '{"url": "x"}'))])
def test_a_record_that_cannot_be_read_is_reported(store, connection, make, record):
    store.save([make()])
    connection.execute("UPDATE texts SET record = ?", (record,))
    with pytest.raises(StorageError, match=r"articles\.db holds a record that"):
        store.load(make().url)


def test_an_address_without_its_article_is_refused(connection):
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        connection.execute("INSERT INTO addresses VALUES ('x', 999)")
