"""The heap of a crawl's process, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import gc
from scraper.crawling.heap import tune_heap

tune_heap()
print(gc.get_threshold()[0], gc.get_freeze_count() > 0)
"""


def test_garbage_is_looked_for_less_often():
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stdout.split() == ["20000", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="it is glibc that is told")
def test_the_c_library_takes_what_it_is_told():
    from scraper.crawling.heap import limit_arenas

    assert limit_arenas()
