"""The store, the archive or the lease of a crawl is taken away while it runs."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from scraper.errors import JobHeld
from scraper.monitoring.health import ExitStatus
from scraper.monitoring.run_report import RunReport
from scraper.settings import EXTENSIONS
from scraper.storage import back_up, open_store, restore
from scraper.storage.jobs import FRESH
from worlds import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = 24
FIRST = 8
"""Pages that answer before the store is taken away, the others after it."""
PUBLISHED = datetime.now(VIETNAM) - timedelta(hours=1)
PATHS = [f"/thoi-su/bai-{n}-{PUBLISHED:%Y%m%d%H%M%S}{n:03}.htm" for n in range(PAGES)]
FEED = "/tin-moi-nhat.rss"
_MEDDLERS = "tests.crawl.meddlers"


class Taken:
    """A crawl that is half done when something happens to it."""

    def __init__(self, crawls, site, **spec: Any) -> None:
        self.crawls, self.site = crawls, site
        spec = {"arguments": {"portal": site.base}} | spec
        self.process = crawls.start(**spec)
        _wait(lambda: stored(crawls) >= FIRST, self.process)

    def go_on(self) -> tuple[dict[str, Any], str]:
        """Let the other pages answer; return what came of the run, and its log."""
        self.site.closing.set()
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, err
        return json.loads(out), err


def stored(crawls) -> int:
    with open_store(crawls.environment["TINSACH_STORE"]) as store:
        return store.count()


def _wait(is_so: Callable[[], bool], process) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def site(make_site, write_article, write_feed):
    """A portal that answers FIRST articles, the others once the test lets it."""
    site = make_site()
    for path in PATHS:
        site.put(path, write_article(f"Bài {path}", time=PUBLISHED.isoformat()))
    site.put(FEED, write_feed([site.base + path for path in PATHS]))
    answer = site.answer

    def hold_back(handler) -> None:
        if sum(path in PATHS for path in site.hits) >= FIRST:
            site.closing.wait(120)
        answer(handler)

    site.answer = hold_back
    return site


@pytest.fixture
def taken(new_crawls, site):
    """Start crawls that a test interferes with; those left are killed."""
    made = []

    def take(**spec: Any) -> Taken:
        made.append(Taken(new_crawls, site, **spec))
        return made[-1]

    yield take
    for each in made:
        each.process.kill()
        each.process.communicate()


def delete(file: Path) -> None:
    file.unlink()


def rename_folder(file: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))
    file.parent.mkdir()


def put_another(file: Path) -> None:
    other = file.with_name("other.db")
    open_store(f"sqlite:///{other}").close()
    other.replace(file)


def overwrite(file: Path) -> None:
    other = file.with_name("other.db")
    open_store(f"sqlite:///{other}").close()
    shutil.copyfile(other, file)


def put_back(file: Path) -> None:
    """Restore a store as somebody does whose machine does not know of the run."""
    copy = file.with_name("copy.db")
    back_up(f"sqlite:///{file}", copy)
    with closing(sqlite3.connect(file)) as store, store:
        store.execute("UPDATE stored_runs SET seen_at = '2020-01-01 00:00:00.000000'")
    restore(f"sqlite:///{file}", copy, force=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (delete, "was moved or deleted while it was open"),
        (rename_folder, "was moved or deleted while it was open"),
        (put_another, "was replaced by another file while it was open"),
        (overwrite, "was overwritten while it was open"),
        (put_back, "was replaced by another store while it was open"),
    ],
)
def test_a_crawl_whose_store_is_taken_away_ends_and_says_so(
    taken, happens, said
) -> None:
    crawl = taken()
    happens(crawl.crawls.folder / "articles.db")
    outcome, err = crawl.go_on()
    assert outcome["status"] == ExitStatus.FAILED
    assert f"articles.db {said}" in err
    report = RunReport(**outcome["report"])
    assert (report.new, report.unaccounted) == (FIRST, 0)


@pytest.mark.slow
def test_a_crawl_whose_database_is_made_again_ends_and_says_so(
    taken, new_crawls, postgres
) -> None:
    url = new_crawls.environment["TINSACH_STORE"] = postgres.new_database()
    crawl = taken()
    name = sa.make_url(url).database
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")
    postgres.run(f"CREATE DATABASE {name}")
    open_store(url).close()
    outcome, err = crawl.go_on()
    assert outcome["status"] == ExitStatus.FAILED
    assert "was replaced by another store while it was open" in err
    assert stored(new_crawls) == 0


@pytest.mark.slow
def test_a_store_that_goes_after_the_last_article_is_noticed_at_the_end(
    new_crawls, site, write_feed
) -> None:
    site.put(FEED, write_feed([site.base + path for path in PATHS[: FIRST - 1]]))
    extensions = EXTENSIONS | {f"{_MEDDLERS}.DeleteStoreAtEnd": 1}
    settings = {"EXTENSIONS": extensions}
    run = new_crawls(arguments={"portal": site.base}, settings=settings)
    assert (run.status, run.report["new"]) == (ExitStatus.FAILED, FIRST - 1)
    assert "What was stored may be lost: store" in run.stderr


@pytest.mark.slow
def test_a_store_that_may_not_be_written_any_more_ends_the_crawl(taken) -> None:
    crawl = taken()
    files = [str(path) for path in crawl.crawls.folder.glob("articles.db*")]
    if subprocess.run(["chattr", "+i", *files], check=False).returncode:
        pytest.skip("no chattr, or no right to use it, on this file system")
    try:
        outcome, err = crawl.go_on()
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)
    assert outcome["status"] == ExitStatus.FAILED
    assert "became read-only" in err
    assert stored(crawl.crawls) == FIRST


@pytest.mark.parametrize("when", ["under way", "after the last page"])
def test_an_archive_that_is_moved_is_reported(taken, tmp_path, when) -> None:
    archive = tmp_path / "archive"
    settings = {"TINSACH_ARCHIVE": str(archive)}
    if when == "after the last page":
        settings["EXTENSIONS"] = EXTENSIONS | {f"{_MEDDLERS}.DeleteArchiveAtEnd": 1}
    crawl = taken(settings=settings)
    if when == "under way":
        archive.rename(tmp_path / "elsewhere")
    outcome, err = crawl.go_on()
    assert outcome["status"] == ExitStatus.UNHEALTHY
    assert "archive was moved, deleted or replaced" in err
    assert outcome["verdict"].startswith("the archive failed after")
    assert stored(crawl.crawls) == PAGES
    assert not archive.exists()


def test_a_store_is_not_restored_under_a_crawl(taken, tmp_path) -> None:
    crawl = taken()
    copy = tmp_path / "copy.db"
    back_up(crawl.crawls.store, copy)
    with pytest.raises(JobHeld, match=r"job baotintuc .* is held by"):
        restore(crawl.crawls.store, copy, force=True)
    outcome, _ = crawl.go_on()
    assert outcome["status"] == ExitStatus.DONE
    restore(crawl.crawls.store, copy, force=True)
    assert stored(crawl.crawls) == FIRST


@pytest.mark.slow
def test_a_run_that_slept_while_another_took_over_ends_without_writing(
    taken,
) -> None:
    crawl = taken()
    crawl.process.send_signal(signal.SIGSTOP)
    later = crawl.crawls.later(seconds=FRESH.total_seconds() + 5)
    crawl.site.closing.set()
    second = later(arguments={"portal": crawl.site.base})
    assert second.report["new"] == PAGES - FIRST
    with closing(sqlite3.connect(crawl.crawls.folder / "articles.db")) as store, store:
        store.execute("DELETE FROM samples")
    crawl.process.send_signal(signal.SIGCONT)
    outcome, err = crawl.go_on()
    assert outcome["status"] == ExitStatus.FAILED
    assert outcome["report"]["reason"] == "job_held"
    assert "run 1 has lost its job" in err
    with open_store(crawl.crawls.store) as store:
        first = store.jobs.load_run(1)
        assert (store.count(), first.record) == (PAGES, "")
        assert all(len(store.history(a.url)) == 1 for a in store.iter_articles())
        assert store.models.load_samples("127.0.0.1") == {}


@pytest.mark.slow
def test_a_run_that_slept_while_nobody_took_over_goes_on(taken) -> None:
    crawl = taken()
    crawl.process.send_signal(signal.SIGSTOP)
    with closing(sqlite3.connect(crawl.crawls.folder / "articles.db")) as store, store:
        store.execute("UPDATE stored_runs SET seen_at = '2020-01-01 00:00:00.000000'")
    crawl.process.send_signal(signal.SIGCONT)
    outcome, _ = crawl.go_on()
    assert outcome["status"] == ExitStatus.DONE
    assert stored(crawl.crawls) == PAGES
