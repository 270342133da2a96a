from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta

import pytest
from worker_tasks import behave

from scraper import clock
from scraper.items import Page
from scraper.workers import ReaderPool
from scraper.workers.task import Quarantine, page_id


def page(verb: str) -> Page:
    return Page(f"https://example.org/{verb}", b"<p>\xff\x00", content_type="text/html")


@pytest.mark.parametrize("verb", ["hang", "segfault", "raises"])
def test_a_page_that_hangs_kills_or_raises_is_kept_with_the_reason(tmp_path, verb):
    limit = 0.3 if verb == "hang" else None
    with ReaderPool(workers=1, timeout=limit, task=behave, quarantine=tmp_path) as pool:
        error = pool.submit(page(verb)).exception(300)
    name = page_id(page(verb))
    record = json.loads((tmp_path / f"{name}.json").read_text())
    assert (tmp_path / f"{name}.html").read_bytes() == page(verb).body
    assert record["url"] == page(verb).url
    assert record["reason"] == str(error)
    assert record["content_type"] == "text/html"
    assert datetime.fromisoformat(record["when"]).tzinfo
    assert ("KeyError" in record["traceback"]) == (verb == "raises")


def test_a_page_that_is_no_article_is_not_kept(tmp_path):
    with ReaderPool(workers=1, task=behave, quarantine=tmp_path) as pool:
        pool.submit(page("no_article")).exception(300)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_logged_and_the_crawl_goes_on(
    tmp_path, caplog
):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with ReaderPool(workers=1, task=behave, quarantine=blocked) as pool:
        assert "KeyError" in str(pool.submit(page("raises")).exception(300))
        assert pool.submit(page("good")).exception(300) is None
    assert "could not be quarantined" in caplog.text


def test_a_file_half_written_leaves_nothing_behind(tmp_path, caplog):
    name = page_id(page("x"))
    (tmp_path / f"{name}.html").mkdir()
    Quarantine(tmp_path).keep(page("x"), reason="why")
    assert [p.name for p in tmp_path.iterdir()] == [f"{name}.html"]
    assert "could not be quarantined" in caplog.text


def test_an_address_with_lone_surrogates_can_be_kept(tmp_path, caplog):
    caplog.set_level(logging.CRITICAL)  # pytest-xdist cannot hand on what is no UTF-8
    odd = Page("https://example.org/\udcff", b"x")
    Quarantine(tmp_path).keep(odd, reason="why \udcff")
    assert (tmp_path / f"{page_id(odd)}.json").exists()


def test_pages_kept_before_a_moment_are_pruned(tmp_path):
    quarantine = Quarantine(tmp_path)
    start = datetime(2026, 11, 25, tzinfo=UTC)
    for days in (0, 1):
        with clock.simulated(lambda days=days: start + timedelta(days=days)):
            page = Page(f"https://bao.example/{days}", b"x")
            quarantine.keep(page, reason="hung")
    (tmp_path / "x.json").write_text("no record")
    assert quarantine.prune(start) == 0
    assert quarantine.prune(start + timedelta(hours=1)) == 1
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".html", ".json", ".json"]
    assert Quarantine(tmp_path / "none").prune(start) == 0


def test_the_newest_pages_are_kept_up_to_a_number(tmp_path):
    quarantine = Quarantine(tmp_path)
    for minute in range(5):
        at = datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
        with clock.simulated(lambda at=at: at):
            quarantine.keep(Page(f"https://bao.example/{minute}", b"x"), reason="slow")
    assert quarantine.prune(None, most=2) == 3
    kept = [json.loads(path.read_text())["url"] for path in tmp_path.glob("*.json")]
    assert sorted(kept) == ["https://bao.example/3", "https://bao.example/4"]
    assert len(list(tmp_path.glob("*.html"))) == 2


def test_what_a_killed_process_was_writing_is_removed_a_day_later(tmp_path):
    for name, age in ((".old.html.part", 90_000), (".new.html.part", 60)):
        (tmp_path / name).touch()
        at = clock.now().timestamp() - age
        os.utime(tmp_path / name, (at, at))
    assert Quarantine(tmp_path).prune(None) == 0
    assert [path.name for path in tmp_path.iterdir()] == [".new.html.part"]
