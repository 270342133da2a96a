from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import CancelledError, Future
from itertools import count, islice
from multiprocessing import forkserver
from time import monotonic, sleep

import pytest
from worker_tasks import behave

from scraper.errors import (
    ConfigurationError,
    ExtractionError,
    ExtractionTimeout,
    NoMainContent,
)
from scraper.items import Page
from scraper.workers import ReaderPool
from scraper.workers import pool as worker_pool
from scraper.workers.reader import usable_cores

LIMIT = 0.5
WAIT = 300


def page(verb: str, body: bytes = b"<html>") -> Page:
    return Page(f"https://example.org/{verb}", body, content_type="text/html")


@pytest.fixture(scope="module")
def shared():
    with ReaderPool(workers=2, timeout=LIMIT, task=behave) as pool:
        yield pool


def error_of(pool: ReaderPool, verb: str) -> BaseException | None:
    """Read a page that misbehaves among some that do not; they all come back."""
    around = [pool.submit(page(f"good-{n}")) for n in range(3)]
    error = pool.submit(page(verb)).exception(WAIT)
    around += [pool.submit(page(f"good-{n}")) for n in range(3)]
    assert all(future.result(WAIT).url for future in around)
    return error


def pid_of_worker(pool: ReaderPool) -> int:
    return int(pool.submit(page("any")).result(WAIT).title)


def test_a_page_comes_back_as_its_article(shared):
    assert shared.submit(page("good")).result(WAIT).url == "https://example.org/good"


def test_a_page_larger_than_a_pipe_comes_back(shared):
    large = page("good", b"x" * 5_000_000)
    assert shared.submit(large).result(WAIT).url == large.url


@pytest.mark.parametrize("verb", ["hang", "hang_in_c"])
def test_a_page_that_hangs_is_a_timeout_of_its_own_only(shared, verb):
    error = error_of(shared, verb)
    assert isinstance(error, ExtractionTimeout)
    assert str(error) == f"https://example.org/{verb}: reading took longer than 0.5 s"


@pytest.mark.parametrize(
    ("verb", "cause"),
    [
        ("segfault", "(SIGSEGV)"),
        ("kill_itself", "(SIGKILL)"),
        ("leave", "(exit code 3)"),
        ("eat_memory", "needed more than 2048 MiB"),
    ],
)
def test_a_page_that_kills_its_worker_is_the_only_one_lost(shared, verb, cause):
    error = error_of(shared, verb)
    assert isinstance(error, ExtractionError)
    assert f"/{verb}: reading" in str(error)
    assert cause in str(error)


@pytest.mark.parametrize(
    ("verb", "cause"),
    [
        ("raises", "KeyError: 'a fault of ours'"),
        ("leaves_by_exception", "SystemExit: 4"),
        ("unpicklable", "local object"),
        ("deep", "RecursionError"),
    ],
)
def test_what_reading_raises_is_an_extraction_error(shared, verb, cause):
    error = error_of(shared, verb)
    assert type(error) is ExtractionError
    assert cause in str(error)


@pytest.mark.parametrize("verb", ["no_article", "odd_error"])
def test_an_extraction_error_keeps_its_class(shared, verb):
    assert type(error_of(shared, verb)) is NoMainContent


def together(pool: ReaderPool, *verbs: str) -> list[BaseException | None]:
    """Read pages that share one message: they come while the worker is busy."""
    busy = [pool.submit(page("nap")) for _ in range(worker_pool.AHEAD)]
    futures = [pool.submit(page(verb)) for verb in verbs]
    assert len(pool._pool._queue) == len(verbs)
    assert [future.exception(WAIT) for future in busy] == [None] * len(busy)
    return [future.exception(WAIT) for future in futures]


@pytest.mark.parametrize("verb", ["hang", "hang_in_c", "segfault", "leave", "raises"])
def test_a_bad_page_takes_nothing_along_that_shares_its_message(verb, tmp_path):
    with ReaderPool(workers=1, timeout=LIMIT, task=behave, quarantine=tmp_path) as pool:
        errors = together(pool, "good-1", verb, "good-2", "no_article")
    assert errors[0] is errors[2] is None
    assert f"/{verb}: reading" in str(errors[1])
    assert isinstance(errors[1], ExtractionTimeout) == verb.startswith("hang")
    assert type(errors[3]) is NoMainContent
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_time_in_the_queue_does_not_count():
    with ReaderPool(workers=1, timeout=LIMIT, task=behave) as pool:
        futures = [pool.submit(page("nap")) for _ in range(3)]
        assert [f.exception(WAIT) for f in futures] == [None] * 3


