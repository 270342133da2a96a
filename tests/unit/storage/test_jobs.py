from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.errors import JobHeld, StorageError
from scraper.storage import Address, Result, Visit, Wanted, open_store
from scraper.storage.jobs import BEAT, FRESH, Owner, has_ended, owner_of, this_process

if TYPE_CHECKING:
    from collections.abc import Iterator


NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)
ELSEWHERE = Owner("another-host:4711", "boot 1 4711 0")


def test_one_run_at_a_time_holds_a_job(store) -> None:
    store.jobs.begin("bao", NOON)
    with pytest.raises(
        StorageError, match=f"bao is held by {this_process().name}, .* 60 s"
    ):
        store.jobs.begin("bao", NOON + timedelta(minutes=1))
    store.jobs.begin("khac", NOON)


def test_a_run_that_ended_lets_the_next_one_begin(store) -> None:
    run = store.jobs.begin("bao", NOON)
    store.jobs.end(run, NOON, '{"new": 1}')
    assert store.jobs.begin("bao", NOON) > run
    ended = store.jobs.load_run(run)
    assert (ended.job, ended.ended_at, ended.record) == ("bao", NOON, '{"new": 1}')


@pytest.fixture
def child():
    """A process that sleeps, as its number; it is killed at the end."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("reaped", [True, False])
def test_a_process_that_died_holds_nothing_even_if_nobody_asked_how(
    store, child, *, reaped: bool
) -> None:
    store.jobs.begin("bao", NOON, owner=owner_of(child.pid))
    with pytest.raises(JobHeld):
        store.jobs.begin("bao", NOON + FRESH / 2)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | (0 if reaped else os.WNOWAIT))
    assert store.jobs.begin("bao", NOON + FRESH / 2)


def test_a_process_that_got_the_number_of_another_one_is_another_one() -> None:
    space, number, start = this_process().process.rsplit(" ", 2)
    assert not has_ended(f"{space} {number} {start}")
    assert has_ended(f"{space} {number} {int(start) - 1}")


@pytest.mark.parametrize("process", ["", "boot 1 4711 0", "4711", "a b"])
def test_nothing_is_known_of_a_process_of_another_namespace(process) -> None:
    assert not has_ended(process)


def test_a_run_that_lost_its_job_writes_nothing(url, make) -> None:
    with open_store(url) as one, open_store(url) as other:
        run = one.jobs.begin("bao", NOON, owner=ELSEWHERE)
        one.jobs.add("bao", [Address("https://bao.vn/1.htm")], at=NOON)
        (lease,) = one.jobs.lease("bao", Wanted(run=run, began=NOON, at=NOON, limit=9))
        later = NOON + FRESH
        second = other.jobs.begin("bao", later)
        told = {"at": later, "result": Result.READ, "article": make(1)}
        visit = Visit(position=lease.position, **told)
        wanted = Wanted(run=run, began=NOON, at=later, limit=1)
        for write in (
            lambda: one.jobs.settle("bao", [visit], run=run, at=later),
            lambda: one.jobs.lease("bao", wanted),
            lambda: one.jobs.beat(run, later),
            lambda: one.jobs.end(run, later, "{}"),
            lambda: other.jobs.beat(run, later),
        ):
            with pytest.raises(JobHeld, match=f"run {run} has lost its job"):
                write()
        assert one.count() == 0
        assert one.jobs.load_run(run).record == ""
        other.jobs.end(second, later, "{}")


def test_a_run_shows_life_without_writing_anything_else(store) -> None:
    run = store.jobs.begin("bao", NOON, owner=ELSEWHERE)
    for beats in range(1, 9):
        store.jobs.beat(run, NOON + beats * BEAT)
    with pytest.raises(JobHeld, match=r"began 209 s ago and last showed life 89 s ago"):
        store.jobs.begin("bao", NOON + 8 * BEAT + FRESH - timedelta(seconds=1))
    assert store.jobs.begin("bao", NOON + 8 * BEAT + FRESH)


def test_an_end_whose_answer_was_lost_is_repeated(store) -> None:
    run = store.jobs.begin("bao", NOON)
    for _ in range(2):
        store.jobs.end(run, NOON + FRESH, "{}")
    assert store.jobs.load_run(run).record == "{}"


def test_another_machine_is_believed_while_it_shows_life(store) -> None:
    run = store.jobs.begin("bao", NOON, owner=ELSEWHERE)
    later = NOON + FRESH
    wanted = Wanted(run=run, began=NOON, at=later, limit=1)
    store.jobs.lease("bao", wanted)
    with pytest.raises(StorageError, match="another-host"):
        store.jobs.begin("bao", later + FRESH / 2)
    assert store.jobs.begin("bao", later + FRESH)
    assert store.jobs.load_run(run).ended_at == later


def test_one_run_at_a_time_asks_a_host(store) -> None:
    run = store.jobs.begin("bao", NOON, host="bao.vn")
    with pytest.raises(StorageError, match="job bao is held by"):
        store.jobs.begin("news https://bao.vn", NOON, host="bao.vn")
    store.jobs.begin("khac", NOON, host="khac.vn")
    for job in ("bao replay", "khac replay"):
        store.jobs.begin(job, NOON)
    store.jobs.end(run, NOON, "")
    assert store.jobs.begin("news https://bao.vn", NOON, host="bao.vn")


def test_runs_are_listed_the_newest_first(store) -> None:
    for job in ("bao", "khac", "bao"):
        store.jobs.end(store.jobs.begin(job, NOON), NOON, "")
    assert [run.job for run in store.jobs.list_runs()] == ["bao", "khac", "bao"]
    assert [run.position for run in store.jobs.list_runs("bao", limit=1)] == [3]
    assert store.jobs.load_run(9) is None


def test_the_runs_of_some_hours_are_found(store) -> None:
    hour = timedelta(hours=1)
    for number in range(6):
        for job in ("bao", "khac"):
            at = NOON + number * hour
            store.jobs.end(store.jobs.begin(job, at), at, f"{number}")
    spans = [(NOON + 4 * hour, NOON + 5 * hour), (NOON, NOON + 2 * hour)]
    found = store.jobs.list_within("bao", spans)
    assert [run.record for run in found] == ["4", "1", "0"]


def test_of_the_newest_runs_only(store, monkeypatch) -> None:
    monkeypatch.setattr("scraper.storage.jobs.LOOKED_BACK", 3)
    for number in range(5):
        store.jobs.end(store.jobs.begin("bao", NOON), NOON, f"{number}")
    found = store.jobs.list_within("bao", [(NOON, NOON + timedelta(hours=1))])
    assert [run.record for run in found] == ["4", "3", "2"]


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
        "from scraper.storage.jobs import this_process; print(this_process().process)"
    )
    done = subprocess.run(
        [*without, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""
