"""A process is told from those of other PID namespaces, which have the same numbers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.errors import JobHeld
from scraper.storage import open_store
from scraper.storage.jobs import FRESH
from scraper.storage.owners import this_process

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)
APART = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
_BEGIN = """
import sys
from datetime import datetime
from scraper.errors import JobHeld
from scraper.storage import open_store
with open_store(sys.argv[1]) as store:
    try:
        print("run", store.jobs.begin("bao", datetime.fromisoformat(sys.argv[2])))
    except JobHeld as error:
        print(error)
    sys.stdout.flush()
    sys.stdin.read()
"""


@pytest.fixture
def url(sqlite_url) -> str:
    """A store that lasts as long as the test: the last to close it tidies up."""
    with open_store(sqlite_url):
        yield sqlite_url


@pytest.fixture(scope="module")
def apart() -> tuple[str, ...]:
    """The command that runs another one in a PID namespace of its own."""
    if (
        not shutil.which("unshare")
        or subprocess.run([*APART, "true"], check=False).returncode
    ):
        pytest.skip("no PID namespace can be made here")
    return APART


@contextmanager
def beginning(url: str, at: datetime, *before: str) -> Iterator[str]:
    """Begin a run in another process, which ends with the block; yield what it said."""
    command = [*before, sys.executable, "-c", _BEGIN, url, at.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_two_namespaces_do_not_run_one_job(url, apart) -> None:
    with beginning(url, NOON, *apart) as first:
        assert first == "run 1"
        for command in (apart, ()):
            with beginning(url, NOON, *command) as second:
                assert "bao is held by" in second


def test_a_run_of_another_namespace_that_is_gone_is_believed_while_fresh(
    url, apart
) -> None:
    with beginning(url, NOON, *apart) as first:
        assert first == "run 1"
    with open_store(url) as store:
        with pytest.raises(JobHeld):
            store.jobs.begin("bao", NOON + FRESH / 2)
        assert store.jobs.begin("bao", NOON + FRESH) == 2


def test_a_run_of_this_namespace_is_free_as_soon_as_it_is_killed(url) -> None:
    if not this_process().process:
        pytest.skip("the system does not say which processes there are")
    with beginning(url, NOON) as first:
        assert first == "run 1"
        with open_store(url) as store, pytest.raises(JobHeld):
            store.jobs.begin("bao", NOON)
    with open_store(url) as store:
        assert store.jobs.begin("bao", NOON) == 2


def test_a_proc_of_another_namespace_identifies_nobody(apart) -> None:
    without = [each for each in apart if each != "--mount-proc"]
    code = (
        "from scraper.storage.owners import this_process; print(this_process().process)"
    )
    done = subprocess.run(
        [*without, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
