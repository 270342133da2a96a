from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest

from scraper.errors import StorageError
from scraper.storage import Wanted
from scraper.storage.jobs import FRESH, this_process

NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)
ELSEWHERE = "another-host:4711"


def test_one_run_at_a_time_holds_a_job(store) -> None:
    store.jobs.begin("bao", NOON)
    with pytest.raises(StorageError, match=f"bao is held by {this_process()}, .* 60 s"):
        store.jobs.begin("bao", NOON + timedelta(minutes=1))
    store.jobs.begin("khac", NOON)


def test_a_run_that_ended_lets_the_next_one_begin(store) -> None:
    run = store.jobs.begin("bao", NOON)
    store.jobs.end(run, NOON, '{"new": 1}')
    assert store.jobs.begin("bao", NOON) > run
    ended = store.jobs.load_run(run)
    assert (ended.job, ended.ended_at, ended.record) == ("bao", NOON, '{"new": 1}')


@pytest.mark.parametrize("reaped", [True, False])
def test_a_process_that_died_holds_nothing_even_if_nobody_asked_how(
    store, *, reaped: bool
) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | (0 if reaped else os.WNOWAIT))
    store.jobs.begin("bao", NOON, owner=f"{socket.gethostname()}:{child}")
    assert store.jobs.begin("bao", NOON)
    if not reaped:
        os.waitpid(child, 0)


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
