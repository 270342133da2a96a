"""Stores of before are brought up to date when they are opened, and lose nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scraper.errors import StorageError
from scraper.items import Block, BlockKind, Extraction, Image
from scraper.storage import Outcome, Query, open_store
from tests.unit.storage.old_store import write_store

AT = datetime(2025, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def url(sqlite_url) -> str:
    return sqlite_url


@pytest.fixture
def old(make):
    """Articles of all sorts, the newest first stored, as a crawl stores them."""
    return [
        make(1, "Bộ Công an điều động.", published_at=AT, section="Thời sự"),
        make(2, "Mưa lớn ở Huế.", published_at=AT.replace(year=2024), lead="Sapo."),
        make(3, "Không ngày, mưa.", published_at=None),
        make(
            4,
            "Mưa cùng giờ.",
            published_at=AT,
            url="https://example.vn/4?utm_source=x",
            canonical_url="https://example.vn/tin-4.htm",
            images=(Image("https://example.vn/a.jpg", "Chú", "Ảnh: An"),),
            blocks=(
                Block(BlockKind.PARAGRAPH, "Mưa cùng giờ."),
                Block(BlockKind.CAPTION, "Nửa \ud83d mặt"),
            ),
            extraction=Extraction(dropped={"related": 2}),
            revision=3,
        ),
    ]


def titles(found) -> list[str]:
    return [hit.article.title for hit in found]


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_old_store_keeps_every_article_address_and_word(url, old, revision):
    write_store(url, old, revision)
    with open_store(url, create=False) as store:
        kept = [store.load(article.url) for article in old]
        assert kept[:3] == old[:3]
        assert kept[3].captions == ("Nửa ? mặt",)
        assert (kept[3].revision, kept[3].images) == (3, old[3].images)
        assert store.load(old[3].canonical_url) == kept[3]
        assert [a.title for a in store.iter_articles()] == [
            f"Tin số {n}" for n in (1, 4, 2, 3)
        ]
        assert titles(store.search("mưa")) == [f"Tin số {n}" for n in (4, 2, 3)]
        assert titles(store.search('"bo cong an"')) == ["Tin số 1"]
        assert store.models.list_models() == []


def test_the_articles_of_an_old_store_are_followed_in_the_order_of_storing(
    url, old, make
):
    write_store(url, old)
    with open_store(url, create=False) as store:
        store.save([make(5)])
        changed = store.iter_changed(Query(), after=0, to=store.last_change())
        numbers, articles = zip(*changed, strict=True)
        assert numbers[:4] == (1, 2, 3, 4)
        assert [a.title for a in articles] == [f"Tin số {n}" for n in range(1, 6)]


def test_an_address_of_an_old_store_still_belongs_to_the_article_found_last(url, old):
    write_store(url, old)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other, other:
        moved = "UPDATE addresses SET position = 2 WHERE position = 1"
        other.execute(moved)
    with open_store(url, create=False) as store:
        assert store.load(old[0].url) == old[1]
        assert store.known(article.url for article in old) == {a.url for a in old}


def test_an_article_of_an_old_store_is_known_again(url, old):
    write_store(url, old)
    with open_store(url, create=False) as store:
        assert store.save(old) == [Outcome.UNCHANGED] * 4
        changed = replace(old[1], blocks=(Block(BlockKind.PARAGRAPH, "Nắng."),))
        assert store.save([changed]) == [Outcome.REVISED]
        assert titles(store.search("mưa")) == ["Tin số 4", "Tin số 3"]
        assert titles(store.search("nắng")) == ["Tin số 2"]


def test_the_index_of_an_upgraded_store_is_whole(url, old):
    write_store(url, old)
    with (
        open_store(url, create=False) as store,
        closing(store._engine.raw_connection()) as pooled,
    ):
        connection = pooled.driver_connection
        check = "INSERT INTO articles_fts(articles_fts, rank) VALUES (?, 1)"
        connection.execute(check, ("integrity-check",))
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        left = "SELECT name FROM sqlite_master WHERE name LIKE 'old_%'"
        assert connection.execute(left).fetchall() == []


@pytest.mark.slow
@pytest.mark.parametrize("revision", ["0002", "0005"])
def test_near_duplicates_in_an_old_store_stand_together(tmp_path, url, make, revision):
    text = " ".join(f"từ{n}" for n in range(90))
    many = [make(n, text, published_at=AT.replace(minute=n % 60)) for n in range(600)]
    write_store(url, [*many, make(1000, "Mưa.")], revision)
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other, other:
        other.execute("UPDATE texts SET record = '{' WHERE position = 7")
    with open_store(url, create=False) as store:
        assert len(store.heads([many[5], many[599], many[0]])) == 2
        select = "SELECT count(*), count(DISTINCT cluster) FROM near_duplicates"
        with store._transaction() as connection:
            assert connection.exec_driver_sql(select).one() == (599, 1)


def test_near_duplicates_found_before_their_table_was_renamed_are_kept(
    tmp_path, url, make
):
    text = " ".join(f"từ{n}" for n in range(90))
    pair = [make(n, text, published_at=AT, site=f"bao{n}.vn") for n in (1, 2)]
    with open_store(url) as store:
        store.save([*pair, make(3, "Mưa.")])
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other, other:
        other.executescript(
            "DROP INDEX articles_change;"
            "ALTER TABLE articles DROP COLUMN change;"
            "ALTER TABLE runs DROP COLUMN host;"
            "DROP INDEX near_duplicates_cluster;"
            "ALTER TABLE near_duplicates RENAME TO copies;"
            "CREATE INDEX copies_cluster ON copies (cluster);"
            "UPDATE tinsach_version SET version_num = '0007';"
        )
    with open_store(url, create=False) as store:
        assert store.near_duplicates(pair[1].url) == pair


@pytest.mark.slow
def test_more_articles_of_one_minute_than_it_has_numbers_are_upgraded(url, make):
    many = [make(n, "mưa", published_at=AT) for n in range(1100)]
    write_store(url, [*many, make(2000, "mưa", published_at=AT.replace(minute=1))])
    with open_store(url, create=False) as store:
        assert len(store.search("mưa", limit=2000)) == 1101


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(tmp_path, url, old):
    write_store(url, old)
    path = tmp_path / "articles.db"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE old_addresses (url)")
    with pytest.raises(StorageError, match=r"articles\.db failed: .*old_addresses"):
        open_store(url)
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute("SELECT count(*) FROM texts").fetchone() == (4,)
        other.execute("DROP TABLE old_addresses")
    with open_store(url, create=False) as store:
        assert store.load(old[0].url) == old[0]
