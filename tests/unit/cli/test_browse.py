from __future__ import annotations

import signal
import socket
import subprocess
from urllib.parse import urlsplit

import pytest

from scraper.storage import back_up
from tests.unit.browsing.kit import Browsed, browsing, first_line
from tests.unit.cli.kit import start
from tests.warm import COLD


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_it_quietly(stored, number, code: int) -> None:
    with browsing() as (child, _):
        child.send_signal(number)
        out, err = child.communicate(timeout=300)
    assert (child.returncode, out, err) == (code, b"", b"")


def test_a_fault_of_the_sql_asked_for_cannot_reach_the_terminal(stored) -> None:
    with browsing() as (child, address):
        shown = Browsed(urlsplit(address).port, "")
        assert shown.ask("/tinsach?sql=select+%5B%1B%5D2Jx%5D")[0] == 400
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=300) == (b"", b"")


def test_the_browser_is_opened_where_it_is_asked_for(stored, tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    with browsing("--open") as (child, address):
        child.send_signal(signal.SIGINT)
        child.wait(300)
        assert (tmp_path / "opened").read_text() == address


def test_whoever_serves_other_machines_is_told(stored) -> None:
    with start("browse", "--port", 0, "--host", "0.0.0.0") as child:
        said = first_line(child)
        child.kill()
    assert said.startswith("tinsach: 0.0.0.0 is reachable from other machines")


def test_a_store_of_postgresql_is_refused_with_what_to_do(tinsach) -> None:
    result = tinsach("browse", "--store", "postgresql://me:secret@db.example/tin")
    assert (result.code, result.out) == (2, "")
    assert "tinsach store copy postgresql://me:***@db.example/tin" in result.err


def test_a_store_that_is_not_there_is_not_made(tinsach, home) -> None:
    result = tinsach("browse")
    assert result.code == 1
    assert "there is no store at" in result.err
    assert list(home.iterdir()) == []


def test_a_port_that_is_taken_is_named(tinsach, stored) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = tinsach("browse", "--port", port)
    assert result.code == 2
    assert f"cannot listen on port {port} of 127.0.0.1 (" in result.err


def test_a_host_that_is_none_of_this_machine_is_named(tinsach, stored) -> None:
    result = tinsach("browse", "--host", "192.0.2.1", "--port", 0)
    assert result.code == 2
    assert "of 192.0.2.1 (" in result.err


def test_a_file_of_any_name_is_browsed(stored, home, tmp_path) -> None:
    folder = tmp_path / "a #?%41 b"
    folder.mkdir()
    back_up(None, folder / "tin.db")
    with browsing("--store", folder / "tin.db") as (_, address):
        shown = Browsed(urlsplit(address).port, "")
        assert len(shown.titles()) == 3


@pytest.mark.parametrize("module", ["datasette", "datasette.app", "uvicorn"])
def test_without_datasette_it_says_what_to_install(home, module) -> None:
    program = (
        f"import sys; sys.modules['{module}'] = None\n"
        "from scraper.cli import main; exit(main(['browse']))"
    )
    done = subprocess.run(
        [COLD, "-c", program], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("not installed: pip install 'tinsach[browse]'\n")
