from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from scraper.storage import migrate, open_store, wal
from scraper.storage.migrate import IDENTITY_TABLE
from scraper.storage.tables import metadata


@pytest.fixture
def url(sqlite_url) -> str:
    return sqlite_url


def _is_comparable(_object, name, _kind, _reflected, _compare_to):
    # SQLite does not tell that the columns of an index run downwards; see below.
    of_sqlite = name.startswith("articles_fts") or name == "stale_texts"
    return not of_sqlite and name not in {"articles_newest", IDENTITY_TABLE}


def test_a_store_has_the_tables_of_the_code(url):
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


def test_head_is_the_newest_of_numbered_revisions():
    script = ScriptDirectory(migrate.MIGRATIONS, version_locations=[migrate.MIGRATIONS])
    assert script.get_heads() == [migrate.HEAD]
    assert all(step.revision.isdigit() for step in script.walk_revisions())


@pytest.fixture
def connection(store):
    with closing(store._transaction.engine.raw_connection()) as pooled:
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


def test_a_large_transaction_leaves_no_large_log_behind(store, connection, make):
    size = 24 * 1024 * 1024
    connection.execute("CREATE TABLE large (content BLOB)")
    connection.execute("INSERT INTO large VALUES (zeroblob(?))", (size,))
    (path,) = connection.execute("SELECT file FROM pragma_database_list").fetchone()
    log = wal.log_of(Path(path))
    assert log.stat().st_size > size
    store.save([make()])
    assert log.stat().st_size < size / 2


def test_deleting_an_article_takes_its_words_and_addresses_along(
    store, connection, make
):
    store.save([make()])
    connection.execute("DELETE FROM stored_articles")
    assert store.search("noi dung") == []
    assert store.known([make().url]) == set()
    assert connection.execute("SELECT count(*) FROM stored_texts").fetchone() == (0,)
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
    rows = connection.execute("SELECT position, recency FROM stored_texts ORDER BY 1")
    assert rows.fetchall() == [(n, n) for n in range(1, 6)]


def test_the_newest_articles_are_read_by_the_index(store, connection, make):
    store.save([make(n) for n in range(3)])
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT position FROM stored_articles WHERE published_at <= '2025'"
        " ORDER BY published_at DESC, position LIMIT 5"
    ).fetchall()
    assert "articles_newest" in plan[0][3]
    assert not any("TEMP B-TREE" in step[3] for step in plan)


def test_times_are_kept_in_utc(store, connection, make):
    from datetime import datetime

    at = datetime.fromisoformat("2025-07-01T03:30:00+07:00")
    store.save([make(published_at=at)])
    (kept,) = connection.execute("SELECT published_at FROM stored_articles").fetchone()
    assert kept == "2025-06-30T20:30:00Z"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("fields", value) for value in ("", "{", "[]", '{"images":[1]}')),
        *(("blocks", value) for value in ("", "[1]", "[true]", '[{"kind":"poem"}]')),
        *(("lead_length", value) for value in (1, 10**6)),
    ],
)
def test_an_article_that_cannot_be_read_is_reported_once(
    store, connection, make, column, value, caplog
):
    store.save([make()])
    connection.execute(f"UPDATE stored_details SET {column} = ?", (value,))
    assert store.load(make().url) is None
    assert list(store.iter_articles()) == []
    (said,) = caplog.messages
    assert f"the article at {make().url} is damaged and passed over" in said
    assert store.damaged == 1


def test_an_address_without_its_article_is_refused(connection):
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        connection.execute("INSERT INTO addresses VALUES ('x', 999)")
