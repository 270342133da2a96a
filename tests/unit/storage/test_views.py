"""What other programs read of a store, and that they may delete: plain SQL, nothing of ours."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from scraper.body import Link
from scraper.browsing import connect
from scraper.items import Article, Block, BlockKind, Extraction, Image
from scraper.storage import open_store, views
from scraper.storage.maintenance import find_damage

ZONE = timezone(timedelta(hours=7))
BLOCKS = (
    Block(
        BlockKind.PARAGRAPH,
        "Mưa lớn, 🌧 nước dâng.",
        links=(Link("nước dâng", "https://example.vn/nuoc", 11),),
    ),
    Block(BlockKind.CAPTION, "Nước lên. Ảnh: An"),
    Block(BlockKind.HEADING, "Hai xã"),
    Block(BlockKind.ENTRY, "Đê vỡ", time="10:15"),
    Block(BlockKind.ENTRY, "", time="10:30"),
    Block(BlockKind.QUOTE, " lề "),
    Block(BlockKind.PARAGRAPH, ""),
    Block(BlockKind.TABLE, "Tỉnh\tSố\nHuế\t3"),
    Block(BlockKind.EMBED, "Phim"),
)
CLOCK = {
    "published_at": datetime(2025, 7, 11, 6, 6, 23, 717000, tzinfo=ZONE),
    "modified_at": datetime(2025, 7, 11, 8, tzinfo=ZONE),
    "fetched_at": datetime(2025, 7, 12, 3, 4, 5, 678901, tzinfo=UTC),
    "gone_at": datetime(2025, 7, 13, tzinfo=UTC),
}


@pytest.fixture
def full(make) -> Article:
    """An article with every field set, and blocks that a text does not say alone."""
    return make(
        1,
        url="https://example.vn/tin-1.htm?a=1",
        canonical_url="https://example.vn/tin-1.htm",
        blocks=BLOCKS,
        lead="Sapo.",
        lead_source="page",
        lead_links=(Link("Sapo", "https://example.vn/sapo", 0),),
        images=(Image("https://example.vn/a.jpg", "Nước lên.", "An"), Image("b.jpg")),
        byline="An (TTXVN)",
        authors=("An", 'Bình "B"'),
        agency="TTXVN",
        published_source="json_ld",
        modified_source="meta",
        section="Thời sự",
        breadcrumbs=("Trang chủ", "Thời sự"),
        tags=("mưa", "Huế"),
        language="vi",
        paywalled=True,
        extraction=Extraction(
            "fast", "abc", 0.5, 9, {"related": 2}, "drops_too_much", agreement=0.25
        ),
        archive="a.warc.gz#1",
        **CLOCK,
    )


@contextmanager
def plain(store):
    """Yield a connection to the store as any program makes one."""
    if store._transaction.engine.dialect.name == "sqlite":
        with closing(
            sqlite3.connect(store._transaction.engine.url.database)
        ) as connection:
            yield connection
            connection.commit()
        return
    import psycopg

    url = store._transaction.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        yield connection


def ask(store, select):
    """Return the rows as mappings."""
    with plain(store) as connection:
        cursor = connection.execute(select)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def as_list(value) -> list:
    return json.loads(value) if isinstance(value, str) else value


def as_time(value) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def test_an_article_with_every_field_comes_back_as_it_was(store, full):
    unset = {f.name for f in fields(Article) if getattr(full, f.name) == f.default}
    assert unset == {"revision", "ledger"}
    store.save([full])
    assert store.load(full.url) == full


def test_the_view_of_articles_has_plain_columns(store, full):
    store.save([full])
    (row,) = ask(store, "SELECT * FROM articles")
    for name in ("id", "url", "canonical_url", "site", "title", "lead", "text"):
        assert row[name] == getattr(full, name)
    for name in ("byline", "agency", "section", "language", "revision", "archive"):
        assert row[name] == getattr(full, name)
    for name in ("authors", "breadcrumbs", "tags"):
        assert tuple(as_list(row[name])) == getattr(full, name)
    for name, moment in CLOCK.items():
        assert as_time(row[name]) == moment.replace(microsecond=0)
    assert (row["kind"], row["confidence"], row["paywalled"]) == ("article", 0.5, True)
    assert as_list(row["images"])[0]["url"] == full.images[0].url


def test_times_are_text_with_their_zone_that_sorts_as_time_does(sqlite_url, full):
    with open_store(sqlite_url) as store:
        store.save([full])
        (row,) = ask(store, "SELECT published_at, gone_at FROM articles")
    assert row == {
        "published_at": "2025-07-10T23:06:23Z",
        "gone_at": "2025-07-13T00:00:00Z",
    }


def test_what_an_article_lacks_is_empty_in_the_view(store, make):
    store.save([make(1, lead="Mô tả.", lead_source="meta"), make(2)])
    first, second = ask(store, "SELECT * FROM articles ORDER BY id DESC")
    assert {first["lead"], second["lead"]} == {"Mô tả.", ""}
    assert (first["byline"], first["archive"]) == ("", "")
    assert as_list(first["authors"]) == as_list(first["tags"]) == []
    assert (first["paywalled"], first["gone_at"]) == (False, None)


@pytest.mark.parametrize("lead_source", ["page", "meta"])
def test_the_view_of_blocks_cuts_the_text_as_it_was_joined(store, full, lead_source):
    article = replace(full, lead_source=lead_source)
    store.save([article])
    rows = ask(store, "SELECT * FROM blocks ORDER BY position")
    assert {row["article_id"] for row in rows} == {article.id}
    assert [row["position"] for row in rows] == list(range(len(BLOCKS)))
    cut = [(r["kind"], r["text"], r["time"]) for r in rows]
    assert cut == [(block.kind, block.text, block.time) for block in BLOCKS]


def test_the_blocks_of_an_article_are_cut_without_those_of_others(store, make):
    store.save([make(n) for n in range(3)])
    select = f"SELECT text FROM blocks WHERE article_id = '{make(1).id}'"
    assert ask(store, select) == [{"text": "Nội dung bài viết."}]


def test_the_view_of_revisions_has_each_with_its_words(store, full, make):
    store.save([full, make(2)])
    store.save([replace(full, title="Tin khác", blocks=(BLOCKS[2],), lead="Mới.")])
    select = "SELECT * FROM revisions WHERE article_id = '{}' ORDER BY revision"
    old, new = ask(store, select.format(full.id))
    assert [old["revision"], new["revision"]] == [1, 2]
    assert (old["title"], new["title"]) == (full.title, "Tin khác")
    assert (old["lead"], new["lead"]) == ("Sapo.", "Mới.")
    assert (old["text"], new["text"]) == (full.text, "Mới.\n\nHai xã")
    assert (bool(old["is_newest"]), bool(new["is_newest"])) == (False, True)
    assert len(ask(store, "SELECT 1 AS one FROM revisions")) == 3


def test_the_view_of_runs_has_what_the_report_counts(store):
    at = datetime(2025, 7, 1, 8, 0, 0, 5, tzinfo=UTC)
    report = {"verdict": "healthy", "new": 3, "failed": {"http_404": 2, "timeout": 1}}
    runs = [store.jobs.begin(f"job {n}", at) for n in range(3)]
    store.jobs.end(runs[0], at + timedelta(minutes=1), json.dumps(report))
    store.jobs.end(runs[1], at + timedelta(minutes=1), "")
    ended, killed, running = ask(store, "SELECT * FROM runs ORDER BY run")
    assert (ended["verdict"], ended["new"], ended["failed"]) == ("healthy", 3, 3)
    assert as_time(ended["ended_at"]) == datetime(2025, 7, 1, 8, 1, tzinfo=UTC)
    assert (killed["verdict"], killed["new"]) == ("killed", 0)
    assert (running["verdict"], running["ended_at"]) == ("", None)


def test_a_field_that_is_a_number_is_a_number_in_the_view(store, monkeypatch):
    monkeypatch.setitem(views._TYPES, "words", "int")
    name = store._transaction.engine.dialect.name
    dialect = {"sqlite": views._SQLITE, "postgresql": views._POSTGRESQL}[name]
    number = dialect._read("words")
    stored = "SELECT '{\"words\": 12}' AS fields UNION ALL SELECT '{}'"
    rows = ask(store, f"SELECT {number} AS words FROM ({stored}) AS d ORDER BY 1")
    assert [row["words"] for row in rows] == [0, 12]


def test_sqlite_and_postgresql_have_the_same_views(sqlite_url, postgres):
    columns = []
    for url in (sqlite_url, postgres.new_database()):
        with open_store(url) as store:
            inspector = sa.inspect(store._transaction.engine)
            columns.append(
                {
                    view: [column["name"] for column in inspector.get_columns(view)]
                    for view in inspector.get_view_names()
                }
            )
    assert columns[0] == columns[1]
    assert set(columns[0]) == {"articles", "blocks", "revisions", "runs"}


def test_counting_by_a_narrow_column_reads_no_text(sqlite_url):
    with open_store(sqlite_url) as store:
        select = "SELECT site, count(*) FROM articles GROUP BY site"
        plan = ask(store, f"EXPLAIN QUERY PLAN {select}")
        newest = "SELECT title FROM articles ORDER BY published_at DESC LIMIT 3"
        by_index = ask(store, f"EXPLAIN QUERY PLAN {newest}")
    assert [step["detail"].split()[1] for step in plan[:1]] == ["a"]
    assert not any(name in str(plan) for name in ("SEARCH", " t", " d"))
    assert "articles_newest" in str(by_index)
    assert "TEMP B-TREE" not in str(by_index)


def titles(store, words: str) -> list[str]:
    return [hit.article.title for hit in store.search(words)]


def counts(store) -> dict[str, int]:
    inspector = sa.inspect(store._transaction.engine)
    names = [n for n in inspector.get_table_names() if not n.startswith("articles_fts")]
    return {
        name: ask(store, f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in names
    }


@pytest.fixture
def crowded(store, make):
    """A store with two near-duplicates, revisions and other addresses, and one article."""
    long = " ".join(f"chữ{n}" for n in range(90))
    mirror = "https://example.vn/ban-sao.htm"
    pair = [make(n, long, site=f"bao{n}.vn") for n in (1, 2)]
    store.save([make(1, "Bản đầu.", site="bao1.vn"), pair[1], make(3)])
    store.save([replace(pair[0], url=mirror)])
    return store


@pytest.mark.parametrize("foreign_keys", ["ON", "OFF"])
@pytest.mark.parametrize("table", ["articles", "stored_articles"])
def test_what_another_program_deletes_is_gone_everywhere(
    crowded, table, foreign_keys, make
):
    store, is_sqlite = crowded, crowded._transaction.engine.dialect.name == "sqlite"
    with plain(store) as connection:
        if is_sqlite:
            connection.execute(f"PRAGMA foreign_keys = {foreign_keys}")
        connection.execute(f"DELETE FROM {table} WHERE site LIKE 'bao%'")
    assert titles(store, "chữ7") == titles(store, "bản đầu") == []
    assert titles(store, "noi dung") == ["Tin số 3"]
    store.save([make(4, "Nội dung khác.")])
    assert titles(store, "noi dung") == ["Tin số 4", "Tin số 3"]
    assert titles(store, "chữ7") == []
    left = counts(store)
    assert (
        left["stored_articles"] == left["stored_texts"] == left["stored_details"] == 2
    )
    for name in ("stored_revisions", "addresses", "near_duplicates", "sketches"):
        assert left[name] == 0
    if is_sqlite:
        assert left["stale_texts"] == 0
        url = str(store._transaction.engine.url)
        assert find_damage(url) == ""


@pytest.fixture
def file(sqlite_url):
    with open_store(sqlite_url) as opened:
        yield opened


def test_no_other_article_is_found_by_the_words_of_a_deleted_one(file, make):
    """The newest of a minute is deleted; the next one of that minute takes its number."""
    at = datetime(2025, 7, 1, 8, tzinfo=UTC)
    file.save([make(1, "Cá.", published_at=at), make(2, "Tôm.", published_at=at)])
    with plain(file) as connection:
        connection.execute(f"DELETE FROM articles WHERE id = '{make(2).id}'")
    file.save([make(3, "Cua.", published_at=at)])
    assert titles(file, "tôm") == []
    assert titles(file, "cua") == ["Tin số 3"]
    assert find_damage(str(file._transaction.engine.url)) == ""


def test_deleted_hits_take_no_place_among_those_that_are_ranked(
    file, make, monkeypatch
):
    monkeypatch.setattr("scraper.storage.store.CANDIDATES", 5)
    file.save([make(n, "mưa") for n in range(30)])
    with plain(file) as connection:
        connection.execute(
            "DELETE FROM articles WHERE published_at > '2025-07-01T08:09'"
        )
    assert len(file.search("mưa", limit=5)) == 5


def test_a_title_that_another_program_changed_is_damage(file, make):
    file.save([make(1, "mưa")])
    with plain(file) as connection:
        connection.execute("UPDATE stored_texts SET title = 'Tin cũ'")
        connection.execute("UPDATE stored_texts SET title = 'Tin sửa'")
    said = find_damage(str(file._transaction.engine.url))
    assert said == f"1 articles are damaged: {make(1).url}"
    file.save([make(1, "mưa"), make(2, "nắng")])
    assert titles(file, "tin sua") == titles(file, "tin cu") == []
    assert titles(file, "so 1") == titles(file, "mưa") == ["Tin số 1"]
    assert find_damage(str(file._transaction.engine.url)) == ""


def test_nothing_of_what_is_forgotten_waits_for_the_next_write(file, make):
    file.save([make(1, "mật"), make(2)])
    file.forget(make(1).url, datetime(2025, 8, 1, tzinfo=UTC))
    assert counts(file)["stale_texts"] == 0
    assert titles(file, "noi dung") == ["Tin số 2"]


def test_more_than_goes_in_one_go_is_taken_out_of_the_index(file, make, monkeypatch):
    from scraper.storage import sqlite

    monkeypatch.setattr(sqlite, "BATCH", 2)
    few = sqlite._STALE_FIRST.limit(None).limit(2)
    monkeypatch.setattr(sqlite, "_STALE_FIRST", few)
    file.save([make(n) for n in range(7)])
    with plain(file) as connection:
        connection.execute("DELETE FROM articles")
    file.save([make(9, "Khác.")])
    assert counts(file)["stale_texts"] == 0
    assert find_damage(str(file._transaction.engine.url)) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE stored_details SET fields = '{'",
            (
                "2 articles are damaged: https://example.vn/tin-0.htm,"
                " https://example.vn/tin-2.htm"
            ),
        ),
        (
            "DELETE FROM stale_texts",
            "its index of words holds 1 articles that are gone",
        ),
        ("SELECT 1", ""),
    ],
)
def test_what_does_not_fit_together_is_damage(file, make, change, said):
    file.save([make(n) for n in range(3)])
    with plain(file) as connection:
        connection.execute(f"DELETE FROM articles WHERE id = '{make(1).id}'")
        connection.execute(change)
    assert find_damage(str(file._transaction.engine.url)) == said


def test_an_article_that_is_not_in_the_index_is_damage(file, make):
    file.save([make(1)])
    with plain(file) as connection:
        connection.execute("DELETE FROM stored_texts")
        connection.execute("INSERT INTO stored_texts VALUES (1, 7, 'Tin', 'Chữ.')")
    said = find_damage(str(file._transaction.engine.url))
    assert said.endswith("; 1 articles are not in its index of words")


def test_the_days_of_browsing_are_those_of_the_zone(file, make, monkeypatch):
    file.save([replace(make(1), published_at=datetime(2025, 7, 11, 22, tzinfo=UTC))])
    days = {}
    for zone in ("", "UTC", "Europe/Paris"):
        monkeypatch.setenv("TINSACH_ZONE", zone)
        with closing(connect(str(file._transaction.engine.url))) as connection:
            ((days[zone],),) = connection.execute("SELECT day FROM articles")
    assert days == {"": "2025-07-12", "UTC": "2025-07-11", "Europe/Paris": "2025-07-12"}