def test_a_worker_is_replaced_after_so_many_pages():
    with ReaderPool(workers=1, recycle=2, task=behave) as pool:
        pids = [pid_of_worker(pool) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_workers_killed_while_idle_are_replaced():
    with ReaderPool(workers=1, task=behave) as pool:
        os.kill(pid_of_worker(pool), signal.SIGKILL)
        assert pid_of_worker(pool)


def test_a_page_whose_worker_is_killed_from_outside_is_read_again(tmp_path):
    with ReaderPool(workers=1, timeout=60, task=behave, quarantine=tmp_path) as pool:
        pid = pid_of_worker(pool)
        future = pool.submit(page("nap"))
        sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        assert future.result(WAIT).url == page("nap").url
    assert not list(tmp_path.glob("*.json"))


def test_a_page_is_read_again_if_the_fork_server_is_killed():
    with ReaderPool(workers=1, timeout=60, task=behave) as pool:
        pid_of_worker(pool)
        future = pool.submit(page("nap"))
        sleep(0.1)
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        assert future.result(WAIT).url == page("nap").url


def test_a_pool_that_broke_while_idle_is_replaced_by_the_next_page():
    with ReaderPool(workers=1, task=behave) as pool:
        os.kill(pid_of_worker(pool), signal.SIGKILL)
        broken, end = pool._pool._processes, monotonic() + WAIT
        while broken.active and monotonic() < end:
            sleep(0.01)
        assert pid_of_worker(pool)


def test_pages_that_wait_survive_the_pool_they_wait_in():
    with ReaderPool(workers=1, timeout=60, task=behave) as pool:
        pool.submit(page("any")).result(WAIT)
        broken = pool._pool._processes
        futures = [pool.submit(page("nap")) for _ in range(3)]
        broken.stop()
        assert [f.exception(WAIT) for f in futures] == [None] * 3


def test_a_pool_that_stands_still_is_replaced(monkeypatch):
    monkeypatch.setattr(worker_pool, "GRACE", 0.1)
    with ReaderPool(workers=1, timeout=LIMIT, task=behave) as pool:
        pid = pid_of_worker(pool)
        os.kill(pid, signal.SIGSTOP)
        assert pid_of_worker(pool) != pid


def test_a_page_is_given_up_where_pools_keep_breaking(monkeypatch):
    monkeypatch.setattr(
        worker_pool, "prepare_worker", behave
    )  # wrong arguments: it fails
    with ReaderPool(workers=1, task=behave) as pool:
        error = pool.submit(page("good")).exception(WAIT)
    assert "given up after 3 worker pools crashed" in str(error)


def test_a_page_cancelled_while_it_waits_is_never_read():
    with ReaderPool(workers=1, task=behave) as pool:
        busy, waiting = pool.submit(page("nap")), pool.submit(page("hang"))
        assert waiting.cancel()
        assert busy.exception(WAIT) is None


def test_cancelling_a_page_stops_the_work():
    with ReaderPool(workers=1, timeout=60, task=behave) as pool:
        pid_of_worker(pool)
        future = pool.submit(page("hang"))
        assert future.cancel()
        assert pid_of_worker(pool)


def test_read_all_keeps_the_order_and_pairs_errors_with_pages(shared):
    verbs = ["nap", "good", "raises", "no_article", "good", "hang", "good"]
    outcomes = list(shared.read_all(page(verb) for verb in verbs))
    assert [p.url.rpartition("/")[2] for p, _ in outcomes] == verbs
    failed = [isinstance(outcome, ExtractionError) for _, outcome in outcomes]
    assert failed == [False, False, True, True, False, True, False]


def test_read_all_takes_a_bounded_number_ahead_of_endless_pages(shared):
    taken = count()
    endless = (page(f"good-{next(taken)}") for _ in count())
    outcomes = shared.read_all(endless)
    assert len(list(islice(outcomes, 20))) == 20
    outcomes.close()
    assert next(taken) <= 20 + 4 * shared.workers


def test_closing_waits_for_what_was_submitted():
    pool = ReaderPool(workers=1, task=behave)
    futures = [pool.submit(page("nap")) for _ in range(2)]
    pool.close()
    assert [f.done() and f.exception() for f in futures] == [None, None]


def test_closing_twice_does_no_harm():
    pool = ReaderPool(workers=1, task=behave)
    pool.close()
    pool.close()


def test_a_closed_pool_takes_no_page():
    pool = ReaderPool(workers=1, task=behave)
    pool.close()
    with pytest.raises(RuntimeError, match="good: the reader pool is closed"):
        pool.submit(page("good"))


def test_an_exception_in_the_block_ends_the_workers_at_once():
    futures = []

    def fail_at_work() -> None:
        with ReaderPool(workers=1, timeout=60, task=behave) as pool:
            big = page("hang_in_c", b"x" * 1_000_000)
            futures.extend(pool.submit(big) for _ in range(5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_work()
    for future in futures:
        with pytest.raises((CancelledError, ExtractionError)):
            future.result(0)


def test_an_error_of_a_pool_that_is_ended_is_no_answer():
    pool = ReaderPool(workers=1, timeout=60, task=behave)
    pid_of_worker(pool)
    future = pool.submit(page("hang"))
    (jobs,) = pool._pool._running.values()
    answer: Future[list[bytes]] = Future()
    answer.set_exception(TypeError("a pipe that was closed while it was written to"))
    pool._pool._running[answer] = jobs
    pool._pool._terminated.set()
    pool._pool._on_answer(answer)
    pool.terminate()
    assert future.cancelled()


def test_an_event_loop_can_wait_for_a_page(shared):
    async def read() -> str:
        return (await asyncio.wrap_future(shared.submit(page("good")))).url

    assert asyncio.run(read()) == "https://example.org/good"


@pytest.mark.parametrize("name", ["workers", "timeout", "recycle"])
def test_numbers_that_make_no_sense_are_refused_by_name(name):
    with pytest.raises(ConfigurationError, match=f"{name} is 0"):
        ReaderPool(**{name: 0})


def test_as_many_workers_as_cores_where_none_are_asked_for():
    with ReaderPool(task=behave) as pool:
        assert pool.workers == usable_cores() >= 1


def test_cores_are_counted_where_affinity_is_unknown(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.delattr(os, "process_cpu_count", raising=False)
    assert usable_cores() >= 1


def test_a_page_that_cannot_be_sent_to_a_worker_is_a_harmful_failure():
    failure = worker_pool.not_sent(page("good"), AttributeError("no such task"))
    assert failure.harmful
    assert failure.error is ExtractionError
    assert "it could not be sent to a worker: AttributeError(" in failure.message
