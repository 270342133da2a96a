from __future__ import annotations

from concurrent.futures import Future

import pytest

from scraper.items import Page
from scraper.workers.pool import BATCH, BATCH_BYTES, Job, JobQueue


def job(body: bytes = b"x", *, alone: bool = False) -> Job:
    return Job(Page("https://example.org/", body), len, Future(), alone=alone)


def queue(jobs, workers=1) -> JobQueue:
    made = JobQueue(workers)
    for each in jobs:
        made.add(each)
    return made


@pytest.mark.parametrize(
    ("waiting", "workers", "sizes"),
    [
        (1, 2, [1, 0]),
        (3, 2, [2, 1, 0]),
        (8, 2, [4, 2, 1, 1, 0]),
        (3 * BATCH, 1, [BATCH, BATCH, BATCH, 0]),
    ],
)
def test_a_worker_gets_its_share_of_what_waits(waiting, workers, sizes):
    made = queue([job() for _ in range(waiting)], workers)
    assert [len(made.next_batch()) for _ in sizes] == sizes


def test_a_message_holds_a_bounded_number_of_bytes():
    made = queue([job(bytes(BATCH_BYTES // 2)) for _ in range(6)])
    assert [len(made.next_batch()) for _ in range(3)] == [2, 2, 2]


def test_a_page_set_apart_has_a_message_to_itself():
    made = queue([job(), job(), job(alone=True), job(alone=True), job(), job()])
    assert [len(made.next_batch()) for _ in range(5)] == [2, 1, 1, 2, 0]


def test_a_page_that_is_wanted_no_more_is_left_out():
    jobs = [job() for _ in range(3)]
    jobs[0].future.cancel()
    made = queue(jobs)
    assert made.next_batch() == jobs[1:]


def test_jobs_put_back_are_the_next_in_their_order():
    first, second, third = (job() for _ in range(3))
    made = queue([third])
    made.put_back([first, second])
    assert made.next_batch() == [first, second, third]
