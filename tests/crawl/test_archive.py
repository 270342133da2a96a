"""The archive of real crawls: kept, killed and repaired, read again, forgotten."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from scraper import extract
from scraper.archive import iter_newest
from scraper.archive.folder import archive_files, read_file
from scraper.demo import serving
from scraper.sitemodel import SiteModel
from scraper.sitemodel.digest import block_key
from scraper.sitemodel.model import Repeated
from scraper.storage import open_store
from scraper.storage.maintenance import find_damage
from scraper.text import words

pytestmark = pytest.mark.slow

ON = {"TINSACH_ARCHIVE": "1"}
SIZE = 24


@pytest.fixture(scope="module")
def replica():
    with serving(size=SIZE) as replica:
        yield replica


@pytest.fixture(scope="module")
def run(replica, crawls):
    """A crawl of the whole portal with its archive."""
    return crawls(arguments={"portal": replica.base}, settings=ON)


@pytest.fixture
def tinsach(crawls):
    """Run ``tinsach`` in a process of its own, on the store of *crawls*."""
    return lambda *arguments: command(crawls, *arguments)


def command(crawls, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from scraper.cli import main; exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=crawls.environment | {"SCRAPY_SETTINGS_MODULE": "scraper.settings"},
        cwd=crawls.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def pages(crawls, **options) -> dict:
    """Return what the archive keeps by its references; all of it is sound."""
    folder = crawls.folder / "archive"
    found = iter_newest(folder, passed=pytest.fail, **options)
    return {kept.reference: kept.page for kept in found}


def reextracted(tinsach, *arguments: str) -> dict:
    done = tinsach("reextract", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def changes(record: dict) -> dict[str, int]:
    return {name: count for name, count in record["effects"].items() if count}


def test_every_article_names_its_page_in_the_archive(run, crawls, replica):
    kept = pages(crawls)
    assert len(kept) == run.report["archived"] == SIZE
    for url, article in run.stored().items():
        page = kept[article.archive]
        assert (page.url, page.fetched_at) == (url, article.fetched_at)
        assert extract(page.body, url=url).title == article.title


def test_sources_are_not_archived(run, crawls):
    assert all("sitemap" not in page.url for page in pages(crawls).values())


def test_what_has_not_changed_is_not_archived_again(run, crawls, replica):
    size = sum(path.stat().st_size for path in archive_files(crawls.folder / "archive"))
    later = crawls.later(hours=80)
    again = later(arguments={"portal": replica.base}, settings=ON)
    assert again.report["same"] > 0
    assert again.report["archived"] == again.report["revisited"] - again.report["same"]
    grown = sum(p.stat().st_size for p in archive_files(crawls.folder / "archive"))
    assert again.report["archived"] or grown == size


def test_a_replay_and_a_crawl_without_it_archive_nothing(run, new_crawls, crawls):
    archive = str(crawls.folder / "archive")
    base = next(iter(run.stored())).split("/", 3)
    portal = "/".join(base[:3])
    again = new_crawls(arguments={"portal": portal}, replay=archive, settings=ON)
    assert again.report["new"] == SIZE
    assert not (new_crawls.folder / "archive").exists()


def test_a_damaged_article_comes_back_from_the_archive_with_its_neighbours(
    run, new_crawls, crawls, replica
):
    """By a replay, and by a repair; neither fails at the articles beside it."""
    archive = crawls.folder / "archive"
    shutil.copytree(archive, new_crawls.folder / "archive")
    path = new_crawls.folder / "articles.db"
    shutil.copy(crawls.folder / "articles.db", path)
    stored = run.stored()

    def damage() -> None:
        with closing(sqlite3.connect(path)) as other, other:
            other.execute(
                "UPDATE stored_texts SET text = text || '!' WHERE position IN (3, 5)"
            )

    damage()
    arguments = {"portal": replica.base}
    again = new_crawls(arguments=arguments, replay=str(archive), settings=ON)
    assert (again.report["new"], again.report["failed"]) == (2, {})
    texts = {url: article.text for url, article in again.stored().items()}
    assert texts == {url: article.text for url, article in stored.items()}
    assert find_damage(again.store) == ""
    damage()
    repaired = command(new_crawls, "doctor", "--repair")
    assert (
        f"{SIZE} articles were saved; 2 were damaged; 2 were restored"
        in repaired.stdout
    )
    assert find_damage(again.store) == ""
    texts = {url: article.text for url, article in again.stored().items()}
    assert texts == {url: article.text for url, article in stored.items()}


def test_another_model_is_shown_first_and_applied_when_asked_for(run, crawls, tinsach):
    reextracted(tinsach, "--apply")  # by the model that the crawl ended with
    assert set(changes(reextracted(tinsach))) <= {"same", "older"}
    with open_store(run.store) as store:
        article = max(store.iter_articles(), key=lambda a: len(a.blocks))
        model = SiteModel.from_json(store.models.load_model("127.0.0.1"))
        text = article.blocks[2].text
        repeated = {
            **model.repeated,
            block_key(SimpleNamespace(words=words(text))): Repeated(text[:40], 50),
        }
        changed = replace(model, repeated=repeated, openings={})
        options = {"pages": changed.pages}
        store.models.save_model(
            "127.0.0.1", changed.version, changed.to_json(), **options
        )
        store.models.pin("127.0.0.1", changed.version)
    shown = reextracted(tinsach)
    assert shown["effects"]["reworded"] == 1
    (most,) = shown["most_changed"]
    assert most["url"] == article.url
    assert [(c["kind"], c["before"]) for c in most["changes"]] == [("removed", text)]
    with open_store(run.store) as store:
        assert text in store.load(article.url).text
    assert reextracted(tinsach, "--apply")["applied"] is True
    with open_store(run.store) as store:
        *_, before, after = store.history(article.url)
        store.models.unpin("127.0.0.1")
    assert text in before.text
    assert text not in after.text
    assert after.revision == before.revision + 1
    assert (after.archive, after.fetched_at) == (article.archive, article.fetched_at)
    reextracted(tinsach, "--apply")


def test_what_was_forgotten_comes_back_by_no_way(run, crawls, tinsach, replica):
    article = next(iter(run.stored().values()))
    done = tinsach("forget", article.url)
    assert done.returncode == 0
    assert "1 article, " in done.stderr
    assert article.url not in run.stored()
    assert article.url not in {page.url for page in pages(crawls).values()}
    later = crawls.later(days=3)(arguments={"portal": replica.base}, settings=ON)
    assert later.report["new"] == 0
    assert article.url not in run.stored()
    assert article.url not in {page.url for page in pages(crawls).values()}
    assert article.url not in Path(crawls.folder / "articles.db").read_text("latin-1")
    assert "new" not in changes(reextracted(tinsach, "--apply"))


def test_a_store_is_backed_up_while_a_crawl_writes_it(new_crawls, replica, tmp_path):
    process = new_crawls.start(arguments={"portal": replica.base})
    try:
        wait_for(lambda: count(new_crawls.store) > 3)
        done = command(new_crawls, "store", "backup", "copy.db")
        assert done.returncode == 0, done.stderr
        copied = count(f"sqlite:///{tmp_path}/copy.db")
        process.communicate(timeout=300)
    finally:
        process.kill()
    assert 3 < copied <= count(new_crawls.store) == SIZE


def test_a_crawl_that_is_killed_leaves_an_archive_that_goes_on(new_crawls, replica):
    folder = new_crawls.folder / "archive"
    for size in (200_000, 2_000_000):
        process = new_crawls.start(arguments={"portal": replica.base}, settings=ON)
        try:
            wait_for(lambda size=size: archived(folder) > size)
        finally:
            process.kill()
            process.communicate()
        (path, *_) = archive_files(folder)
        if not read_file(path).bad:  # else the kill cut a write off
            with path.open("ab") as file:
                file.write(path.read_bytes()[:30_000])
        assert pages(new_crawls)  # a reader does not mind
    run = new_crawls(arguments={"portal": replica.base}, settings=ON)
    assert len(run.stored()) == SIZE
    kept = pages(new_crawls)
    assert all(kept[a.archive].url == url for url, a in run.stored().items())


def archived(folder: Path) -> int:
    return sum(path.stat().st_size for path in archive_files(folder))


def count(url: str) -> int:
    from scraper.errors import StorageError

    try:
        with open_store(url, create=False) as store:
            return store.count()
    except StorageError:
        return 0


def wait_for(happened) -> None:
    deadline = time.monotonic() + 300
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_old_is_removed_at_the_end_of_a_run(
    new_crawls, site, answer, write_feed
):
    quarantine = new_crawls.folder / "quarantine"
    old = new_crawls.folder / "archive" / "20200101-001.warc.gz"
    for path in (quarantine / "a.json", quarantine / "a.html", old):
        path.parent.mkdir(exist_ok=True)
        path.write_text('{"when": "2020-01-01T00:00:00+00:00"}')
    run = new_crawls(arguments={"portal": site.base}, settings=ON | {"TINSACH_KEEP": 9})
    assert run.stats["archive/pruned"] == run.stats["quarantine/pruned"] == 1
    assert not old.exists()
    assert list(quarantine.iterdir()) == []
