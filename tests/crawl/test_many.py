"""Many crawls in one process leave nothing open."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.warm import COLD

CHILD = Path(__file__).with_name("many.py")
SETTLED = 3
"""Runs after which everything that stays open for good has been opened."""


@pytest.mark.slow
def test_a_crawl_leaves_no_file_thread_or_process_open(
    make_site, write_article, write_feed, tmp_path, project
) -> None:
    site = make_site()
    site.put("/thoi-su/bai-1-post1.html", write_article("Bài một"))
    site.put("/thoi-su.rss", write_feed([f"{site.base}/thoi-su/bai-1-post1.html"]))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    runs = int(os.environ.get("TINSACH_TESTS_RUNS", "12"))
    done = subprocess.run(
        [COLD, str(CHILD), site.base, str(runs)],
        env=os.environ
        | {
            "PYTHONPATH": str(project),
            "TINSACH_ALLOW_PRIVATE": "1",
            "TINSACH_HOME": str(tmp_path),
            "TINSACH_STORE": f"sqlite:///{tmp_path}/articles.db",
            "TMPDIR": str(scratch),
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    found = json.loads(done.stdout or "[]")
    assert len(found) == runs, done.stderr
    for most, last in zip(found[SETTLED], found[-1], strict=True):
        assert last <= most, found
    assert list(scratch.iterdir()) == []
