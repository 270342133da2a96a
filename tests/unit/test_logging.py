"""The loggers of others stay as whoever started the process has set them up."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unit.cli.kit import run_apart

EMPTY = "<html><body><hr></body></html>"  # trafilatura logs a warning of such a page
READ = f"""
import logging

def state():
    loggers = map(logging.getLogger, ("trafilatura", "htmldate", "courlan", None))
    return [(l.level, l.disabled, l.propagate, list(l.handlers)) for l in loggers]

logging.basicConfig(level="INFO")
import htmldate, trafilatura  # what they set up themselves is theirs
before = state()
import scraper
from tinsach import TinsachAddon
scraper.extract({EMPTY!r}, url="https://bao.example/a")
assert state() == before, (before, state())
"""


def test_the_package_changes_no_logger_of_another() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "trafilatura" in done.stderr  # what it logs of such a page comes through


@pytest.mark.slow
def test_a_command_prints_nothing_that_a_library_logs(tmp_path) -> None:
    (tmp_path / "page.html").write_text(EMPTY)
    result = run_apart("extract", "page.html", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
