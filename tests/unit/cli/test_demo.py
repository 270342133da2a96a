from __future__ import annotations

import json
import os
import signal
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper import clock
from scraper.cli.demo import is_free, serve_same_replica
from scraper.storage import open_store
from tests.unit.cli.kit import run_apart, start

if TYPE_CHECKING:
    from pathlib import Path


def port_of(home: Path) -> int:
    return json.loads((home / "tinsach-home" / "demo.json").read_text("utf-8"))["port"]


@pytest.mark.slow
def test_the_demo_stores_every_article_once_and_shows_one(home) -> None:
    first = run_apart("demo", "--size", "8")
    assert first.code == 0
    assert "pages fetched" in first.out
    assert "8 new articles stored" in first.out
    assert "the page: " in first.out
    assert "─ the article ─" in first.out
    assert "tinsach search" in first.out
    second = run_apart("demo", "--size", "8")
    assert second.code == 0
    assert "Nothing is stored twice" in second.out
    with open_store(f"sqlite:///{home}/tinsach-home/demo.db", create=False) as store:
        assert store.count() == 8
    assert is_free(port_of(home))


def test_an_interrupted_demo_ends_quietly_and_leaves_no_portal(home) -> None:
    with start("demo", "--size", "5000", start_new_session=True) as child:
        assert b"replica portal with 5000 articles" in child.stderr.readline()
        os.killpg(child.pid, signal.SIGINT)  # as a terminal does
        _, said = child.communicate(timeout=300)
    assert child.returncode == 130
    assert b"Traceback" not in said
    assert is_free(port_of(home))


def test_ctrl_c_after_the_crawl_ends_the_demo_too(home) -> None:
    with start("demo", "--size", "1", start_new_session=True) as child:
        for line in child.stdout:
            if b"new articles stored" in line:
                os.killpg(child.pid, signal.SIGINT)  # the article is fetched again now
        said = child.stderr.read()
    assert child.returncode in {0, 130}  # 0 where it had ended before the signal came
    assert b"Traceback" not in said
    assert is_free(port_of(home))


def test_a_taken_port_is_refused(tinsach) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = tinsach("demo", "--port", port)
    assert result.code == 2
    assert f"port {port} is in use" in result.err


def test_a_home_that_cannot_be_written_is_refused(tinsach, home) -> None:
    (home / "tinsach-home").write_text("a file")
    result = tinsach("demo", "--size", "1")
    assert result.code == 2
    assert "set TINSACH_HOME" in result.err


def test_the_portal_comes_back_with_its_address_and_its_news(tmp_path) -> None:
    with serve_same_replica(tmp_path, size=1) as first:
        pass
    with serve_same_replica(tmp_path, size=1) as second:
        assert second == first
    earlier = (clock.now() - timedelta(days=40)).isoformat()
    state = tmp_path / "demo.json"
    state.write_text(json.dumps({"port": 0, "now": earlier}))
    with serve_same_replica(tmp_path, size=1):
        assert json.loads(state.read_text())["now"] == earlier


def test_a_damaged_note_of_last_time_is_passed_over(tmp_path) -> None:
    (tmp_path / "demo.json").write_text("{broken")
    with serve_same_replica(tmp_path, size=1) as base:
        assert base.startswith("http://127.0.0.1:")
