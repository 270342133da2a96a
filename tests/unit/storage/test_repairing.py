"""A damaged store gives back what can be read of it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from scraper import clock
from scraper.errors import StorageError
from scraper.items import Block, BlockKind
from scraper.storage import Address, Query, Result, Visit, Wanted, open_store
from scraper.storage.maintenance import find_damage, repair
from scraper.storage.salvaging import Lost

COUNT = 400
PAGE = 4096


@pytest.fixture
def articles(make):
    texts = (" ".join(f"đoạn {n} từ {k}" for k in range(200)) for n in range(COUNT))
    return [make(n, text) for n, text in enumerate(texts)]


@pytest.fixture
def url(sqlite_url, articles) -> str:
    """A store of some hundred articles, closed."""
    with open_store(sqlite_url) as store:
        store.save(articles)
    return sqlite_url


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def damage(url: str, *, start: float, pages: int) -> None:
    """Write nonsense over *pages* of the store from *start*, a share of the file, on."""
    with file_of(url).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(int(size * start) // PAGE * PAGE)
        file.write(b"\xa5" * PAGE * pages)


def test_a_sound_store_has_no_damage(url) -> None:
    assert find_damage(url) == ""


@pytest.mark.parametrize("start", [0.2, 0.4, 0.6, 0.8])
def test_what_stands_on_other_pages_is_saved_and_found_again(url, start) -> None:
    damage(url, start=start, pages=4)
    assert find_damage(url)
    done = repair(url)
    assert find_damage(url) == ""
    assert COUNT * 0.9 < done.saved.articles <= COUNT
    assert done.aside.exists()
    with open_store(url, create=False) as store:
        kept = list(store.iter_articles(Query()))
        assert len(kept) == done.saved.articles
        assert len(list(store.search(kept[0].title, limit=5))) >= 1


def test_an_article_whose_parts_do_not_fit_is_left_out(url, articles) -> None:
    with closing(sqlite3.connect(file_of(url))) as other, other:
        other.execute("UPDATE stored_texts SET text = text || 'x' WHERE position = 7")
    done = repair(url)
    assert done.saved.articles == COUNT - 1
    (lost,) = done.saved.lost
    assert (lost.url, lost.is_older) == (articles[6].url, False)
    with open_store(url, create=False) as store:
        assert len(list(store.iter_articles(Query()))) == COUNT - 1


def test_what_was_lost_can_be_stored_again(url, articles) -> None:
    damage(url, start=0.5, pages=8)
    repair(url)
    with open_store(url) as store:
        store.save(articles)
        assert store.count() == COUNT


def test_a_file_that_was_cut_gives_what_it_holds(url) -> None:
    path = file_of(url)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert repair(url).saved.articles > 0


def test_what_is_no_database_any_more_is_left_as_it_is(url) -> None:
    path = file_of(url)
    path.write_bytes(b"\xa5" * 100_000)
    with pytest.raises(StorageError, match="not a database any more"):
        repair(url)
    assert path.read_bytes() == b"\xa5" * 100_000


def test_a_store_of_which_nothing_is_left_becomes_an_empty_one(url) -> None:
    path = file_of(url)
    header = path.read_bytes()[:PAGE]
    path.write_bytes(header)
    assert find_damage(url)
    done = repair(url)
    assert (done.saved.articles, done.saved.lost) == (0, [Lost("", is_older=False)])
    assert done.aside.read_bytes() == header
    assert find_damage(url) == ""


def test_a_damaged_database_without_the_mark_of_a_store_is_left_as_it_is(url):
    path = file_of(url)
    content = bytearray(path.read_bytes()[:PAGE])
    content[68:72] = bytes(4)
    path.write_bytes(content)
    with pytest.raises(StorageError, match="not a database any more"):
        repair(url)
    assert path.read_bytes() == content


def test_articles_whose_rows_are_lost_are_left_out_and_the_others_saved(url) -> None:
    """Their words are there still; they are no reason to stop."""
    with closing(sqlite3.connect(file_of(url))) as other, other:
        name = "stored_articles_delete"
        trigger = "SELECT sql FROM sqlite_schema WHERE name = ?"
        (statement,) = other.execute(trigger, (name,)).fetchone()
        other.execute(f"DROP TRIGGER {name}")
        other.execute("DELETE FROM stored_articles WHERE position BETWEEN 5 AND 9")
        other.execute(statement)
    assert "rows belong to articles that are gone" in find_damage(url)
    done = repair(url)
    assert (done.saved.articles, len(done.saved.lost)) == (COUNT - 5, 5)
    assert find_damage(url) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "DROP VIEW articles",
        "DROP TABLE articles_fts",
        "DROP TRIGGER stored_texts_delete",
        "DROP INDEX articles_newest",
        "DROP TABLE tinsach_version",
        "UPDATE tinsach_version SET version_num = '0p11'",
        "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema",
        (
            "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage = 3 WHERE"
            " name = 'stored_texts'"
        ),
        (
            "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE TABEL x'"
            " WHERE name = 'stored_details'"
        ),
    ],
)
def test_the_schema_is_made_anew(url, statement) -> None:
    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as other:
        for each in statement.split("; "):
            other.execute(each)
    assert find_damage(url)
    with open_store(url, create=False) as store:
        assert len(list(store.iter_articles())) == COUNT
    assert repair(url).saved.articles == COUNT
    assert find_damage(url) == ""


def test_a_store_whose_first_page_is_lost_is_read_to_be_exported(url) -> None:
    with file_of(url).open("r+b") as file:
        file.write(b"\xa5" * 200)
    assert find_damage(url)
    with open_store(url, create=False) as store:
        assert len(list(store.iter_articles())) == COUNT
    assert repair(url).saved.articles == COUNT


def test_a_copy_that_does_not_fit_is_named(url) -> None:
    with file_of(url).open("r+b") as file:
        file.write(b"\xa5" * 200)
    code = (
        "import resource, sys\n"
        "from scraper.storage import open_store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "with open_store(sys.argv[1], create=False) as store:\n"
        "    list(store.iter_articles())\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, url], capture_output=True, text=True, check=False
    ).stderr
    assert re.search("store .*, salvaged into .*salvaged-.*, could not be ", said)


def test_what_is_in_the_log_is_saved_too(url, make) -> None:
    path = file_of(url)
    with open_store(url) as store:
        store.save([make(COUNT, "Bài cuối cùng.")])
        copies = [path, path.with_name(f"{path.name}-wal")]
        kept = [copy.read_bytes() for copy in copies]
    for copy, content in zip(copies, kept, strict=True):
        copy.write_bytes(content)
    damage(url, start=0.5, pages=1)
    repair(url)
    with open_store(url) as store:
        assert store.load(make(COUNT).url).text == "Bài cuối cùng."


def test_a_store_of_another_program_is_left_as_it_is(sqlite_url) -> None:
    path = file_of(sqlite_url)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE things (a TEXT)")
        other.execute("INSERT INTO things VALUES ('x')")
    before = path.read_bytes()
    assert find_damage(sqlite_url) == ""
    with pytest.raises(StorageError, match="not a database any more"):
        repair(sqlite_url)
    assert path.read_bytes() == before


def test_the_revision_before_takes_the_place_of_a_damaged_one(url, articles) -> None:
    edited = replace(
        articles[6], blocks=(Block(BlockKind.PARAGRAPH, "Đã sửa, dòng mới."),)
    )
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with open_store(url) as store:
        store.save([edited])
        run = store.jobs.begin("job", at)
        listed = [Address(article.url) for article in articles]
        store.jobs.add("job", listed, at=at, anew=True)
        wanted = Wanted(run=run, began=at, at=at, limit=COUNT)
        visits = [
            Visit(position=p.position, at=at, result=Result.READ, content_hash="c")
            for p in store.jobs.lease("job", wanted)
        ]
        store.jobs.settle("job", visits, run=run, at=at)
        store.jobs.end(run, at, "{}")
    with closing(sqlite3.connect(file_of(url))) as other, other:
        other.execute("UPDATE stored_texts SET text = 'x' WHERE position IN (7, 9)")
    done = repair(url)
    assert sorted(done.saved.lost) == sorted(
        [(articles[6].url, True), (articles[8].url, False)]
    )
    with open_store(url) as store:
        assert store.load(articles[6].url) == articles[6]
        assert [each.revision for each in store.history(articles[6].url)] == [1]
        now = clock.now()
        run = store.jobs.begin("job", now)
        wanted = Wanted(run=run, began=now, at=now, limit=COUNT)
        due = store.jobs.lease("job", wanted)
    again = {lease.address.url for lease in due if not lease.content_hash}
    assert again == {articles[6].url, articles[8].url}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_bits_turn_the_others_are_saved_and_all_comes_back(
    url, articles, seed
) -> None:
    chance = Random(seed)
    content = bytearray(file_of(url).read_bytes())
    bits = 3**seed % 61
    for bit in (chance.randrange(len(content) * 8) for _ in range(bits)):
        content[bit // 8] ^= 1 << bit % 8
    file_of(url).write_bytes(content)
    with open_store(url, create=False) as store:
        read = list(store.iter_articles())
    if not find_damage(url):
        assert len(read) == COUNT
        return
    done = repair(url)
    assert find_damage(url) == ""
    with open_store(url) as store:
        kept = list(store.iter_articles())
        assert len(kept) == done.saved.articles
        assert {a.url: a for a in read}.items() <= {a.url: a for a in kept}.items()
        assert {a.url: a for a in kept}.items() <= {a.url: a for a in articles}.items()
        store.save(articles)
        assert len(list(store.iter_articles())) == COUNT
    assert find_damage(url) == ""
