"""A crawl of saved pages: the same spider, no network."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

HOME = "https://baotintuc.vn"
LISTED = HOME + "/thoi-su/bai-20261101100000000.htm"
UNLISTED = HOME + "/the-gioi/khac-20261102100000000.htm"
NOT_SAVED = HOME + "/thoi-su/thieu-20261103100000000.htm"
SECTION = HOME + "/thoi-su-472ct0.htm"


@pytest.fixture
def pages(write_article):
    listing = "".join(f'<li><a href="{u}">x</a></li>' for u in (LISTED, NOT_SAVED))
    return {
        LISTED: write_article("Bài có trong mục"),
        UNLISTED: write_article("Bài ngoài mục"),
        SECTION: f'<html><ul class="list-newsest">{listing}</ul></html>',
        "https://example.org/a.html": write_article("Của nhà khác"),
    }


@pytest.fixture
def folder(pages, tmp_path):
    """Saved pages with a manifest, one line of which is damaged."""
    lines = ["{broken"]
    for number, (url, body) in enumerate(pages.items()):
        (tmp_path / f"{number}.html").write_text(body, "utf-8")
        lines.append(
            json.dumps({"id": str(number), "url": url, "path": f"{number}.html"})
        )
    (tmp_path / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


@pytest.fixture
def archive(pages, tmp_path):
    path = tmp_path / "crawl.warc"
    path.write_bytes(b"".join(write_record(*page) for page in pages.items()))
    return path


def write_record(url: str, body: str) -> bytes:
    """Return a WARC response record (ISO 28500)."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    block = http + body.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\n"
        f"WARC-Date: 2026-11-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


@pytest.fixture
def replay(crawls, tmp_path, monkeypatch):
    def run(path, **arguments: str):
        store = f"sqlite:///{tmp_path}/articles.db"
        monkeypatch.setitem(crawls.environment, "TINSACH_STORE", store)
        outcome = crawls(replay=str(path), arguments=arguments)
        outcome.store = store
        return outcome

    return run


def test_a_folder_gives_every_saved_article_of_the_portal(replay, folder) -> None:
    run = replay(folder)
    assert set(run.stored()) == {LISTED, UNLISTED}
    assert run.status == 0


def test_an_archive_gives_every_saved_article_of_the_portal(replay, archive) -> None:
    assert set(replay(archive).stored()) == {LISTED, UNLISTED}


def test_what_is_listed_and_not_saved_is_counted_and_no_failure(replay, folder) -> None:
    run = replay(folder)
    assert run.stats["replay/not_saved"] == 1
    assert run.report["failed"] == {}


def test_a_damaged_line_is_reported_with_its_number(replay, folder) -> None:
    run = replay(folder)
    assert "manifest.jsonl, line 1:" in run.stderr
    assert run.stats["replay/unreadable"] == 1


def test_the_days_asked_for_count_in_a_replay_too(replay, folder) -> None:
    run = replay(folder, since="2026-11-02")
    assert set(run.stored()) == {UNLISTED}


def test_a_second_replay_reads_the_pages_again_and_changes_nothing(
    replay, folder
) -> None:
    replay(folder)
    run = replay(folder)
    assert (run.report["new"], run.report["unchanged"]) == (0, 2)
    assert run.status == 3


def test_a_path_that_is_not_there_starts_no_crawl(crawls, tmp_path) -> None:
    outcome, _ = crawls.raw(replay=str(tmp_path / "none"))
    assert outcome["error"] == "ConfigurationError"
    assert "no such file or folder" in outcome["message"]


def test_a_folder_without_pages_starts_no_crawl(crawls, tmp_path) -> None:
    outcome, _ = crawls.raw(replay=str(tmp_path))
    assert outcome["error"] == "ConfigurationError"


def test_the_saved_pages_of_the_real_portal_are_all_kept(replay, shared_data) -> None:
    run = replay(shared_data / "baotintuc")
    assert run.report["new"] == 14
    assert run.status == 0
