"""The loggers of others stay as whoever started the process has set them up."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unit.cli.kit import run_apart

EMPTY = "<html><body><hr></body></html>"  # trafilatura logs a warning of such a page
LINE = "Cây cầu dài hai trăm mét nối hai bờ sông đã thông xe trong niềm vui của bà con"
UNDATED = "".join(f"<p>{LINE}, lần thứ {n}.</p>" for n in range(5))  # htmldate is asked
READ = f"""
import logging

def state():
    loggers = map(logging.getLogger, ("trafilatura", "htmldate", "courlan", None))
    return [(l.level, l.disabled, l.propagate, list(l.handlers)) for l in loggers]

logging.basicConfig(level="DEBUG")
import htmldate, trafilatura  # what they set up themselves is theirs
before = state()
import scraper
from tinsach import TinsachAddon
scraper.extract({UNDATED!r}, url="https://bao.example/cau-moi-123456.htm")
assert state() == before, (before, state())
"""


def test_the_package_changes_no_logger_of_another() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "htmldate" in done.stderr  # what it logs of such a page comes through


@pytest.mark.slow
def test_a_command_prints_nothing_that_a_library_logs(tmp_path) -> None:
    (tmp_path / "page.html").write_text(EMPTY)
    result = run_apart(
        "explain", "page.html", "-o", "why.html", "--quiet", cwd=tmp_path
    )
    assert (result.code, result.err) == (0, "")
