from __future__ import annotations

import resource
import subprocess
import sys
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa

from scraper.errors import StorageError
from scraper.storage import Outcome, open_store, sqlite

pytestmark = pytest.mark.slow

WRITER = Path(__file__).with_name("save_articles.py")


@pytest.fixture
def url(sqlite_url) -> str:
    return sqlite_url


def writer(url, first, count, **options) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), url, str(first), str(count)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **pipes | options)


def check(path) -> list[tuple[str]]:
    engine = sqlite.create_engine(sa.make_url(f"sqlite:///{path}"))
    with ExitStack() as at_the_end:
        at_the_end.callback(engine.dispose)
        pooled = at_the_end.enter_context(closing(engine.raw_connection()))
        connection = pooled.driver_connection
        connection.execute(
            "INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)"
        )
        return connection.execute("PRAGMA integrity_check").fetchall()


@pytest.mark.parametrize("after", [1, 137])
def test_what_is_stored_survives_kill_9(tmp_path, url, after):
    with writer(url, 0, 100_000) as child:
        printed = [line.strip() for line in islice(child.stdout, after)]
        child.kill()
        printed += [line.strip() for line in child.stdout if line.endswith("\n")]
    assert check(tmp_path / "articles.db") == [("ok",)]
    with open_store(url, create=False) as store:
        stored = {article.id for article in store.iter_articles()}
        assert {
            a.id for a in store.near_duplicates("https://example.vn/tin-0.htm")
        } == stored
        assert len(store.search("noi dung", limit=1000)) == min(len(stored), 1000)
    assert after <= len(printed) <= len(stored)
    assert set(printed) <= stored


def test_two_processes_may_write_at_once(tmp_path, url):
    writers = [writer(url, first, 150) for first in (0, 100)]
    outputs = [child.communicate(timeout=120) for child in writers]
    assert [child.returncode for child in writers] == [0, 0], outputs
    with open_store(url, create=False) as store:
        assert store.count() == 250
    assert check(tmp_path / "articles.db") == [("ok",)]


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def test_a_file_that_cannot_grow_stops_the_writer_and_loses_nothing(tmp_path, url):
    child = writer(url, 0, 1000, preexec_fn=_small_files)
    output, message = child.communicate(timeout=120)
    assert child.returncode == 1
    assert "articles.db could not be" in message
    assert "what was stored before is safe" in message
    with open_store(url, create=False) as store:
        assert store.count() == len(output.split()) > 0
    assert check(tmp_path / "articles.db") == [("ok",)]


def test_a_full_disk_fails_the_whole_batch_and_no_more(store, make):
    store.save([make(1)])
    with closing(store._transaction.engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StorageError, match="disk is full: free some space"):
        store.save([make(n, "chữ " * 2000) for n in range(2, 30)])
    assert store.count() == 1
    assert store.save([make(1)]) == [Outcome.UNCHANGED]
