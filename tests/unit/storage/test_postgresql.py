"""What is PostgreSQL's own: a server that goes away, turns at writing, limits of words."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from scraper.errors import StorageError
from scraper.storage import Outcome, databases, migrate, open_store
from scraper.storage.migrate import IDENTITY_TABLE
from scraper.storage.tables import metadata
from worlds.postgres import serving

NOW = datetime(2026, 11, 25, tzinfo=UTC)
_OURS = frozenset({"articles_newest", IDENTITY_TABLE})


@pytest.fixture
def url(postgres) -> str:
    return postgres.new_database()


@pytest.fixture(scope="module")
def own_server():
    """A server that a test may stop."""
    with serving() as server:
        yield server


def test_the_tables_are_those_of_the_code(url):
    open_store(url).close()
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": migrate.VERSION_TABLE,
                "include_object": lambda _o, name, *_: (
                    name not in {*_OURS, "words", "stored_texts_words"}
                ),
            },
        )
        assert compare_metadata(context, metadata) == []
        assert migrate.version_of(connection, "x") == migrate.HEAD
    engine.dispose()


def test_it_is_made_once_by_many(url):
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(open_store, [url] * 4):
            store.close()


def test_the_database_of_another_program_is_left_alone(postgres, url):
    with open_store(url) as store, store._transaction.engine.begin() as connection:
        connection.execute(sa.text(f"DROP TABLE {migrate.VERSION_TABLE}"))
    with pytest.raises(StorageError, match="of another program"):
        open_store(url)


def test_an_empty_database_is_not_filled_unasked(url):
    with pytest.raises(StorageError, match="is empty: a crawl fills it"):
        open_store(url, create=False)


def test_where_there_is_no_server_it_says_so():
    with pytest.raises(StorageError, match=r"cannot be reached \(.*refused"):
        open_store("postgresql://u:geheim@127.0.0.1:9/x")


def test_a_database_that_is_not_there_is_named(url):
    with pytest.raises(StorageError, match=r"none_such\d+\" does not exist\)"):
        open_store(url.replace("/store", "/none_such"))


def test_without_a_driver_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageError, match=r"pip install 'tinsach\[postgres\]'"):
        open_store("postgresql://127.0.0.1:9/x")


def test_many_write_at_once_and_each_article_is_stored_once(url, make):
    def save(_):
        with open_store(url) as store:
            return [
                outcome
                for number in range(0, 40, 5)
                for outcome in store.save([make(n) for n in range(number, number + 5)])
            ]

    open_store(url).close()
    with ThreadPoolExecutor(4) as pool:
        outcomes = [each for found in pool.map(save, range(4)) for each in found]
    assert outcomes.count(Outcome.NEW) == 40
    assert outcomes.count(Outcome.UNCHANGED) == 120
    with open_store(url) as store:
        assert store.count() == 40


@pytest.mark.slow
def test_what_the_server_went_away_under_is_done_again(own_server, make):
    url = own_server.new_database()
    with open_store(url) as store:
        store.save([make(1)])
        own_server.crash()
        back = threading.Timer(1.0, own_server.start)
        back.start()
        assert store.save([make(1), make(2)]) == [Outcome.UNCHANGED, Outcome.NEW]
        back.join()
        own_server.crash()
        own_server.start()
        assert [a.title for a in store.iter_articles()] == ["Tin số 2", "Tin số 1"]


@pytest.mark.slow
def test_a_server_that_stays_away_ends_it(own_server, make, monkeypatch):
    monkeypatch.setattr(databases, "PATIENCE", 0.5)
    with open_store(own_server.new_database()) as store:
        own_server.crash()
        try:
            with pytest.raises(StorageError, match=r"cannot be reached|shut down"):
                store.save([make(1)])
        finally:
            own_server.start()


def test_a_run_that_was_begun_is_not_begun_twice(url):
    with open_store(url) as store:
        run = store.jobs.begin("job", NOW)
        assert store.jobs.begin("job", NOW) == run
        with pytest.raises(StorageError, match="job is held"):
            store.jobs.begin("job", NOW + timedelta(seconds=1))


def test_whoever_waits_too_long_for_a_turn_is_told(url, make):
    impatient = "SET lock_timeout = '50ms'"
    with open_store(url) as store, open_store(url) as other:
        other._transaction.engine.dispose()
        sa.event.listen(
            other._transaction.engine, "connect", lambda c, _: c.execute(impatient)
        )
        with (
            store._transaction(writes=True),
            pytest.raises(StorageError, match="is locked by another process"),
        ):
            other.save([make(1)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000 + " mưa",
        "mưa " + " ".join(f"từ{n}x" for n in range(120_000)),
        "mưa " * 20_000,
    ],
)
def test_no_text_is_too_long_for_the_index(url, make, text):
    with open_store(url) as store:
        assert store.save([make(1, text)]) == [Outcome.NEW]
        assert [hit.article.title for hit in store.search("mưa")] == ["Tin số 1"]


def test_nul_is_left_out_of_every_column(url, make):
    with open_store(url) as store:
        store.save([make(1, section="thoi\0su", title="a\0b")])
        assert store.models.save_model("a\0.vn", "v1", "{}", pages=1)
        assert store.count() == 1
