"""Temporary folders of processes that end, are killed, or live."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.warm import COLD

if TYPE_CHECKING:
    from pathlib import Path

WORKS = """
import sys
from scraper.scratch import scratch_folder
from scraper.workers import ReaderPool
pool = ReaderPool(workers=1)
print(scratch_folder(), flush=True)
sys.stdin.read()
pool.close()
"""
LOOKS = "from scraper.scratch import scratch_folder; scratch_folder()"


@pytest.fixture
def start(tmp_path):
    """Start a process whose temporary folder is this test's."""
    started = []

    def begin(program: str, root: Path = tmp_path) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        environment = os.environ | {"TMPDIR": str(root)}
        command = [COLD, "-c", program]
        started.append(subprocess.Popen(command, env=environment, **pipes))
        return started[-1]

    yield begin
    for each in started:
        each.kill()
        each.communicate()


def there(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_process_that_ends_leaves_nothing(start, tmp_path) -> None:
    worker = start(WORKS)
    named = worker.stdout.readline().strip().rpartition("/")[2]
    assert there(tmp_path) == [named]
    worker.communicate()
    assert there(tmp_path) == []


def test_what_a_killed_process_left_is_removed_by_the_next_one(start, tmp_path) -> None:
    worker = start(WORKS)
    worker.stdout.readline()
    worker.kill()
    worker.wait()
    assert len(there(tmp_path)) == 1
    start(LOOKS).communicate()
    assert there(tmp_path) == []


def test_the_folder_of_one_that_lives_stays(start, tmp_path) -> None:
    worker = start(WORKS)
    worker.stdout.readline()
    before = there(tmp_path)
    start(LOOKS).communicate()
    assert there(tmp_path) == before
    assert worker.poll() is None


def test_folders_of_other_programs_stay(start, tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "lock").parent.mkdir()
    (elsewhere / "lock").touch()
    for name in ("pymp-abc", "tinsach-notes", "tinsach.db"):
        (tmp_path / name).mkdir()
    (tmp_path / "tinsach-link").symlink_to(elsewhere)
    before = there(tmp_path)
    start(LOOKS).communicate()
    assert there(tmp_path) == before
    assert (elsewhere / "lock").exists()


def test_a_folder_that_nobody_came_to_lock_goes_after_an_hour(start, tmp_path) -> None:
    for name, age in ((".tinsach-old", 7200), (".tinsach-new", 60)):
        (tmp_path / name).mkdir()
        at = time.time() - age
        os.utime(tmp_path / name, (at, at))
    start(LOOKS).communicate()
    assert there(tmp_path) == [".tinsach-new"]


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_fork_has_a_folder_of_its_own(start, tmp_path) -> None:
    worker = start(
        "import os; from scraper.scratch import scratch_folder as f; one = f();"
        "child = os.fork();"
        "print(f() != one) if not child else (os.waitpid(child, 0), print(one.exists()))"
    )
    assert sorted(worker.communicate()[0].split()) == ["True", "True"]
    assert there(tmp_path) == []


def test_a_folder_too_deep_for_a_socket_is_no_hindrance(start, tmp_path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    worker = start(WORKS, deep)
    assert worker.stdout.readline().startswith(str(deep))
    worker.communicate()
    assert worker.returncode == 0
    assert there(deep) == []
