"""The heap of a process that reads pages, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

TUNED = "from scraper.workers.process import tune_heap; tune_heap()"
PRELOADED = "import scraper.workers.preload"
ASKED = "import gc; print(gc.get_threshold()[0], gc.get_freeze_count() > 0)"


@pytest.mark.parametrize("program", [TUNED, PRELOADED], ids=["crawl", "fork server"])
def test_garbage_is_looked_for_less_often(program):
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; {ASKED}"],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stdout.split() == ["20000", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these settings")
def test_the_c_library_takes_what_it_is_told():
    from scraper.workers.process import limit_arenas

    assert limit_arenas()
