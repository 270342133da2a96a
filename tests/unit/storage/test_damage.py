"""One damaged row costs one row: it is reported, passed over, and stored again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper import clock
from scraper.errors import JobHeld
from scraper.storage import (
    Address,
    Outcome,
    Query,
    Result,
    Visit,
    Wanted,
    open_store,
)
from scraper.storage.maintenance import find_damage, repair_rows
from scraper.storage.salvaging import Lost

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 30
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
JOB = "job"


@pytest.fixture
def articles(make):
    words = [" ".join(f"chữ{n} lời{n}x{k}" for k in range(60)) for n in range(COUNT)]
    return [make(n, f"{words[n]} dấu-{n}-hiệu") for n in range(COUNT)]


@pytest.fixture
def filled(url, articles) -> str:
    with open_store(url) as store:
        store.save(articles)
    return url


@pytest.fixture
def change(url) -> Callable[[str], None]:
    """Run a statement past the store, as another program would."""

    def run(statement: str) -> None:
        with open_store(url) as store, store._transaction(writes=True) as connection:
            connection.exec_driver_sql(statement)

    return run


def damage(url: str, old: str, new: str) -> None:
    """Write other bytes into the file of a closed store."""
    path = Path(url.removeprefix("sqlite:///"))
    content = path.read_bytes()
    assert content.count(old.encode()) >= 1
    assert len(old.encode()) == len(new)
    path.write_bytes(content.replace(old.encode(), new.encode("latin-1")))


DAMAGES = (
    "UPDATE stored_texts SET text = text || '.' WHERE position = 7",
    "UPDATE stored_texts SET recency = 5 WHERE position = 7",
    "UPDATE stored_details SET fields = '{' WHERE position = 7",
    "UPDATE stored_details SET lead_length = 3 WHERE position = 7",
    "UPDATE stored_articles SET agency = 'x' WHERE position = 7",
    "UPDATE stored_articles SET confidence = .25 WHERE position = 7",
    "UPDATE stored_articles SET change = 9007199254740999 WHERE position = 7",
    "UPDATE stored_articles SET published_at = NULL WHERE position = 7",
    "UPDATE stored_articles SET checksum = 0 WHERE position = 7",
    "DELETE FROM stored_texts WHERE position = 7",
    "DELETE FROM stored_details WHERE position = 7",
)


@pytest.mark.parametrize("statement", DAMAGES)
def test_a_damaged_article_is_named_and_stored_again(
    filled, articles, change, statement, caplog
) -> None:
    change(statement)
    said = find_damage(filled)
    assert said.startswith(f"1 articles are damaged: {articles[6].url}")
    with open_store(filled) as store:
        found = {article.url for article in store.iter_articles()}
        assert found == {a.url for a in articles} - {articles[6].url}
        assert store.load(articles[6].url) is None
        assert store.damaged == 1
        assert sum(articles[6].url in line for line in caplog.messages) == 1
        outcomes = store.save(articles)
        assert outcomes.count(Outcome.NEW) == 1 == COUNT - outcomes.count("unchanged")
        assert store.load(articles[6].url) == articles[6]
        assert len(list(store.iter_articles())) == COUNT
    if filled.startswith("sqlite") and "fields" in statement:
        assert find_damage(filled) == ""


def test_bytes_that_are_no_text_cost_one_article(sqlite_url, articles) -> None:
    with open_store(sqlite_url) as store:
        store.save(articles)
    damage(sqlite_url, "dấu-7-hiệu", "d\xff\xff\xffu-7-hi\xc1\x80\xffu")
    with open_store(sqlite_url) as store:
        assert len(list(store.iter_articles(Query(site="example.vn")))) == COUNT - 1
        assert [hit.article.url for hit in store.search("lời3x4")] == [articles[3].url]
        assert store.search("lời7x4") == []
        assert store.save(articles[5:9])[2] is Outcome.NEW
        assert store.load(articles[7].url) == articles[7]


def test_an_earlier_revision_that_is_damaged_is_left_out_of_the_history(
    url, make, change
) -> None:
    with open_store(url) as store:
        for text in ("Một.", "Hai.", "Ba."):
            store.save([make(text=text)])
    change("UPDATE stored_revisions SET text = 'Mot.' WHERE revision = 1")
    assert find_damage(url) == "1 earlier revisions are damaged"
    with open_store(url) as store:
        said = [article.text for article in store.history(make().url)]
        assert (said, store.damaged) == (["Hai.", "Ba."], 1)


@pytest.fixture
def crawled(filled, articles) -> str:
    """A store whose articles were visited by two runs, with a sample and a model."""
    with open_store(filled) as store:
        run = store.jobs.begin(JOB, AT)
        listed = [Address(article.url) for article in articles]
        store.jobs.add(JOB, listed, at=AT, anew=True)
        wanted = Wanted(run=run, began=AT, at=AT, limit=COUNT)
        named = {"etag": "e", "content_hash": "c"}
        store.jobs.settle(
            JOB,
            [
                Visit(position=lease.position, at=AT, result=Result.READ, **named)
                for lease in store.jobs.lease(JOB, wanted)
            ],
            run=run,
            at=AT,
        )
        store.jobs.end(run, AT, '{"verdict":"healthy"}')
        store.models.save_model("x.vn", "a" * 16, '{"a":1}', pages=3)
        store.models.save_samples("x.vn", {"k": "một", "l": "hai"}, keep=9)
    return filled


def test_a_store_that_was_only_written_here_is_sound(crawled) -> None:
    assert find_damage(crawled) == ""


OTHER_DAMAGES = (
    ("UPDATE frontier SET url = url || 'x' WHERE position = 3", "frontier"),
    ("UPDATE frontier SET kind = 'feeds' WHERE position = 3", "frontier"),
    ("UPDATE frontier SET result = 'read!' WHERE position = 3", "frontier"),
    ("""UPDATE stored_runs SET record = '{"verdict":"heavy"}'""", "runs"),
    ("UPDATE stored_runs SET job = 'jab'", "runs"),
    ("UPDATE stored_runs SET ended_at = '2027-03-01 08:00:00.000000'", "runs"),
    ("UPDATE models SET pages = 4", "site models"),
    ("UPDATE models SET record = '{\"a\":2}'", "site models"),
    ("UPDATE samples SET record = 'ba' WHERE key = 'k'", "samples of pages"),
    ("UPDATE sketches SET shingles = shingles + 1 WHERE position = 3", "sketches"),
    ("DELETE FROM sketches WHERE position = 3", "sketches"),
)


@pytest.mark.parametrize(("statement", "said"), OTHER_DAMAGES)
def test_damage_in_other_tables_is_reported(crawled, change, statement, said) -> None:
    change(statement)
    assert said in find_damage(crawled)


def test_a_damaged_address_is_dropped_and_noted_anew(crawled, articles, change) -> None:
    change("UPDATE frontier SET kind = 'feeds' WHERE position = 3")
    change("UPDATE frontier SET tries = 1 WHERE position = 4")
    later = AT + timedelta(days=1)
    change("UPDATE frontier SET due_at = '2026-03-01 09:00:00'")
    with open_store(crawled) as store:
        run = store.jobs.begin(JOB, later)
        wanted = Wanted(run=run, began=later, at=later, limit=COUNT)
        assert len(store.jobs.lease(JOB, wanted)) == COUNT - 1
        listed = [Address(article.url) for article in articles]
        assert store.jobs.add(JOB, listed, at=later, anew=True) == [articles[2].url]


def test_the_page_of_a_damaged_article_is_fetched_whether_it_changed_or_not(
    crawled, articles, change
) -> None:
    change("UPDATE stored_texts SET text = 'x' WHERE position = 7")
    change("UPDATE frontier SET due_at = '2026-03-01 09:00:00'")
    later = AT + timedelta(days=1)
    with open_store(crawled) as store:
        run = store.jobs.begin(JOB, later)
        wanted = Wanted(run=run, began=later, at=later, limit=COUNT)
        leases = store.jobs.lease(JOB, wanted)
    known = {each.address.url: (each.etag, each.content_hash) for each in leases}
    assert known.pop(articles[6].url) == ("", "")
    assert set(known.values()) == {("e", "c")}


def test_the_record_of_a_damaged_run_is_not_believed(crawled, change) -> None:
    change("""UPDATE stored_runs SET record = '{"verdict":'""")
    with open_store(crawled) as store:
        assert store.jobs.list_runs()[0].record == ""
        assert store.jobs.begin(JOB, AT + timedelta(days=1)) == 2


def test_a_damaged_sample_is_not_learned_from(crawled, change) -> None:
    change("UPDATE samples SET record = 'ba' WHERE key = 'k'")
    with open_store(crawled) as store:
        assert store.models.load_samples("x.vn") == {"l": "hai"}


def test_times_that_are_none_keep_no_other_row_from_being_read(sqlite_url, make):
    with open_store(sqlite_url) as store:
        store.save([make(1), make(2)])
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute(
            "UPDATE stored_articles SET fetched_at = x'ff' WHERE position = 1"
        )
        other.commit()
    with open_store(sqlite_url) as store:
        assert [article.url for article in store.iter_articles()] == [make(2).url]


def test_the_index_of_words_is_compared_with_the_articles(sqlite_url, articles):
    with open_store(sqlite_url) as store:
        store.save(articles)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        sizes = other.execute("SELECT * FROM articles_fts_docsize").fetchall()
        other.execute(
            "INSERT INTO articles_fts(articles_fts, rowid, text_folded, title_folded)"
            " SELECT 'delete', recency, 'loi3x4', '' FROM stored_texts WHERE position=4"
        )
        other.executemany(
            "INSERT OR IGNORE INTO articles_fts_docsize VALUES (?,?)", sizes
        )
        other.commit()
    assert find_damage(sqlite_url) == "its index of words is wrong about 1 words"


def test_a_view_shows_the_others_of_an_article_whose_fields_are_damaged(
    sqlite_url, articles
) -> None:
    with open_store(sqlite_url) as store:
        store.save(articles)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute(
            "UPDATE stored_details SET fields='{', blocks='[' WHERE position=7"
        )
        for view in ("articles", "revisions"):
            assert len(other.execute(f"SELECT * FROM {view}").fetchall()) == COUNT
        assert len(other.execute("SELECT * FROM blocks").fetchall()) == COUNT - 1


def test_words_of_a_text_that_is_damaged_do_not_stop_what_is_saved(sqlite_url, make):
    """The index cannot take out words that it does not hold; it is made anew."""
    with open_store(sqlite_url) as store:
        store.save([make(1, "một hai")])
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute(
            "UPDATE stored_texts SET text = 'ba ' || hex(zeroblob(9)) || ' x y'"
        )
        other.execute("DELETE FROM stale_texts")
        other.execute("UPDATE stored_texts SET text = 'a b c d e f g h i k l m n o p'")
        other.execute(
            "UPDATE stale_texts SET text = text || ' a b c d e f g h i k l m'"
        )
        other.commit()
    with open_store(sqlite_url) as store:
        store.save([make(1, "một hai")])
        assert [hit.article.text for hit in store.search("hai")] == ["một hai"]


@pytest.mark.parametrize("statement", DAMAGES)
def test_a_damaged_article_without_revisions_is_removed_and_fetched_anew(
    crawled, articles, change, statement, tmp_path
) -> None:
    change(statement)
    done = repair_rows(crawled, tmp_path)
    assert (done.saved.articles, done.saved.lost) == (
        COUNT - 1,
        [Lost(articles[6].url, False)],
    )
    assert find_damage(crawled) == ""
    with open_store(crawled) as store:
        assert {a.url for a in store.iter_articles()} == {
            a.url for a in articles if a is not articles[6]
        }
        known = {each.address.url: each.etag for each in lease_all(store)}
    assert known.pop(articles[6].url) == ""
    assert set(known.values()) == {"e"}
    (aside,) = done.aside.read_text().splitlines()
    assert json.loads(aside)["canonical_url"] == articles[6].url


def lease_all(store):
    """Lease what is due by now to a new run."""
    now = clock.now()
    run = store.jobs.begin(JOB, now)
    return store.jobs.lease(JOB, Wanted(run=run, began=now, at=now, limit=COUNT))


@pytest.mark.parametrize(("statement", "said"), OTHER_DAMAGES)
def test_other_damaged_rows_are_removed_or_made_anew(
    crawled, change, statement, said, tmp_path
) -> None:
    change(statement)
    done = repair_rows(crawled, tmp_path)
    assert (done.saved.articles, done.saved.lost) == (COUNT, [])
    assert find_damage(crawled) == ""
    kept = done.aside.read_text().splitlines()
    assert len(kept) == done.saved.rows == ("sketches" not in said)


def test_the_last_sound_revision_takes_the_place_of_a_damaged_article(
    url, make, change, tmp_path
) -> None:
    with open_store(url) as store:
        for text in ("Một.", "Hai.", "Ba.", "Bốn."):
            store.save([make(text=text)])
    change("UPDATE stored_revisions SET text = 'Bo.' WHERE revision = 3")
    change("UPDATE stored_texts SET text = 'Bon.'")
    done = repair_rows(url, tmp_path)
    assert (done.saved.lost, done.saved.rows) == ([Lost(make().url, True)], 1)
    assert find_damage(url) == ""
    with open_store(url) as store:
        assert [article.text for article in store.history(make().url)] == [
            "Một.",
            "Hai.",
        ]
        assert [hit.article.text for hit in store.search("hai")] == ["Hai."]
        assert store.search("bon") == []
    said = [json.loads(line)["text"] for line in done.aside.read_text().splitlines()]
    assert said == ["Bo.", "Bon."]


def test_rows_are_not_repaired_while_a_run_holds_a_job(crawled, change, tmp_path):
    change("UPDATE stored_texts SET text = 'x' WHERE position = 7")
    with open_store(crawled) as store:
        store.jobs.begin(JOB, clock.now())
        with pytest.raises(JobHeld):
            repair_rows(crawled, tmp_path)
    assert "1 articles are damaged" in find_damage(crawled)
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_revision_of_what_has_lost_its_address_is_not_called_stored(
    url, make, change, tmp_path
) -> None:
    with open_store(url) as store:
        for text in ("Một.", "Hai."):
            store.save([make(text=text)])
    change("UPDATE stored_articles SET id = '0123456789abcdef'")
    assert repair_rows(url, tmp_path).saved.lost == [Lost("", is_older=False)]
    assert find_damage(url) == ""
